"""What the app's own signal handler or thread raises in the midst of our work is the app's, wherever it lands."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from _thread import interrupt_main
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from inspect import CO_GENERATOR
from itertools import product
from types import FrameType
from typing import Any

import pytest
from faults.acts import ACTS
from faults.conftest import Count
from faults.injecting import Step, watched
from faults.scale import IS_LONG
from faults.test_own_bugs import MODES, REPLAYS, STORES, Stage
from faults.test_own_bugs import here as here
from seams.twins import TWINS, Twin, named

from agentrec_auto.seams import httpx_family


class SoftLimit(Exception):
    """A limit of a task queue's."""


class _ByIndex:
    """Calls a function of C without a step of Python's, after which a signal could be heard: ``this[what]``."""

    def __init__(self, call: Callable[..., object]) -> None:
        self._class = type("Called", (), {"__getitem__": call})

    def made(self) -> Any:
        return self._class()


def _sent(error: type[Exception]) -> tuple[Any, object]:
    """What raises ``error`` in this thread, as another one of the app's would."""
    send = ctypes.pythonapi.PyThreadState_SetAsyncExc
    send.argtypes = [ctypes.c_ulong, ctypes.py_object]
    return _ByIndex(partial(send, threading.get_ident())).made(), error


def _signalled() -> tuple[Any, object]:
    """What has the handler of a signal run."""
    return _ByIndex(interrupt_main).made(), signal.SIGALRM


KINDS: dict[str, tuple[Callable[[], tuple[Any, object]], type[Exception]]] = {
    "signal": (_signalled, TimeoutError),
    "thread": (partial(_sent, SoftLimit), SoftLimit),
    "bare": (partial(_sent, TimeoutError), TimeoutError),
}


@contextmanager
def interrupted(step: Step, kind: str) -> Iterator[list[Step]]:
    """The exception comes at the first moment after ``step`` at which the interpreter minds such things."""
    happened: list[Step] = []
    (made, what), left = KINDS[kind][0](), step.number

    def see(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal left
        if frame.f_code is step.code and event == step.moment:
            left -= 1
            if left == 0:
                happened.append(step)
                sys.setprofile(None)
                made[what]

    sys.setprofile(see)  # it must not be called again: the exception would come up in it
    try:
        yield happened
    finally:
        sys.setprofile(None)


@pytest.fixture
def handled() -> Iterator[None]:
    """The app's handler for SIGALRM raises."""

    def handler(number: int, frame: FrameType | None) -> None:
        raise TimeoutError("the app's own limit")

    before = signal.signal(signal.SIGALRM, handler)
    yield
    signal.signal(signal.SIGALRM, before)


def _chosen() -> list[Any]:
    every = [
        (twin, name, mode, store, kind)
        for twin, name, mode, store, kind in product(TWINS, ACTS, MODES, STORES, KINDS)
        if name in ("stream", "packed") and (name == "packed" or not twin.is_async)
    ]
    if not IS_LONG:
        one, other = STORES
        every = [
            (TWINS[2], "stream", "record", one, "signal"),
            (TWINS[2], "packed", "auto", other, "thread"),
            (TWINS[0], "stream", "replay", one, "signal"),
            (TWINS[2], "stream", "miss", one, "bare"),
        ]
    return [pytest.param(*one, id="-".join((named(one[0]), *one[1:3], one[3][:6], one[4]))) for one in every]


def _points(passed: dict[Step, int]) -> Iterator[Step]:
    """Each step, at its first times; in the short form some. What is raised in a finaliser, or in a generator
    that is thrown away, is told by the interpreter, and reaches nobody."""
    steps = [step for step in passed if step.code.co_name not in ("dropped", "__del__")]
    points = [
        Step(step.code, step.moment, number)
        for step in steps
        for number in range(1, 1 + min(passed[step], 8))
        if number == 1 or step.moment != "call" or not step.code.co_flags & CO_GENERATOR
    ]
    yield from points if IS_LONG else points[::11]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize(("twin", "name", "mode", "store", "kind"), _chosen())
async def test_at_each_step(
    twin: Twin,
    name: str,
    mode: str,
    store: str,
    kind: str,
    here: Any,
    handled: None,
    count: Count,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The app gets it, no fault is told, what is stored is whole, and the next call is as if nothing had been."""
    stage = Stage(twin, ACTS[name], store, here)
    bare = await stage.play()
    httpx_family.patch(twin.H)
    try:
        stage.begin("record", empty=True)
        await stage.play()
        whole, empty = stage.kept(), mode not in ("replay", "verify")
        again = bare
        for _ in range(2):  # then all is imported that will be
            stage.begin(mode, empty=empty)
            again = await stage.play()
        stage.begin(mode, empty=empty)
        with watched(all_of_us=True) as passed:
            await stage.play()
        bad, times = [], 0
        for step in _points(passed):
            stage.begin(mode, empty=empty)
            capfd.readouterr()
            with interrupted(step, kind) as happened:
                seen = await stage.play()
            if not happened:
                continue
            times += 1
            told = "" if mode == "miss" else capfd.readouterr().err
            if told or seen[0] is not KINDS[kind][1]:
                bad.append(f"{step}: the app saw {seen}, told {told!r}")
            elif any(answer not in whole for answer in stage.kept()):
                bad.append(f"{step}: half an answer is stored as a whole one")
            elif (after := await stage.play()) != again:
                bad.append(f"{step}: the next call saw {after}")
            elif mode not in REPLAYS and not stage.kept():
                bad.append(f"{step}: the next call is not recorded")
    finally:
        httpx_family.unpatch(twin.H)
    capfd.readouterr()
    assert not bad, "\n".join(bad)
    count(f"interrupted, {mode}", steps=len(passed), times=times, swallowed=len(bad))
