"""One hop of an aiohttp request: decided where it asks for a connection."""

from __future__ import annotations

import io
from typing import Any

from aiohttp import ClientSession, __version__, payload
from aiohttp.abc import AbstractStreamWriter

from agentrec_auto.capture import CapturedRequest, Headers
from agentrec_auto.flow import active
from agentrec_auto.flow.plan import Pass, Record, Refuse, Replay, never
from agentrec_auto.flow.tap import Tap
from agentrec_auto.seams.aiohttp_played import PlayedConnection, played, refused
from agentrec_auto.seams.deciding import (
    broke_off,
    concerns,
    going_out,
    planned,
    process_recorder,
    wants_fakes,
)
from agentrec_auto.seams.fakes import is_a_fakes, seen
from agentrec_auto.seams.upgrades import is_upgrade, unseen

LIBRARY = f"aiohttp {__version__}"


async def connected(connect: Any, connector: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The connection for a request: one that ``connect`` opens, or a played one."""
    request = args[0] if args else kwargs["req"]
    url = str(request.url)

    async def opened(tap: Tap | None = None) -> Any:
        was = going_out(request.url.host)
        try:
            active.inside.set(True)
            return await connect(*args, **kwargs)
        except BaseException as error:
            broke_off(tap, error)
            raise
        finally:
            active.inside.set(was)

    if is_upgrade(url, request.headers):
        unseen(url)
        return await connect(*args, **kwargs)
    if _is_faked() and not wants_fakes():
        return await connect(*args, **kwargs)
    if not concerns(process_recorder, request.method, url, lambda: _at_hand(request)):
        return await opened()
    content = await _content(request)
    captured = CapturedRequest(request.method, url, _headers(request), content)
    match plan := planned(process_recorder, captured, LIBRARY):
        case Replay():
            return PlayedConnection(connector, played(plan, request.method))
        case Record(tap):
            connection = await opened(tap)
            connection.agentrec_tap = tap
            return connection
        case Pass():
            return await opened()
        case Refuse(miss):
            return PlayedConnection(connector, refused(miss, request.method))
    never(plan)


def _is_faked() -> bool:
    """Whether vcrpy has replaced ``ClientSession._request``; others' fakes let no call come here."""
    if not is_a_fakes(ClientSession._request):
        return False
    seen.add("aiohttp")
    return True


def _headers(request: Any) -> Headers:
    """As they will be sent, but without the content-encoding of a compression that is yet to be applied."""
    return [
        (name.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape"))
        for name, value in request.headers.items()
        if not (request.compress and name.lower() == "content-encoding")
    ]


def _body(request: Any) -> Any:
    """A payload, or nothing; under ``_body`` since aiohttp 3.12."""
    return request.__dict__["_body"] if "_body" in request.__dict__ else request.body  # noqa: SIM401


def _at_hand(request: Any) -> bytes | None:
    """The body, where it is bytes already."""
    body = _body(request)
    if not body:
        return b""
    value = getattr(body, "_value", None) if isinstance(body, payload.BytesPayload) else body
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else None


async def _content(request: Any) -> bytes:
    """The body, read to its end; what can be read only once is put back to be sent."""
    at_hand = _at_hand(request)
    if at_hand is not None:
        return at_hand
    body = _body(request)
    collected = _Collected()
    await body.write(collected)
    again = payload.BytesIOPayload(io.BytesIO(collected.content))
    request.__dict__["_body" if "_body" in request.__dict__ else "body"] = again
    return collected.content


class _Collected(AbstractStreamWriter):
    """What a payload is written to, to be read."""

    def __init__(self) -> None:
        self.content = b""

    async def write(self, chunk: Any) -> None:
        self.content += bytes(chunk)

    async def write_eof(self, chunk: bytes = b"") -> None:
        self.content += chunk

    async def drain(self) -> None:
        return None

    def enable_compression(self, *args: Any, **options: Any) -> None:
        return None

    def enable_chunking(self) -> None:
        return None

    async def write_headers(self, *args: Any) -> None:
        return None
