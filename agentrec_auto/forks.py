"""Locks that a fork waits for, around what it must not cut in two.

A forked child has one thread, the one that forked. What another thread was doing stays half done there for
ever: a module that it was importing can't be imported any more (the import lock's owner doesn't exist), and
nobody will release SQLite's own locks. A program that forks while it has threads has seen to this for its own
code, but can't know what we do inside its calls.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

_PATIENCE_S = 5.0
"""How long a fork waits for one lock, at most: its holder may be waiting for the thread that forks."""

_locks: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()


class _Mine(threading.local):
    """The locks that this thread took for its fork; another thread may fork at the same time."""

    def __init__(self) -> None:
        self.held: list[Any] = []


_mine = _Mine()


def forkless() -> Any:
    """A lock (a `threading.RLock`, whose type has no public name) that no other thread holds at a fork."""
    lock = threading.RLock()
    _locks[id(lock)] = lock
    return lock


_forking = forkless()
"""Taken before the other locks, so that two forks can't each have one that the other waits for."""

loading = forkless()
"""Held around each import that we make inside a call of the program's."""


def _all() -> list[Any]:
    locks = [reference() for reference in _locks.valuerefs()]
    return [lock for lock in locks if lock is not None and lock is not _forking]


def _before() -> None:
    _mine.held, tried = [], dict[int, Any]()
    # While one is waited for, its holder may make another: a store's, at the first call of all.
    while fresh := [lock for lock in [_forking, *_all()] if id(lock) not in tried]:
        tried.update((id(lock), lock) for lock in fresh)
        _mine.held += [lock for lock in fresh if lock.acquire(timeout=_PATIENCE_S)]


def _after() -> None:
    for lock in reversed(_mine.held):
        lock.release()
    _mine.held = []


def _after_in_child() -> None:
    """Release; and renew the locks that weren't to be had, whose owner doesn't exist in the child."""
    held = {id(lock) for lock in _mine.held}
    for lock in [_forking, *_all()]:
        if id(lock) not in held:
            lock._at_fork_reinit()
    _after()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after_in_child)
