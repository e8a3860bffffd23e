"""A program that makes one call, ready to be started in whatever way a test is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from bootstrap.programs import CALL, written


@pytest.fixture
def call(tmp_path: Path) -> Path:
    """``python call.py URL WORD [LIBRARY]``: one chat request by httpx, its answer printed."""
    return written(tmp_path, "call.py", CALL)
