"""Leaving early is no accident: a closed pipe, Ctrl-C, a plain ASCII stdout."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept
from processes import clean_environment

from agentrec_auto.store import document

COMMAND = [sys.executable, "-m", "agentrec_auto"]


@pytest.fixture
def many(here: Path, kept: Kept) -> None:
    """A corpus that takes a while."""
    data = document.dumps(kept.load(kept.name("8812")))
    for number in range(1000):
        (here / "corpus" / f"copy-{number}.json").write_bytes(data)


@pytest.mark.parametrize("words", ["ls", "ls -q", "stats", "verify", "ls --json"])
def test_closed_pipe(here: Path, many: None, words: str) -> None:
    """``| head`` ends it without a word."""
    process = subprocess.Popen(
        [*COMMAND, *words.split()],
        cwd=here,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    said = process.stderr.read().decode()
    process.wait(30)
    assert "Traceback" not in said and "BrokenPipe" not in said and "Exception" not in said, said


def test_interrupted(here: Path, many: None) -> None:
    """Ctrl-C ends it with 130 and no traceback."""
    process = subprocess.Popen(
        [*COMMAND, "ls"], cwd=here, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.readline()  # it is under way
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said.decode()


def test_ascii(here: Path, kept: Kept) -> None:
    """On a stdout that is only ASCII, signs are lost and nothing else."""
    environ = clean_environment({"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    for words in (["show", kept.name("sleet")], ["ls"], ["diff", kept.name("sleet"), kept.name("gpt-9")]):
        ran = subprocess.run([*COMMAND, *words], cwd=here, env=environ, capture_output=True, check=False)
        assert ran.returncode in (0, 1) and b"Traceback" not in ran.stderr, ran.stderr
        assert b"sleet" in ran.stdout


@pytest.mark.parametrize("name", "ls show diff explain scan scrub rekey prune verify annotate stats".split())
def test_help_has_an_example(agentrec: Agentrec, name: str) -> None:
    """Each command's help shows how it is used, and what they have in common."""
    ran = agentrec(name, "--help")
    assert ran.code == 0
    assert "Example: agentrec" in " ".join(ran.stdout.split()), ran.stdout
    assert "--json" in ran.stdout and "--corpus" in ran.stdout
