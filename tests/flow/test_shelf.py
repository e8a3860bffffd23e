"""Responses under way, as they end: left by the program, collected by Python, copied into a child."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flow.test_recorder import asking, recorder

from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore


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
