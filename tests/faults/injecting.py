"""Faults of our own, made at each step of our flow: the steps are found by watching it run.

A step is a function of ours and the moment it is called or about to return, told by `sys.setprofile`. What a
profile function raises comes up in the function that it is told about, and the interpreter then takes the
profile function away: a fault happens once, and what comes after it runs as always.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import agentrec_auto

_HOUSE = Path(agentrec_auto.__file__).parent
_OUTSIDE = ("seams", "bootstrap", "pytest_plugin")
"""The shells that keep the promise: what they ask is what fails. Each is tested on its own."""

_SUSPENDS = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR


@dataclass(frozen=True)
class Step:
    """A function of ours, by its code, and which moment of which of its calls."""

    code: CodeType
    moment: str
    """``call``, ``return`` or ``c_return``."""

    number: int = 1
    """1 for the first such moment of the run."""

    def __str__(self) -> str:
        return f"{self.where} {self.code.co_name}, {self.moment} {self.number}"

    @property
    def where(self) -> str:
        """The file and line of the function."""
        path = Path(self.code.co_filename).relative_to(_HOUSE)
        return f"{path}:{self.code.co_firstlineno}"


@contextmanager
def watched(*, all_of_us: bool = False) -> Iterator[dict[Step, int]]:
    """Each step that is passed meanwhile, and how often; ``all_of_us``: in the shells, too, and after each call
    of a function that isn't Python's (``c_return``), where a signal would be heard."""
    passed: dict[Step, int] = {}
    moments = ("call", "return", "c_return") if all_of_us else ("call", "return")

    def see(frame: FrameType, event: str, argument: Any) -> None:
        if _is_ours(frame.f_code, all_of_us) and event in moments:
            if event != "return" or not frame.f_code.co_flags & _SUSPENDS:
                step = Step(frame.f_code, event)
                passed[step] = passed.get(step, 0) + 1

    sys.setprofile(see)
    try:
        yield passed
    finally:
        sys.setprofile(None)


@contextmanager
def failing(step: Step, error: BaseException) -> Iterator[list[Step]]:
    """The step raises ``error``, once; the list holds it then."""
    left, happened = step.number, []

    def see(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal left
        if frame.f_code is step.code and event == step.moment:
            left -= 1
            if not left:
                happened.append(step)
                raise error

    sys.setprofile(see)
    try:
        yield happened
    finally:
        sys.setprofile(None)


@contextmanager
def broken(step: Step) -> Iterator[bool]:
    """The step's function raises whenever it is called; False where it is made anew each time (a closure)."""
    code = step.code
    gc.unfreeze()  # what is frozen refers to nothing, by what is told here
    functions = [found for found in gc.get_referrers(code) if isinstance(found, FunctionType)]
    instead = _fails.__code__.replace(co_freevars=code.co_freevars, co_name=code.co_name)
    for function in functions:
        function.__code__ = instead
    try:
        yield bool(functions)
    finally:
        for function in functions:
            function.__code__ = code


def _fails(*args: Any, **options: Any) -> Any:
    raise RuntimeError("a bug of ours")


def _is_ours(code: CodeType, all_of_us: bool) -> bool:
    path = Path(code.co_filename)
    if not path.is_relative_to(_HOUSE):
        return False
    return all_of_us or path.relative_to(_HOUSE).parts[0] not in _OUTSIDE
