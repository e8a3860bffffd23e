"""A Python that agentrec-auto isn't installed for, below ``agentrec run``."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bootstrap.programs import counted, interpreter, libraries
from loopback import LoopbackServer
from processes import Run


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("3.10", marks=pytest.mark.slow),
        "3.11",
        pytest.param("3.12", marks=pytest.mark.slow),
        "3.13",
    ],
)
def foreign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python in a bare virtual environment."""
    folder = tmp_path_factory.mktemp("foreign")
    subprocess.run([interpreter(request.param), "-m", "venv", "--without-pip", folder], check=True)
    return folder / "bin/python"


def test_records_and_replays(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, foreign: Path
) -> None:
    """Of the same version as ours or another, it is intercepted like any."""
    env = {"PYTHONPATH": str(libraries(tmp_path / "libraries"))}
    script = (
        "import importlib.util as u; print(u.find_spec('pydantic'), u.find_spec('agentrec_auto') is None)"
    )
    alone = run_agentrec("run", "--mode", "off", "--", foreign, "-c", script, env=env)
    assert alone.stdout == "None True\n"
    for figures in ({"replayed": 0, "recorded": 1, "missed": 0}, {"replayed": 1, "recorded": 0, "missed": 0}):
        ran = run_agentrec("run", "--", foreign, call, server.url, "hello", env=env)
        assert (ran.stdout, ran.stderr.count("\n")) == ("answer 1 to: hello\n", 1), ran.stderr
        assert counted(ran.stderr) == figures


def test_says_nothing(run_agentrec: Run, foreign: Path) -> None:
    """Without an HTTP library, no output, and sys.path as it was."""
    script = "import sys; print(*sys.path)"
    on, off = (run_agentrec("run", "--mode", mode, "--", foreign, "-c", script) for mode in ("replay", "off"))
    assert (on.stdout, on.stderr) == (off.stdout, "agentrec: no LLM call was seen · mode replay · corpus\n")


def test_finds_nothing_else_of_ours(run_agentrec: Run, foreign: Path) -> None:
    """Of our environment only agentrec_auto and wrapt can be imported there."""
    script = "import importlib.util as u; print(*(name for name in 'agentrec_auto wrapt pydantic httpx rich'.split() if u.find_spec(name)))"
    assert run_agentrec("run", "--", foreign, "-c", script).stdout == "agentrec_auto wrapt\n"


def test_a_miss_names_the_nearest(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, foreign: Path
) -> None:
    """Likeness is measured as at home, for which rapidfuzz is lent, pure Python where ours is another's."""
    env = {"PYTHONPATH": str(libraries(tmp_path / "libraries"))}
    for word in ("the weather on Monday", "something else entirely"):
        run_agentrec("run", "--", foreign, call, server.url, word, env=env)
    ran = run_agentrec(
        "run", "--mode", "replay", "--", foreign, call, server.url, "the weather on Friday", env=env
    )
    assert '"…Monday" → "…Friday"' in ran.stderr, ran.stderr


def test_config_needs_nothing_there(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, foreign: Path
) -> None:
    """The launcher has checked the config file; a process below needs neither pydantic nor a TOML parser."""
    (tmp_path / "agentrec.toml").write_text(
        '[agentrec]\ncorpus = "tapes"\n[[key.rule]]\nignore = ["messages[*].content"]\n'
    )
    env = {"PYTHONPATH": str(libraries(tmp_path / "libraries"))}
    for word in ("one", "another"):
        ran = run_agentrec("run", "--", foreign, call, server.url, word, env=env)
        assert ran.stdout == "answer 1 to: one\n", ran.stderr
