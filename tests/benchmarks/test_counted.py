"""Instructions are counted, and a call costs some."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks import counted
from benchmarks.regress import CHECKS


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_a_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call of MockTransport takes more than nothing and less than an import."""
    monkeypatch.setattr(counted, "FEW", 2)
    monkeypatch.setattr(counted, "MANY", 12)
    assert 100_000 < counted.counted(CHECKS[0], "mock", str(tmp_path)) < 3_000_000
