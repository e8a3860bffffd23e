"""What every test may ask for: a loopback server, and commands run in a clean environment."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import LoopbackServer, ServerProcess
from processes import Ran, Run, run

# A shell that starts us in the background has us ignore these, and what we start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a browser comes first: last, half a minute of it would leave the other workers without work."""
    items.sort(key=lambda item: "chromium" not in getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """What collecting made stays: looking through it costs a third of a second at each collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """A loopback server in this process, fresh for the test."""
    with LoopbackServer() as started:
        yield started


@pytest.fixture
def server_process() -> Iterator[ServerProcess]:
    """A loopback server in a process of its own."""
    with ServerProcess() as started:
        yield started


@pytest.fixture
def run_python(tmp_path: Path) -> Run:
    """``run_python("app.py", "arg", env={…}, cwd=…)``: this interpreter, in the test's folder by default."""

    def start(*words: str | Path, cwd: str | Path | None = None, **options: Any) -> Ran:
        return run(sys.executable, *words, cwd=cwd or tmp_path, **options)

    return start


@pytest.fixture
def run_agentrec(run_python: Run) -> Run:
    """``run_agentrec("run", "--mode", "auto", "--", …)``: our command line under this interpreter."""

    def start(*words: str | Path, **options: Any) -> Ran:
        return run_python("-m", "agentrec_auto", *words, **options)

    return start
