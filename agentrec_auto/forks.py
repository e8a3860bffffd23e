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
from collections.abc import Callable

_PATIENCE_S = 5.0
"""How long a fork waits at most for one lock: a thread that holds it may wait for the one that forks."""

_mine = threading.local()
"""``held``: how many locks this thread has."""

_turnstile = threading.RLock()
"""Passed on the way to the first lock that a thread takes, and closed while a fork waits: who has just let go
of a lock is often the first to have it again, and several such threads would keep a fork waiting for ever."""


class Forkless:
    """A lock that no other thread holds at a fork; the thread that has it may take it again."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _locks.add(self)

    def __enter__(self) -> None:
        held = getattr(_mine, "held", 0)
        if not held:
            with _turnstile:
                pass
        self._lock.acquire()
        _mine.held = held + 1

    def __exit__(self, *_: object) -> None:
        _mine.held -= 1
        self._lock.release()

    def waited_for(self) -> bool:
        """Take it for a fork; whether that was to be had."""
        return self._lock.acquire(timeout=_PATIENCE_S)

    def let_go(self) -> None:
        """The fork is over."""
        self._lock.release()


_locks: weakref.WeakSet[Forkless] = weakref.WeakSet()
_to_undo: list[Callable[[], None]] = []

loading = Forkless()
"""Held around an import in the midst of somebody's call."""


def _before() -> None:
    global _to_undo
    undo = [_turnstile.release] if _turnstile.acquire(timeout=_PATIENCE_S) else []
    _to_undo = undo + [lock.let_go for lock in list(_locks) if lock.waited_for()]


def _after() -> None:
    while _to_undo:
        _to_undo.pop()()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
