"""``kill -9`` at whatever moment: no file is torn, and no call that an app had its answer of is lost."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from faults.conftest import Count
from faults.scale import SEED, many
from loopback import ServerProcess
from processes import run
from seams.twins import Corpus

from agentrec_auto.flow import ledger, tally
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.seams import httpx_family
from agentrec_auto.store.base import Store, split_name
from agentrec_auto.store.location import open_store

PROGRAM = Path(__file__).parent / "programs" / "killed.py"


@dataclass
class Finished:
    """A call that an app had the answer of."""

    process: str
    question: str
    digest: str


@pytest.mark.parametrize("store", ["HERE/corpus", "sqlite:///HERE/corpus.db"], ids=["folder", "sqlite"])
def test_killed(
    store: str, tmp_path: Path, server_process: ServerProcess, corpus: Corpus, count: Count
) -> None:
    """Whatever was finished is there, byte for byte, can be replayed, and is told in the ledger."""
    rounds = many(3, 200, "ROUNDS")
    words = (PROGRAM, server_process.url, tmp_path, rounds, SEED, store)
    ran = run(sys.executable, *words, timeout=60 + 10 * rounds)
    assert ran.code == 0, ran.stderr
    told: Counter[str] = Counter()
    for number in range(rounds):
        here = tmp_path / f"round-{number}"
        where = store.replace("HERE", str(here))
        told.update(rounds=1, **_looked_over(here, open_store(where), where))
        assert (told["lost"], told["torn"], told["untold"]) == (0, 0, 0), number
        told.update(replayed=_replayed(here, where, corpus, server_process.url))
    assert told["calls"] > rounds * 8 and told["left_over"] < told["calls"]
    count(f"kill -9, 8 × 8, {'sqlite' if 'sqlite' in store else 'folder'}", **told)


def _looked_over(here: Path, store: Store, where: str) -> dict[str, int]:
    """What a round left, against what its apps had had."""
    torn = 0
    answers: defaultdict[str, list[str]] = defaultdict(list)
    for name in store.names():
        try:
            one = store.load(name)
        except Exception as error:
            print(name, error)
            torn += 1
            continue
        assert Keyer().identify(one.request).key == split_name(name)[0]
        body = json.loads(one.request.content)
        question = f"{body['messages'][0]['content']}/{'s' if body['stream'] else 'j'}"
        if one.metadata["ending"] == "complete":
            content = b"".join(chunk.data for chunk in one.chunks)
            answers[question].append(hashlib.sha256(content).hexdigest())
    if "sqlite" in where and (database := Path(where.removeprefix("sqlite:///"))).exists():
        with sqlite3.connect(database) as line:
            torn += line.execute("PRAGMA integrity_check").fetchone() != ("ok",)
    finished = _finished(here)
    lost = 0
    for question in {one.question for one in finished}:
        asked = [one for one in finished if one.question == question]
        # Of processes that ask the same, each counts takes from 1, and the first writer of a take wins.
        most = max(Counter(one.process for one in asked).values())
        digests = {one.digest for one in asked}
        lost += len(digests - set(answers[question])) if not question.startswith("all") else 0
        lost += max(0, most - len(answers[question]))
    counts = tally.read(str(here / "ledger")).counts
    noted = counts[ledger.RECORDED] + counts[ledger.REPEATED]
    left_over = len(list((here / "corpus").glob(".*.tmp")))
    return {
        "calls": len(finished),
        "lost": lost,
        "torn": torn,
        "untold": max(0, len(finished) - noted),
        "left_over": left_over,
    }


def _finished(here: Path) -> list[Finished]:
    """What the apps wrote down; the line under the pen of the killed is no call."""
    try:
        lines = (here / "finished").read_text().split("\n")[:-1]
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        process, question, status, digest = line.split(" ")
        assert status == "200"
        found.append(Finished(process, question, digest))
    return found


def _replayed(here: Path, where: str, corpus: Corpus, url: str) -> int:
    """Ask everything that was finished again, offline; how many were answered."""
    questions = sorted({one.question for one in _finished(here)})
    digests = {one.digest for one in _finished(here)}
    corpus.folder = Path(where) if "sqlite" not in where else where  # type: ignore[assignment]
    corpus.switch("replay")
    httpx_family.patch(httpx2)
    try:
        with httpx2.Client(trust_env=False, verify=False) as client:
            for question in questions:
                word, kind = question.split("/")
                body = {"model": "m", "stream": kind == "s", "messages": [{"role": "user", "content": word}]}
                answer = client.post(f"{url}/v1/chat/completions", json=body)
                assert answer.status_code == 200, answer.text
                if not word.startswith("all"):
                    assert hashlib.sha256(answer.content).hexdigest() in digests
    finally:
        httpx_family.unpatch(httpx2)
    return len(questions)
