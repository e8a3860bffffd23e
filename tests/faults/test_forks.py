"""Threads, tasks and forks: nobody waits for ever, nothing is lost, and takes come in the order they were asked."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import threading
from pathlib import Path

import pytest
from faults.conftest import Count
from faults.scale import chance, many
from loopback import LoopbackServer
from processes import Run
from seams.twins import CHAT, TWINS, Corpus, question

from agentrec_auto import assemble
from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow.plan import Record
from agentrec_auto.seams import httpx_family
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.location import open_store

PROGRAM = Path(__file__).parent / "programs" / "forking.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("store", ["corpus", "sqlite:///corpus.db"], ids=["folder", "sqlite"])
@pytest.mark.parametrize("mode", ["record", "auto"])
def test_forked_while_threads_record(
    store: str, mode: str, tmp_path: Path, run_python: Run, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of very many children records its call, whatever its parent's threads were holding."""
    children = many(75, 2500, "FORKS")
    environ = {"AGENTREC_MODE": mode, "AGENTREC_CORPUS": store, "AGENTREC_RUN_DIR": str(tmp_path / "run")}
    words = (PROGRAM, "http://llm.test", str(children))
    run_python(*words[:-1], "2", env=environ)  # whose recordings a second run in record replaces
    ran = run_python(*words, env=environ, timeout=120 + children / 4)
    assert ran.code == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["children"] == {"well": children}, ran.stderr
    assert ran.stderr.count("\n") <= 2, ran.stderr  # the summary of the run
    monkeypatch.chdir(tmp_path)
    kept = open_store(store)
    asked = [json.loads(kept.load(name).request.content)["messages"][0]["content"] for name in kept.names()]
    assert {f"child {number}" for number in range(children)} <= set(asked)
    count("forked while 3 threads record", children=children, calls=told["calls"], stuck=0, lost=0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_lock_is_not_inherited(tmp_path: Path) -> None:
    """A child forked in the midst of a replacement, however long it lives, keeps nobody from the next."""
    store = open_store(str(tmp_path))
    assert isinstance(store, FolderStore)
    until, goes_on = os.pipe()
    with store._locked():
        child = os.fork()
        if not child:
            os.read(until, 1)
            os._exit(0)
    try:
        descriptor = os.open(tmp_path, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(descriptor)
    finally:
        os.write(goes_on, b".")
        os.waitpid(child, 0)


@pytest.mark.parametrize("is_async", [False, True], ids=["threads", "tasks"])
async def test_takes_in_the_order_they_were_asked(
    is_async: bool, corpus: Corpus, count: Count, server: LoopbackServer
) -> None:
    """Equal questions under way at once, answered in any order: replayed in the order they were asked."""
    twin = TWINS[2 + is_async]
    rounds, askers, order = many(3, 100), 8, chance("takes")
    httpx_family.patch(twin.H)
    try:
        for number in range(rounds):
            corpus.clear()
            corpus.switch("record")
            client = twin.client()
            opened = [
                await twin.open(client, server.url + CHAT, question(stream=True)) for _ in range(askers)
            ]
            said: dict[int, bytes] = {}
            for at in order.sample(range(askers), askers):
                said[at] = b"".join(await twin.rest(twin.raw(opened[at])))
                await twin.close(opened[at])
            for _ in range(2):
                corpus.switch("replay")
                for at in range(askers):
                    assert b"".join(await twin.chunks(client, server.url + CHAT)) == said[at], number
            await twin.close(client)
    finally:
        httpx_family.unpatch(twin.H)
    count("takes, answered in any order", rounds=rounds, takes=rounds * askers, misplaced=0)


def test_calls_begin_while_the_process_ends(corpus: Corpus, count: Count) -> None:
    """A daemon thread that goes on making calls doesn't hinder the end, which keeps what was open until then."""
    corpus.switch("record")
    recorder = assemble.current()
    assert recorder is not None
    ended, under_way, begun = threading.Event(), [], 0
    request = CapturedRequest("POST", "http://llm.test" + CHAT, [], b'{"model":"m","messages":[]}')

    def begin() -> None:
        nonlocal begun
        while not ended.is_set():
            plan = recorder.plan(request, "a test")
            assert isinstance(plan, Record)
            under_way.append(plan.tap)
            begun += 1
            if len(under_way) > 200:
                under_way.clear()

    interval, ends = sys.getswitchinterval(), 0
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=begin, daemon=True)
    thread.start()
    try:
        while begun < many(2000, 50_000) and thread.is_alive():
            recorder.finish()
            ends += 1
    finally:
        ended.set()
        thread.join()
        sys.setswitchinterval(interval)
    assert begun >= many(2000, 50_000)
    count("ends while others begin", ends=ends, calls=begun, failed=0)
