"""A fork cuts nothing of ours in two, and leaves no lock that nobody can let go of."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agentrec_auto import forks

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

FORKS = 10
"""Of each thread: one too few of a lock is enough to hang, and in a large process a fork is slow."""


def ending(child: int, within_s: float = 60) -> int | None:
    """How a child ended; None if it got stuck (it is killed then)."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


@contextmanager
def held_elsewhere(lock: Any) -> Iterator[None]:
    """Another thread has the lock."""
    taken, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            taken.set()
            ended.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert taken.wait(60)
        yield
    finally:
        ended.set()
        thread.join()


def takes(*locks: Any) -> None:
    """In a child: take each lock, and be gone."""
    try:
        for lock in locks:
            lock.acquire()
            lock.release()
        os._exit(0)
    finally:
        os._exit(1)


def test_a_child_can_take_what_a_fork_waited_for_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "_PATIENCE_S", 0.05)
    lock, other = forks.forkless(), forks.forkless()
    with held_elsewhere(lock), other:
        child = os.fork()
        if not child:
            takes(lock, other, forks.loading)
        assert ending(child) == 0
        assert not lock.acquire(blocking=False), "in the parent the thread still has it"


def test_a_lock_made_while_another_is_waited_for() -> None:
    """A store's lock is made at the first call of all, by who has the lock around imports: a fork waits for both."""
    lock, made = forks.forkless(), []

    class Waited:
        def acquire(self, timeout: float) -> bool:
            made.append(forks.forkless())
            return True

        def release(self) -> None:
            pass

    waited = Waited()
    forks._locks[id(waited)] = waited
    forks._before()
    try:
        assert all(one in forks._mine.held for one in (lock, waited, *made)) and len(made) == 1
    finally:
        forks._after()


@pytest.mark.parametrize("forkers", [2, 4])
def test_threads_may_fork_at_once(forkers: int) -> None:
    """Beside a thread that makes locks and lets them go; no lock stays taken, here or in a child."""
    locks, ended, endings = [forks.forkless() for _ in range(20)], threading.Event(), []

    def work() -> None:
        while not ended.is_set():
            few = [forks.forkless() for _ in range(5)]
            for lock in [*few, *locks]:
                with lock, lock:
                    os.stat(".")

    def fork() -> None:
        for _ in range(FORKS):
            child = os.fork()
            if not child:
                takes(*locks, forks.loading, forks._forking)
            endings.append(ending(child))

    worker = threading.Thread(target=work)
    threads = [threading.Thread(target=fork) for _ in range(forkers)]
    worker.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    ended.set()
    worker.join()
    assert endings == [0] * FORKS * forkers
    for lock in [*locks, forks.loading, forks._forking]:
        with held_elsewhere(lock):
            pass


def test_a_fork_waits_for_who_holds_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another thread does under a lock is done whole before a child exists."""
    monkeypatch.setattr(forks, "_PATIENCE_S", 60)  # of a machine that has other things to do, too
    lock, ended, count = forks.forkless(), threading.Event(), [0, 0]

    def work() -> None:
        while not ended.is_set():
            with lock:
                count[0] += 1
                time.sleep(0.001)
                count[1] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(50):
            child = os.fork()
            if not child:
                os._exit(0 if count[0] == count[1] else 1)
            assert ending(child) == 0
    finally:
        ended.set()
        thread.join()
