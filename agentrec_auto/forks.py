"""What a fork must not cut in two: forks wait until it is over.

A child has one thread, the one that forked. What another thread was in the midst of stays half done there for
ever: a module that it was importing can't be imported any more (its lock has an owner who isn't there), and
SQLite's own locks are held by nobody. A program that forks beside its threads has seen to that for what it
does itself, and can know nothing of what we do in its calls.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

_PATIENCE_S = 5.0
"""How long a fork waits at most for one lock: a thread that holds it may wait for the one that forks."""

_locks: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()


class _Mine(threading.local):
    """What this thread has taken for its fork: another thread may fork at the same time."""

    def __init__(self) -> None:
        self.held: list[Any] = []


_mine = _Mine()


def forkless() -> Any:
    """A lock (a `threading.RLock`, whose type has no public name) that no other thread holds at a fork."""
    lock = threading.RLock()
    _locks[id(lock)] = lock
    return lock


_forking = forkless()
"""One fork at a time waits for the other locks: two that had one each would wait for each other."""

loading = forkless()
"""Held around an import in the midst of somebody's call."""


def _all() -> list[Any]:
    locks = [reference() for reference in _locks.valuerefs()]
    return [lock for lock in locks if lock is not None and lock is not _forking]


def _before() -> None:
    _mine.held = [lock for lock in [_forking, *_all()] if lock.acquire(timeout=_PATIENCE_S)]


def _after() -> None:
    for lock in reversed(_mine.held):
        lock.release()
    _mine.held = []


def _after_in_child() -> None:
    """Also renew what wasn't to be had: who holds it isn't here, and would never let go of it."""
    held = {id(lock) for lock in _mine.held}
    for lock in [_forking, *_all()]:
        if id(lock) not in held:
            lock._at_fork_reinit()
    _after()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after_in_child)
