"""Servers under ``agentrec run``, started and ended as people do it, and asked over a socket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from bootstrap.programs import counted
from processes import clean_environment

BIN = Path(sys.executable).parent
RUN = [sys.executable, "-m", "agentrec_auto", "run", "--"]

ASK = """
import os
import httpx

def ask(word):
    body = {"model": "m", "messages": [{"role": "user", "content": word}]}
    return httpx.post(os.environ["LLM"] + "/v1/chat/completions", json=body).json()["choices"][0]["message"]["content"]
"""


class Served:
    """A server under ``agentrec run``, its output read line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.said = ""

    def wait_for(self, word: str, times: int) -> None:
        """Read on until ``word`` was said so often."""
        assert self._process.stdout is not None
        while self.said.count(word) < times:
            line = self._process.stdout.readline()
            assert line, self.said
            self.said += line

    def end(self) -> dict[str, int]:
        """Send SIGTERM to the launcher, and give the figures of its summary."""
        self._process.send_signal(signal.SIGTERM)
        self.said += self._process.communicate(timeout=60)[0]
        return counted(self.said)


@contextmanager
def served(folder: Path, llm: str, *command: str | Path) -> Iterator[Served]:
    process = subprocess.Popen(
        [*RUN, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=clean_environment({"LLM": llm}),
        start_new_session=True,
    )
    try:
        yield Served(process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def command(name: str) -> Path:
    """A console script of our environment, or the test is skipped."""
    if not (BIN / name).exists():
        pytest.skip(f"{name} is not installed")
    return BIN / name


def ask_over(socket: Path, *paths: str) -> list[str]:
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), timeout=30) as client:
        return [client.get(f"http://app{path}").text for path in paths]
