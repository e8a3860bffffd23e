"""One hop of a request of `urllib.request`: decided where a handler is asked to send it."""

from __future__ import annotations

import http.client
import platform
from typing import Any

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow import active
from agentrec_auto.flow.plan import Pass, Record, Refuse, Replay, never
from agentrec_auto.flow.tap import Tap
from agentrec_auto.seams import fakes, wire
from agentrec_auto.seams.attaching import attaching
from agentrec_auto.seams.bodies import at_hand, pairs, read
from agentrec_auto.seams.deciding import (
    broke_off,
    concerns,
    going_out,
    planned,
    process_recorder,
    wants_fakes,
)

LIBRARY = f"urllib.request {platform.python_version()}"


def opened(do_open: Any, http_class: Any, request: Any, **options: Any) -> Any:
    """What ``do_open`` answers: its own response, tapped where it is recorded, or a played one."""
    method, url = request.get_method(), request.full_url

    def send(tap: Tap | None = None) -> Any:
        was = going_out(request.host.partition(":")[0])
        try:
            active.inside.set(True)
            return do_open(http_class, request, **options)
        except BaseException as error:
            broke_off(tap, error)
            raise
        finally:
            active.inside.set(was)

    if fakes.is_at_work(http.client.HTTPConnection) and not wants_fakes():
        return do_open(http_class, request, **options)
    if not concerns(process_recorder, method, url, lambda: at_hand(request.data)):
        return send()
    content, again = read(request.data)
    if again is not request.data:
        request.data = again
    sent = {**request.headers, **request.unredirected_hdrs}
    match plan := planned(process_recorder, CapturedRequest(method, url, pairs(sent), content), LIBRARY):
        case Replay():
            return _answer(wire.played(plan, method), url)
        case Record(tap):
            response = send(tap)
            with attaching(tap):
                wire.tapped(response, tap, response)
            return response
        case Pass():
            return send()
        case Refuse(miss):
            return _answer(wire.refused(miss, method), url)
    never(plan)


def _answer(response: http.client.HTTPResponse, url: str) -> http.client.HTTPResponse:
    """As ``do_open`` hands a response on."""
    response.url = url
    response.msg = response.reason  # type: ignore[assignment]  # as urllib.request does it
    return response
