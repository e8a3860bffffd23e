"""``agentrec run`` with a database for a corpus: the same as with a folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from loopback import LoopbackServer
from processes import Run

from agentrec_auto.store.location import open_store

APP = """
import concurrent.futures, os, sys
import httpx
if os.environ.get("AGENTREC_MODE") == "replay":
    print(os.environ["OPENAI_API_KEY"])
else:
    os.environ["OPENAI_API_KEY"] = "sk-abcdefghijklmnopqrstuvwxyz"
body = {"model": "m", "messages": [{"role": "user", "content": sys.argv[2]}]}
with httpx.Client(trust_env=False) as client:
    print(client.post(sys.argv[1] + "/v1/chat/completions", json=body).json()["id"])
"""


@pytest.mark.parametrize("by", ["flag", "file"])
def test_record_and_replay(run_agentrec: Run, server: LoopbackServer, tmp_path: Path, by: str) -> None:
    """Recorded into one file, relative to where it was named, and replayed from it, with the dummies it needs."""
    flags = ["--corpus", "sqlite:///tapes/corpus.db"] if by == "flag" else []
    if by == "file":
        (tmp_path / "agentrec.toml").write_text('[agentrec]\ncorpus = "sqlite:///tapes/corpus.db"\n')
    said = []
    for mode in ("record", "replay"):
        command = ["run", "--mode", mode, *flags, "--", sys.executable, "-c", APP, server.url, "hi"]
        ran = run_agentrec(*command)
        assert ran.code == 0, ran.stderr
        said.append(ran.stdout.splitlines()[-1])
    assert said[0] == said[1] and server.hits == 1 and "agentrec-dummy" in ran.stdout
    assert sorted(path.name for path in (tmp_path / "tapes").iterdir()) == [
        "corpus.db",
        "corpus.db.agentrec-keys",
    ]


def test_processes(run_agentrec: Run, server: LoopbackServer, tmp_path: Path) -> None:
    """Processes that record at once lose nothing."""
    program = f"""
import subprocess, sys
workers = [subprocess.Popen([sys.executable, "-c", {APP!r}, sys.argv[1], str(n)]) for n in range(6)]
sys.exit(max(worker.wait() for worker in workers))
"""
    corpus = f"sqlite:///{tmp_path}/corpus.db"
    ran = run_agentrec("run", "--corpus", corpus, "--", sys.executable, "-c", program, server.url)
    assert ran.code == 0 and "6 recorded" in ran.stderr, ran.stderr
    assert len(list(open_store(corpus).names())) == 6


def test_open_at_exit(run_agentrec: Run, server: LoopbackServer, tmp_path: Path) -> None:
    """A stream that the app still reads when it ends is recorded as left there: the database is closed after it."""
    program = """
import sys, httpx2
client = httpx2.Client(trust_env=False)
body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
client.post(sys.argv[1] + "/v1/chat/completions", json={**body, "stream": False})
request = client.build_request("POST", sys.argv[1] + "/v1/chat/completions", json=body)
chunks = client.send(request, stream=True).iter_raw()
next(chunks)
"""
    corpus = f"sqlite:///{tmp_path}/corpus.db"
    ran = run_agentrec("run", "--corpus", corpus, "--", sys.executable, "-c", program, server.url)
    assert ran.code == 0 and "2 recorded, 0 missed ·" in ran.stderr, ran.stderr
    store = open_store(corpus)
    assert [store.load(name).ending.value for name in store.names()] == ["abandoned", "complete"]


def test_a_bad_url(run_agentrec: Run) -> None:
    """A URL that no store answers to is refused before anything runs."""
    ran = run_agentrec("run", "--corpus", "sqlite:corpus.db", "--", sys.executable, "-c", "print('ran')")
    assert ran.code == 2 and "sqlite:///" in ran.stderr and "ran" not in ran.stdout
