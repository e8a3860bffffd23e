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
    """A call of MockTransport takes more than nothing and less than an import; twice counted, it is the same."""
    monkeypatch.setattr(counted, "FEW", 2)
    monkeypatch.setattr(counted, "MANY", 12)
    first, second = (counted.counted(CHECKS[0], "mock", str(tmp_path)) for _ in range(2))
    assert 100_000 < first < 3_000_000
    assert second == pytest.approx(first, rel=0.02)
