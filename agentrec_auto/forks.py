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

_locks: weakref.WeakSet[Any] = weakref.WeakSet()
_held: list[Any] = []


def forkless() -> Any:
    """A lock (a `threading.RLock`, whose type has no public name) that no other thread holds at a fork."""
    lock = threading.RLock()
    _locks.add(lock)
    return lock


loading = forkless()
"""Held around an import in the midst of somebody's call."""


def _before() -> None:
    global _held
    _held = [lock for lock in list(_locks) if lock.acquire(timeout=_PATIENCE_S)]


def _after() -> None:
    while _held:
        _held.pop().release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
