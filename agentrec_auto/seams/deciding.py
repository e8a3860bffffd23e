"""What every seam asks, and the promise they all keep.

Our own failure never breaks the app's call: in record and auto there is one warning and the call goes
through. Only in replay do we refuse, because letting it through would go live.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow import active
from agentrec_auto.flow import ledger as events
from agentrec_auto.flow.ledger import warn_once
from agentrec_auto.flow.miss import Miss
from agentrec_auto.flow.plan import PASS, Plan, Refuse, Replay
from agentrec_auto.forks import loading

if TYPE_CHECKING:
    from agentrec_auto.flow.recorder import Recorder
    from agentrec_auto.flow.tap import Tap

_GOES_LIVE = ("off", "record", "auto", "refresh", "verify")

Find = Callable[[], "Recorder"]
"""Gives the recorder that holds for a call."""


def process_recorder() -> Recorder:
    """The recorder of this process, assembled at the first call."""
    global _assemble
    found: Recorder | None = None if _assemble is None else _assemble.current()
    if found is None:
        with loading:
            from agentrec_auto import assemble  # here: the parts are loaded at the first request

            _assemble = assemble
            active.restore()
            found = assemble.recorder()
    return found


_assemble: Any = None


def wants_fakes() -> bool:
    """Whether in-process fakes are to be intercepted (``fakes = true``); asked only where there is one."""
    try:
        active.restore()
        return process_recorder().settings.fakes
    except Exception:
        return False  # what is wrong with the settings is told at the first real call


def again(find: Find, request: CapturedRequest) -> Replay | None:
    """The replay of a request that was replayed before, found the short way; None if `concerns` and
    `planned_anew` are to be asked. Never raises."""
    if active.inside.get():
        return None
    try:
        return find().again(request)
    except Exception:
        return None  # whatever is wrong, the whole way meets it again


def concerns(find: Find, method: str, url: str, body: Callable[[], bytes | None]) -> bool:
    """Whether a request is to be planned at all: not one inside a call that another seam let through. Never
    raises. ``body`` gives the bytes if they are at hand, else None."""
    if active.inside.get():
        return False
    try:
        active.restore()
        return find().concerns(method, url, body)
    except Exception:
        # Whatever is wrong, `planned` meets it again, and says so in the app's own terms.
        return True


def planned(find: Find, request: CapturedRequest, library: str) -> Plan:
    """What becomes of a request in scope; never raises."""
    return again(find, request) or planned_anew(find, request, library)


def planned_anew(find: Find, request: CapturedRequest, library: str) -> Plan:
    """The same, without `again`: for seams that asked that first."""
    try:
        return find().plan(request, library)
    except Exception as error:
        return _failed(error, request)


@contextmanager
def going_out(host: str, tap: Tap | None = None) -> Iterator[None]:
    """Around a real call, recorded (by ``tap``) or not.

    Seams below leave it alone, and the connection watch knows that its host was reached with our knowledge
    (telemetry goes to LLM hosts, too). A call that raises is told to the tap: there was no answer to keep.
    """
    active.reached.add(host.lower())
    token = active.inside.set(True)
    try:
        try:
            yield
        finally:
            active.inside.reset(token)
    except BaseException as error:
        if tap is not None:
            tap.broke(error)
        raise


def _failed(error: Exception, request: CapturedRequest) -> Plan:
    why = f"{type(error).__name__}: {error}"
    if os.environ.get("AGENTREC_MODE") in _GOES_LIVE:
        with suppress(Exception):  # to tell of a failure may fail, too
            active.ledger.note(events.UNRECORDED)
            warn_once(active.ledger, f"calls go through unrecorded ({why})")
        return PASS
    text = (
        f"agentrec: replay can't answer {request.method} {request.url.split('?', 1)[0]} "
        f"and won't let it go live: {why}"
    )
    with suppress(Exception):
        active.ledger.missed(text)
    return Refuse(Miss(text))
