"""Threads inherit the scope they are started in, and work submitted to a pool the one it is submitted in.

Context variables are copied into tasks and by ``asyncio.to_thread``, not into threads (before Python 3.14,
and there only in free-threaded builds). So the first cassette that is entered puts a wrapper around
``threading.Thread.start`` and ``ThreadPoolExecutor.submit``, on which ``loop.run_in_executor`` stands too.
Outside of a scope they do nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from agentrec_auto.explicit.scope import STARTED_IN, Scope, current, within
from agentrec_auto.seams.wrapping import is_wrapped, wrap

_lock = threading.Lock()


def inherit() -> None:
    """See to it that threads inherit the scope; a second time does nothing."""
    if is_wrapped(threading.Thread, "start"):
        return
    with _lock:
        if not is_wrapped(threading.Thread, "start"):
            wrap(ThreadPoolExecutor, "submit", _submit)
            wrap(threading.Thread, "start", _start)


def _start(wrapped: Callable[..., Any], thread: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    scope = current()
    if scope is not None and not _brings_scopes(thread):
        setattr(thread, STARTED_IN, scope)
    return wrapped(*args, **kwargs)


def _submit(wrapped: Callable[..., Any], pool: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    scope = current()
    if scope is None or not args:
        return wrapped(*args, **kwargs)
    work, *rest = args
    return wrapped(_carried(scope, work), *rest, **kwargs)


def _carried(scope: Scope, work: Callable[..., Any]) -> Callable[..., Any]:
    def within_scope(*args: Any, **kwargs: Any) -> Any:
        with within(scope):
            return work(*args, **kwargs)

    return within_scope


def _brings_scopes(thread: Any) -> bool:
    """Whether a thread does work of many scopes, each of which is brought along: a worker of an executor, or
    of anyio, which runs what it is given in a copy of the giver's context."""
    target = getattr(getattr(thread, "_target", None), "__module__", "")
    return target == "concurrent.futures.thread" or type(thread).__module__.startswith("anyio.")
