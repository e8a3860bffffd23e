"""What every test may ask for: a loopback server, and subprocesses with a clean environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from loopback import LoopbackServer, ServerProcess

TIMEOUT_S = 60.0
NOT_INHERITED = ("AGENTREC_", "OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "MISTRAL_", "COHERE_", "AWS_")
NOT_INHERITED_NAMES = {
    *("CI", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("CO_API_KEY", "GROQ_API_KEY", "TOGETHER_API_KEY", "FIREWORKS_API_KEY", "HF_TOKEN"),
}


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a bare machine: no key, no proxy, no CI, nothing of ours; ``extra`` on top."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(NOT_INHERITED) and name not in NOT_INHERITED_NAMES
    }
    return {**kept, **(extra or {})}


def run(
    *words: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    input: str | None = None,
    timeout: float = TIMEOUT_S,
) -> Ran:
    """Run a command in a clean environment with ``env`` on top."""
    done = subprocess.run(
        [str(word) for word in words],
        env=clean_environment(env),
        cwd=cwd,
        input=input,
        stdin=subprocess.DEVNULL if input is None else None,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


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

    def start(*words: str | Path, cwd: str | Path | None = None, **options: object) -> Ran:
        return run(sys.executable, *words, cwd=cwd or tmp_path, **options)  # type: ignore[arg-type]

    return start


@pytest.fixture
def run_agentrec(run_python: Run) -> Run:
    """``run_agentrec("run", "--mode", "auto", "--", …)``: our command line under this interpreter."""

    def start(*words: str | Path, **options: object) -> Ran:
        return run_python("-m", "agentrec_auto", *words, **options)

    return start
