"""Waiting for a coroutine where there is no event loop to await it on.

One loop for the process, on a thread of ours, runs them all, so that what a store binds to a loop (locks,
connections) stays with one. The caller's own loop, if it has one, may be standing still meanwhile; so a
coroutine that waits for it never ends, and is given up after `PATIENCE_S`, in words.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as TimedOut
from typing import Any, TypeVar

from agentrec_auto.errors import StoreError

T = TypeVar("T")

PATIENCE_S = 60.0

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None
_owner = 0


def waited(coroutine: Coroutine[Any, Any, T]) -> T:
    """What the coroutine returns; `StoreError` if it doesn't in `PATIENCE_S`."""
    loop = _running()
    if threading.current_thread() is _thread:  # from a coroutine that is being run: the loop stands still
        return _elsewhere(coroutine)
    future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    try:
        return future.result(PATIENCE_S)
    except TimedOut:
        if future.done():
            raise  # the coroutine's own
        future.cancel()
        raise StoreError(
            f"a store of the program's own did not answer in {PATIENCE_S:.0f} s: it may wait for the event "
            "loop of its caller, which waits for it; use an async client with it"
        ) from None


def _running() -> asyncio.AbstractEventLoop:
    global _loop, _thread, _owner
    with _lock:
        if _loop is None or _owner != os.getpid():  # threads don't survive a fork
            _loop, _owner = asyncio.new_event_loop(), os.getpid()
            _thread = threading.Thread(target=_loop.run_forever, name="agentrec-store", daemon=True)
            _thread.start()
        return _loop


def _elsewhere(coroutine: Coroutine[Any, Any, T]) -> T:
    answer: list[T] = []
    thread = threading.Thread(target=lambda: answer.append(asyncio.run(coroutine)), name="agentrec-store")
    thread.start()
    thread.join(PATIENCE_S)
    if not answer:
        raise StoreError("a store of the program's own failed while another was being asked")
    return answer[0]


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
