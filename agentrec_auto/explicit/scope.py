"""Which cassette a call belongs to.

The scope lives in a context variable, so tasks inherit it and the innermost wins. Threads don't inherit
context variables, and a call that lost its scope would go live in silence. So, in this order, a call belongs
to

1. the cassette entered innermost in its own context (its task, or its thread);
2. the one in which its thread was started, or its work submitted to a ``ThreadPoolExecutor``
   (`agentrec_auto.explicit.threads`), while that is on;
3. the innermost one that was entered by ``with`` in the main thread outside an event loop: a script or a test
   that does so means its whole process;
4. the one in which its thread was started, though it is over: as a task that outlives a scope stays in it.
   Not the workers of a ``multiprocessing.pool.ThreadPool``, which go on to other work.

A thread that was running before an asynchronous scope began, or before a scope of another thread did, is
outside of it. Hand it the scope with ``contextvars.copy_context().run``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from agentrec_auto.explicit.desk import Metadata, ScopeRecorder

KeyLike = str | Callable[[Any], str] | None
"""What names recordings: one id for all, a function of the request, or nothing for the cassette id."""

ExtraMetadata = Metadata | Callable[[Any], Metadata] | None
"""What the program says of recordings: the same of all, or a function of the request."""

STARTED_IN = "_agentrec_scope"
"""Attribute of a thread: the scope it was started in."""


class Scope:
    """One time that a cassette is on, or the life of a transport that needs none."""

    __slots__ = ("is_on", "key", "metadata", "outer", "recorder")

    def __init__(
        self,
        recorder: ScopeRecorder,
        key: KeyLike,
        metadata: ExtraMetadata,
        outer: Scope | None = None,
    ) -> None:
        self.recorder = recorder
        self.key = key
        self.metadata = metadata
        self.outer = outer
        self.is_on = True

    def id_of(self, request: Any) -> str | None:
        """The id that the program gives a request; None where it leaves that to us."""
        return str(self.key(request)) if callable(self.key) else self.key

    def say(self, request: Any) -> Metadata:
        """What the program says of a request."""
        said = self.metadata(request) if callable(self.metadata) else self.metadata
        return dict(said or {})


_scope: ContextVar[Scope | None] = ContextVar("agentrec_scope", default=None)
_everywhere: list[Scope] = []


def current() -> Scope | None:
    """The scope that a call made here belongs to; None for none."""
    scope = _scope.get()
    if scope is not None:
        return scope
    inherited: Scope | None = getattr(threading.current_thread(), STARTED_IN, None)
    if inherited is not None and inherited.is_on:
        return inherited
    if _everywhere:
        return _everywhere[-1]
    return None if inherited is None or _is_pooled(threading.current_thread()) else inherited


def around() -> Iterator[Scope]:
    """The scopes entered in this context, innermost first."""
    scope = _scope.get()
    while scope is not None:
        yield scope
        scope = scope.outer


def enter(scope: Scope, *, everywhere: bool) -> Scope:
    """Begin a scope in this context; ``everywhere``: in the whole process, where it has the standing."""
    scope.outer = _scope.get()
    _scope.set(scope)
    if everywhere and threading.current_thread() is threading.main_thread() and not _in_event_loop():
        _everywhere.append(scope)
    return scope


def leave(scope: Scope) -> None:
    """End a scope. In the context it was entered in, the one around it holds again."""
    scope.is_on = False
    if scope in _everywhere:
        _everywhere.remove(scope)
    if _scope.get() is scope:
        _scope.set(scope.outer)


@contextmanager
def within(scope: Scope | None) -> Iterator[None]:
    """In this scope, and no other; for work that is carried over from elsewhere."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def _is_pooled(thread: threading.Thread) -> bool:
    return getattr(getattr(thread, "_target", None), "__module__", None) == "multiprocessing.pool"


def _in_event_loop() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None
