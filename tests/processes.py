"""Commands run as a user of a bare machine would run them: a clean environment, a time limit, no leftovers."""

from __future__ import annotations

import io
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

TIMEOUT_S = 60.0
NOT_INHERITED = (
    "AGENTREC_",
    "OPENAI_",
    "ANTHROPIC_",
    "GOOGLE_",
    "GEMINI_",
    "MISTRAL_",
    "COHERE_",
    "AWS_",
    "PYTEST_",
)
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
    input: str = "",
    timeout: float = TIMEOUT_S,
) -> Ran:
    """Run a command in a clean environment with ``env`` on top; past the limit its whole tree is killed."""
    process = subprocess.Popen(
        [str(word) for word in words],
        env=clean_environment(env),
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        stdout, stderr = process.communicate(input, timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        raise AssertionError(f"{words} took more than {timeout} s\n{stdout}\n{stderr}") from None
    return Ran(process.returncode, stdout, stderr)


def called(*words: str | Path, cwd: str | Path, env: Mapping[str, str] | None = None) -> Ran:
    """Our own command line under the same environment, in this process: half a second less than `run`."""
    from agentrec_auto.cli import main  # here: what starts processes needs none of it

    clean = clean_environment(env)
    with (
        pytest.MonkeyPatch.context() as patched,
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as err,
    ):
        patched.chdir(cwd)
        for name in os.environ.keys() - clean.keys():
            patched.delenv(name)
        for name, value in clean.items():
            patched.setenv(name, value)
        code = main([str(word) for word in words])
    return Ran(code, out.getvalue(), err.getvalue())
