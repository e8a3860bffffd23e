"""The ledger: replays are written in batches, all else at once, and nothing is lost when a process leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agentrec_auto.flow import ledger
from agentrec_auto.flow.ledger import Ledger
from agentrec_auto.flow.tally import read

REPLAYS = """
import os, signal, sys
from agentrec_auto.bootstrap import patches
from agentrec_auto import assemble
from agentrec_auto.flow import active, ledger
import httpx
patches.patch("httpx", httpx)
for _ in range(500):
    active.ledger.replayed("a", 200, fuzzy=False)
{then}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(ledger.RUN_DIR, str(tmp_path / "run"))
    return str(tmp_path / "run")


def test_replays(folder: str) -> None:
    """Replays count, by name and by likeness, whenever they were written."""
    noted = Ledger()
    for fuzzy in (False, True, False):
        noted.replayed("a", 200, fuzzy=fuzzy)
    noted.replayed('b"\\\né\ud800', 404, fuzzy=False)
    noted.flush()
    tally = read(folder)
    assert (tally.counts[ledger.REPLAYED], tally.fuzzy, tally.used) == (4, 1, {"a", 'b"\\\né\ud800'})
    assert tally.replayed_errors == {404: 1}


def test_misses_are_written_at_once(folder: str) -> None:
    """What makes a run red waits for nobody, and takes along what was gathered before it."""
    noted = Ledger()
    for _ in range(3):
        noted.replayed("a", 200, fuzzy=False)
    noted.note(ledger.MISSED, text="missed")
    tally = read(folder)
    assert (tally.counts[ledger.REPLAYED], len(tally.misses)) == (3, 1)


@pytest.mark.parametrize("then", ["os._exit(0)", "sys.exit(0)", "if os.fork() == 0: os._exit(0)\nos.wait()"])
def test_leaving(folder: str, then: str) -> None:
    """A process that leaves past its finalisers leaves its count behind; a forked child doesn't add to it."""
    then = "import atexit; atexit.register(active.ledger.flush)\n" + then
    subprocess.run([sys.executable, "-c", REPLAYS.format(then=then)], check=True, timeout=60)
    assert read(folder).counts[ledger.REPLAYED] == 500


def test_killed(folder: str) -> None:
    """``kill -9`` may take the last milliseconds' replays along, and no miss."""
    then = "active.ledger.note(ledger.MISSED, text='x')\nos.kill(os.getpid(), signal.SIGKILL)"
    ran = subprocess.run([sys.executable, "-c", REPLAYS.format(then=then)], timeout=60)
    assert ran.returncode == -signal.SIGKILL
    tally = read(folder)
    assert (tally.counts[ledger.REPLAYED], len(tally.misses)) == (500, 1)


def test_a_run_that_is_over(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon that outlives its run doesn't make the folder anew that was read and taken away."""
    owner = subprocess.Popen(["true"])
    owner.wait()
    monkeypatch.setenv(ledger.RUN_OWNER, str(owner.pid))
    Ledger().note(ledger.MISSED, text="late")
    assert not os.path.exists(folder)
    monkeypatch.setenv(ledger.RUN_OWNER, str(os.getppid()))
    Ledger().note(ledger.MISSED, text="in time")
    assert len(read(folder).misses) == 1


def test_memory(folder: str) -> None:
    """A process that replays all day keeps the latest events only."""
    noted = Ledger()
    for number in range(10_000):
        noted.replayed(str(number), 200, fuzzy=False)
    assert len(noted.events) == len(noted._latest) < 5000
    assert len(noted._replays) < 5000 and os.path.isdir(folder)
