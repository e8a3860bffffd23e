"""What every seam asks, and the promise they all keep.

Our own failure never breaks the app's call: in record and auto there is one warning and the call goes
through. Only in replay do we refuse, because letting it through would go live. What the app itself raises in
the midst of our work (see `agentrec_auto.interrupts`) is no failure of ours, and goes on to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow import active
from agentrec_auto.flow import ledger as events
from agentrec_auto.flow.ledger import warn_once
from agentrec_auto.flow.miss import Miss
from agentrec_auto.flow.plan import PASS, Plan, Refuse, Replay
from agentrec_auto.forks import loading
from agentrec_auto.interrupts import Muffled, let_through

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
    except Exception as error:
        let_through(error)
        return False  # what is wrong with the settings is told at the first real call


def again(find: Find, request: CapturedRequest) -> Replay | None:
    """The replay of a request that was replayed before, found the short way; None if `concerns` and
    `planned_anew` are to be asked. Raises nothing of ours."""
    if active.inside.get():
        return None
    try:
        return find().again(request)
    except Exception as error:
        let_through(error)
        return None  # whatever is wrong, the whole way meets it again


def concerns(find: Find, method: str, url: str, body: Callable[[], bytes | None]) -> bool:
    """Whether a request is to be planned at all: not one inside a call that another seam let through. Raises
    nothing of ours. ``body`` gives the bytes if they are at hand, else None."""
    if active.inside.get():
        return False
    try:
        active.restore()
        return find().concerns(method, url, body)
    except Exception as error:
        let_through(error)
        # Whatever is wrong, `planned` meets it again, and says so in the app's own terms.
        return True


def planned(find: Find, request: CapturedRequest, library: str) -> Plan:
    """What becomes of a request in scope; raises nothing of ours."""
    return again(find, request) or planned_anew(find, request, library)


def planned_anew(find: Find, request: CapturedRequest, library: str) -> Plan:
    """The same, without `again`: for seams that asked that first."""
    try:
        return find().plan(request, library)
    except Exception as error:
        let_through(error)
        return _failed(error, request)


def going_out(host: str) -> bool:
    """A real call is about to go out, recorded or not; gives what `active.inside` is to be again after it.

    The seam says so itself, in the function that calls, in these words and no others:

        was = going_out(host)
        try:
            active.inside.set(True)
            return send()
        except BaseException as error:
            broke_off(tap, error)
            raise
        finally:
            active.inside.set(was)

    Seams below leave the call alone then, and the connection watch knows that its host was reached with our
    knowledge (telemetry goes to LLM hosts, too). A context manager would be shorter, and not safe: the app's
    signal handler may raise in the midst of its ``__enter__``, and nothing would be recorded any more.
    """
    active.reached.add(host.lower())
    return active.inside.get()


def broke_off(tap: Tap | None, error: BaseException) -> None:
    """A real call raised: if it is recorded (by ``tap``), there was no answer to keep."""
    try:
        if tap is not None:
            tap.broke(error)
    finally:
        del error


def _failed(error: Exception, request: CapturedRequest) -> Plan:
    why = f"{type(error).__name__}: {error}"
    if os.environ.get("AGENTREC_MODE") in _GOES_LIVE:
        with Muffled():  # to tell of a failure may fail, too
            active.ledger.note(events.UNRECORDED)
            warn_once(active.ledger, f"calls go through unrecorded ({why})")
        return PASS
    text = (
        f"agentrec: replay can't answer {request.method} {request.url.split('?', 1)[0]} "
        f"and won't let it go live: {why}"
    )
    with Muffled():
        active.ledger.missed(text)
    return Refuse(Miss(text))
