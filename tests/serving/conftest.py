"""A corpus recorded from real SDKs, and the command that serves it, in a process of its own."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import LoopbackServer
from processes import Ran, clean_environment, run

APP = Path(__file__).with_name("app.py")
AGENTREC = (sys.executable, "-m", "agentrec_auto")


class Served:
    """A server that runs, and what it said when it was ended."""

    def __init__(self, *words: str, cwd: Path, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [*AGENTREC, "serve", "--port", "0", "--json", *words],
            cwd=cwd,
            env=clean_environment(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self._process.stdout.readline()
        self.ready: dict[str, Any] = json.loads(line) if line else {}
        self.url: str = self.ready.get("url", "")
        self.port: int = self.ready.get("port", 0)

    def end(self, by: int = signal.SIGINT) -> Ran:
        """End it, and what came of it."""
        if self._process.poll() is None:
            self._process.send_signal(by)
        stdout, stderr = self._process.communicate(timeout=30)
        return Ran(self._process.returncode, stdout, stderr)

    @property
    def is_over(self) -> bool:
        return self._process.returncode is not None


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the app, with its corpus."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(APP, folder)
    with LoopbackServer() as server:
        words = (*AGENTREC, "run", "--mode", "record", "--", sys.executable, "app.py")
        ran = run(*words, cwd=folder, env={"BASE_URL": server.url})
    assert ran.code == 0 and "7 recorded" in ran.stderr, ran.stderr
    return folder


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    """The test's own, with a copy of the corpus."""
    return shutil.copytree(recorded, tmp_path / "here")


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[..., Served]]:
    """``serve("--speed", "1")``: a server, ended with the test."""
    started: list[Served] = []

    def start(*words: str, **env: str) -> Served:
        started.append(Served(*words, cwd=folder, env=env))
        return started[-1]

    yield start
    for one in started:
        if not one.is_over:
            one.end()


@pytest.fixture(scope="module")
def standing(recorded: Path) -> Iterator[Served]:
    """One server for tests that leave it as it was."""
    served = Served(cwd=recorded, env={})
    yield served
    served.end()
