"""What the app itself raised while we were at work: not our failure, and the app's to have.

Between any two of our steps the interpreter may run the app's signal handler (SIGALRM's, celery's soft time
limit, rq's), or raise what another thread of the app sent to this one (``PyThreadState_SetAsyncExc``). Where
that is an `Exception`, a guard against our own failures would take it for one of them. So each guard asks
here first. Nothing is asked before something was raised.

An exception is the app's if

* on its way it passed a function that nobody called: a handler is given the very frame that it interrupts;
* or it was raised in the midst of our code or the standard library's, and its class is of neither: what is
  sent by a thread has no frame of its own. A dialect or a store of the app's has; what it raises is a fault
  like one of ours;
* or it is a `TimeoutError` that says nothing: the system's have a number or a text.

What can't be told apart stays our own failure: another built-in exception that is sent by a thread.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from types import CodeType, FrameType, TracebackType
from typing import Any

_NEIGHBOURS = frozenset(
    (
        *("agentrec_auto", "orjson", "ahocorasick_rs", "rapidfuzz", "pydantic", "pydantic_core", "wrapt"),
        *("brotli", "brotlicffi", "zstandard", "tomli", "httpx", "httpx2", "aiohttp", "urllib3", "multidict"),
    )
)
"""Whose code ours runs by itself, beside the standard library's, and whose exceptions say that it fails."""


def let_through(error: BaseException) -> None:
    """Raise what the app raised, where ``error`` is that or came of it; else return. First in a guard."""
    found = interruption(error)
    try:
        if found is not None:
            raise found
    finally:
        # An exception holds the frames that it passes: one of them that held it would keep all alive.
        del found, error


def interruption(error: BaseException) -> BaseException | None:
    """The app's own exception: ``error``, or what it was raised from."""
    passed: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in passed:
        if _is_the_apps(cause):
            return cause
        passed.append(cause)
        cause = cause.__cause__
    return None


class Muffled:
    """``with Muffled():`` what fails inside is dropped, unless it is the app's."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        return interruption(error) is None


def _is_the_apps(error: BaseException) -> bool:
    if isinstance(error, (MemoryError, RecursionError)):
        return False
    frames = list(_frames(error.__traceback__))
    handlers = _handlers()
    if any(frame.f_code in handlers or _was_given_its_caller(frame) for frame in frames):
        return True
    if not all(_is_near(frame.f_globals.get("__name__")) for frame in frames):
        return False
    kind = type(error)
    return not _is_near(kind.__module__) or (kind is TimeoutError and not error.args)


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _is_near(module: object) -> bool:
    package = str(module).partition(".")[0]
    if package in _NEIGHBOURS or package in sys.stdlib_module_names:
        return True
    return package.startswith("namedtuple_")  # where the functions of named tuples say that they are


def _handlers() -> set[CodeType]:
    """The code of the handlers that are installed, as far as they have one: a handler may delete what it was
    given, which is all that tells it from a function that was called."""
    try:
        import signal  # here: start-up does without
    except ImportError:  # at the very end of the process
        return set()
    found = set()
    for number in signal.valid_signals():
        handler: Any = signal.getsignal(number)
        handler = getattr(handler, "func", handler)  # of functools.partial
        code = getattr(handler, "__code__", None)
        if isinstance(code, CodeType):
            found.add(code)
    return found


def _was_given_its_caller(frame: FrameType) -> bool:
    """Whether a function has the number of a signal and the frame below its own among its arguments."""
    code, known = frame.f_code, frame.f_locals
    many = code.co_argcount + code.co_kwonlyargcount
    given = [known.get(name) for name in code.co_varnames[:many]]
    if code.co_flags & 0x04:  # CO_VARARGS
        given += known.get(code.co_varnames[many]) or ()
    below = frame.f_back
    return below is not None and any(
        isinstance(number, int) and caller is below for number, caller in pairwise(given)
    )
