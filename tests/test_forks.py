"""A fork comes to its turn, and cuts nothing of ours in two."""

from __future__ import annotations

import os
import threading
import time

import pytest

from agentrec_auto import forks
from agentrec_auto.forks import Forkless

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


THREADS = 3


def test_a_fork_gets_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the threads that hold a lock nearly all the time, each may have it once before a fork that waits."""
    lock, ended, times, before = Forkless(), threading.Event(), 0, []
    waited_for = Forkless.waited_for

    def noted(one: Forkless) -> bool:
        begun = times
        got = waited_for(one)
        if one is lock:
            before.append(times - begun)
        return got

    def work() -> None:
        nonlocal times
        while not ended.is_set():
            with lock, lock:
                times += 1
                until = time.monotonic() + 0.002
                while time.monotonic() < until:
                    os.stat(".")

    monkeypatch.setattr(Forkless, "waited_for", noted)
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(60):
            child = os.fork()
            if not child:
                with lock:
                    os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert len(before) == 60 and max(before) <= THREADS


def test_a_thread_that_has_one_may_take_another() -> None:
    """Who holds a lock doesn't wait at the turnstile for another: the fork may be waiting for the first."""
    first, second = Forkless(), Forkless()
    with first, forks._turnstile:
        done = threading.Event()

        def take() -> None:
            forks._mine.held = 1  # as in a thread that holds a lock
            with second:
                done.set()

        thread = threading.Thread(target=take)
        thread.start()
        assert done.wait(10)
        thread.join()
