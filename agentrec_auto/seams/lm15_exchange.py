"""One call of lm15: decided where a transport is asked to send it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from time import sleep
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from agentrec_auto.capture import CapturedRequest, Headers
from agentrec_auto.flow.miss import STATUS
from agentrec_auto.flow.plan import Pass, Record, Refuse, Replay, never
from agentrec_auto.flow.tap import Tap
from agentrec_auto.phrases import phrase_of
from agentrec_auto.seams.attaching import attaching
from agentrec_auto.seams.deciding import broke_off, concerns, going_out, planned, process_recorder

Paced = Iterator[tuple[float, bytes]]
"""Chunks, with the seconds to wait before each."""

Body = Callable[[Paced, Callable[[], None]], Any]
"""Makes the body of an answer from chunks, and from what is to be done after the last of them."""


class Call:
    """A request of lm15, and what becomes of it. The same for both of its transports."""

    def __init__(self, module: ModuleType, request: Any) -> None:
        self._module = module
        self._request = request
        self._host = urlsplit(request.url).hostname or ""
        self._tap: Tap | None = None

    def answer(self, body: Body) -> Any:
        """The answer, where nothing is to be sent; None otherwise."""
        request = self._request
        content = bytes(request.body or b"")
        if not concerns(process_recorder, request.method, request.url, lambda: content):
            return None
        captured = CapturedRequest(request.method, request.url, _bytes(request.headers), content)
        match plan := planned(process_recorder, captured, _library(self._module)):
            case Replay(reel):
                return self._response(reel.status, reel.headers, body(plan.pieces(), self._failing(plan)))
            case Record(tap):
                self._tap = tap
                return None
            case Pass():
                return None
            case Refuse(miss):
                return self._response(STATUS, miss.headers, body(iter([(0.0, miss.body)]), _nothing))
        never(plan)

    def going_out(self) -> bool:
        """The real call is about to be made: see `agentrec_auto.seams.deciding.going_out`."""
        return going_out(self._host)

    def broke_off(self, error: BaseException) -> None:
        """It raised."""
        broke_off(self._tap, error)

    def tapped(self, response: Any, body: Any, releasing: Callable[[Any, Tap], Any]) -> Any:
        """The response, its body shown to the tap as the caller reads it."""
        tap = self._tap
        if tap is None:
            return response
        with attaching(tap):
            extensions: dict[str, object] = {
                "http_version": str(response.http_version or "HTTP/1.1").encode("latin-1", "replace"),
                "reason_phrase": (response.reason or "").encode("latin-1", "replace"),
            }
            tap.head(response.status, _bytes(response.headers), extensions)
            response._chunks = body(response._chunks, tap)
            response._release = releasing(response._release, tap)
        return response

    def _response(self, status: int, headers: Headers, chunks: Any) -> Any:
        is_async = hasattr(self._module, "StdlibAsyncTransport")
        kind = self._module.AsyncTransportResponse if is_async else self._module.TransportResponse
        return kind(
            status=status,
            reason=phrase_of(status),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers],
            http_version="HTTP/1.1",
            chunks=chunks,
            release=_release_async if is_async else _release,
        )

    def _failing(self, play: Replay) -> Callable[[], None]:
        def fail() -> None:
            if (text := play.falls_short()) is not None:
                raise self._module.ReadError(text)

        return fail


def played(paced: Paced, ended: Callable[[], None]) -> Iterator[bytes]:
    """The chunks, one after the other."""
    for wait, chunk in paced:
        if wait:
            sleep(wait)
        yield chunk
    ended()


async def played_async(paced: Paced, ended: Callable[[], None]) -> AsyncIterator[bytes]:
    """The same, for the async transport."""
    for wait, chunk in paced:
        if wait:
            await asyncio.sleep(wait)
        yield chunk
    ended()


class Tapped:
    """Hands each chunk on as it comes, and shows it to the tap."""

    def __init__(self, chunks: Any, tap: Tap) -> None:
        self._chunks = chunks
        self._tap = tap

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk: bytes = next(self._chunks)
        except StopIteration:
            self._tap.finished()
            raise
        except BaseException as error:
            self._tap.broke(error)
            raise
        self._tap.see(chunk)
        return chunk

    def __del__(self) -> None:
        self._tap.dropped()


class AsyncTapped(Tapped):
    """The same, for the async transport."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk: bytes = await self._chunks.__anext__()
        except StopAsyncIteration:
            self._tap.finished()
            raise
        except BaseException as error:
            self._tap.broke(error)
            raise
        self._tap.see(chunk)
        return chunk


def releasing(release: Any, tap: Tap) -> Any:
    """A response's release of its connection, after which the tap knows that it is closed."""

    def released(body_consumed: bool) -> None:
        try:
            release(body_consumed)
        finally:
            tap.closed()

    return released


def releasing_async(release: Any, tap: Tap) -> Any:
    """The same, for the async transport."""

    async def released(body_consumed: bool) -> None:
        try:
            await release(body_consumed)
        finally:
            tap.closed()

    return released


def _nothing() -> None:
    return None


def _release(body_consumed: bool) -> None:
    return None


async def _release_async(body_consumed: bool) -> None:
    return None


def _bytes(headers: Any) -> Headers:
    return [(str(name).encode("latin-1"), str(value).encode("latin-1")) for name, value in headers]


def _library(module: ModuleType) -> str:
    """``lm15 1.5.0``; the copy in DSPy tells no version but DSPy's."""
    root = module.__name__.partition(".")[0]
    version = getattr(import_module(root), "__version__", "")
    return f"lm15 {version}" if root == "lm15" else f"lm15 (in {root} {version})"
