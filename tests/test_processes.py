"""Commands in tests run clean, and end."""

from __future__ import annotations

import json
import time

import pytest
from processes import Run, run

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def test_clean(run_python: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, proxies, CI and our own variables don't reach a command; what the test says does."""
    for name in ("OPENAI_API_KEY", "AGENTREC_MODE", "https_proxy", "CI"):
        monkeypatch.setenv(name, "leaks")
    told = json.loads(run_python("-c", SHOW, env={"AGENTREC_CORPUS": "mine"}).stdout)
    assert "leaks" not in told.values()
    assert told["AGENTREC_CORPUS"] == "mine"


def test_time_limit() -> None:
    """A command that hangs is killed with its children, which hold its pipes, and the test fails."""
    started = time.monotonic()
    with pytest.raises(AssertionError, match="took more than"):
        run("sh", "-c", "sleep 30 & wait", timeout=0.2)
    assert time.monotonic() - started < 20
