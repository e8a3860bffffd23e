"""Responses under way, as they end: left by the program, collected by Python, copied into a child."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flow.test_recorder import answered, asking, events, recorder

from agentrec_auto.flow import ledger, shelf
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.location import open_store
from agentrec_auto.store.memory import MemoryStore


@contextmanager
def held(corpus: str) -> Iterator[None]:
    """Another process is writing there, and doesn't come to an end."""
    if corpus.startswith("sqlite:"):
        with closing(sqlite3.connect(corpus.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    folder = os.open(corpus, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@pytest.mark.parametrize("url", ["corpus", "sqlite:///corpus.db"])
@pytest.mark.parametrize("lets_go", [True, False], ids=["for a while", "to the end"])
def test_a_store_that_is_held(
    url: str,
    lets_go: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is recorded meanwhile waits in memory, told once, until the store is free or the process ends."""
    monkeypatch.setattr(ledger, "_warned", set())
    for name in ("_PATIENCE_S", "_LAST_PATIENCE_S"):
        monkeypatch.setattr(shelf, name, 0.01)
    url = url.replace("corpus", f"{tmp_path}/corpus")
    before = recorder(open_store(url), "record", run="r0")
    for text in ("one", "two", "three"):
        answered(before.plan(asking(text), "lib"), "before")
    ours = recorder(open_store(url), "record")
    with held(url):
        for text in ("one", "two"):
            answered(ours.plan(asking(text), "lib"), "anew")
        assert "recorded" not in events(ours)
        if not lets_go:
            ours.finish()
    if lets_go:
        answered(ours.plan(asking("three"), "lib"), "anew")
    told = capsys.readouterr().err
    assert told.count("is in use: another process holds") == (1 if lets_go else 2)
    assert told.count("waits in memory") == 1
    kinds = events(ours)
    assert (kinds.count("recorded"), kinds.count("unrecorded")) == ((3, 0) if lets_go else (0, 2))
    kept = open_store(url)
    assert {kept.load(name).chunks[0].data for name in kept.names()} == {b"anew" if lets_go else b"before"}


def test_many_dropped_at_once() -> None:
    """Streams that are collected together are kept one after the other, however many they are."""
    store = MemoryStore()
    recording = recorder(store)
    plans = [recording.plan(asking(f"Question {number}"), "lib") for number in range(2000)]
    for plan in plans:
        plan.tap.head(200, [(b"content-type", b"text/event-stream")], {})
        plan.tap.see(b"data: {}\n\n")
        plan.tap.dropped()
    recording.plan(asking("The next"), "lib")
    assert len(list(store.names())) == 2000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("leave", ["closed", "dropped"])
def test_a_child_leaves_its_parents_stream(tmp_path: Path, leave: str) -> None:
    """A forked child that closes or drops its copy of a stream doesn't end the parent's recording of it."""
    ours = recorder(FolderStore(tmp_path))
    plan = ours.plan(asking(), "lib")
    plan.tap.head(200, [(b"content-type", b"text/event-stream")], {})
    plan.tap.see(b'data: {"choices": []}\n\n')
    child = os.fork()
    if child == 0:
        ours.after_fork()
        getattr(plan.tap, leave)()
        ours.finish()
        os._exit(0)
    os.waitpid(child, 0)
    plan.tap.see(b"data: [DONE]\n\n")
    plan.tap.finished()
    [name] = FolderStore(tmp_path).names()
    assert FolderStore(tmp_path).load(name).ending.value == "complete"
