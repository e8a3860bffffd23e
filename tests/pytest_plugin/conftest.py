"""A suite to run, with a server for its app to ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback import LoopbackServer
from pytest_plugin.suite import Suite


@pytest.fixture
def suite(tmp_path: Path, server: LoopbackServer) -> Suite:
    """An empty suite; its app asks the loopback server."""
    return Suite(tmp_path, server)
