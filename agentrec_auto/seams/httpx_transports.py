"""The interposed transports and the streams of httpx and httpx2, made for the one or the other (`H`).

Sync and async differ in ``await`` and ``async`` only; everything is decided by the plan and the tap.
`Any` stands for the objects of whichever of the two libraries it is: they share no base.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from agentrec_auto.capture import CapturedRequest, headers_without
from agentrec_auto.flow import active
from agentrec_auto.flow.miss import STATUS, Miss
from agentrec_auto.flow.plan import Pass, Record, Refuse, Replay, never
from agentrec_auto.flow.tap import Tap
from agentrec_auto.seams import httpx_passing, httpx_played
from agentrec_auto.seams.deciding import (
    Find,
    again,
    broke_off,
    concerns,
    going_out,
    planned_anew,
    process_recorder,
)


@dataclass(frozen=True, slots=True)
class Family:
    """A library and what was made for it."""

    module: ModuleType
    Transport: Any
    AsyncTransport: Any
    SparingTransport: Any
    SparingAsyncTransport: Any


_families: dict[int, Family] = {}


def family_of(H: ModuleType) -> Family:
    """The transports for ``H``, which is httpx, httpx2 or one under the other's name (``alias_httpx()``)."""
    known = _families.get(id(H.Client))
    if known is None:
        known = _families[id(H.Client)] = _made_for(H)
    return known


def _made_for(H: Any) -> Family:
    library = f"{H.Client.__module__.partition('.')[0]} {getattr(H, '__version__', '')}".strip()
    player, async_player = httpx_played.sync_player(H), httpx_played.async_player(H)

    class Transport(H.BaseTransport):  # type: ignore[misc]
        """Around the transport that a client would have used."""

        def __init__(self, inner: Any, find: Find = process_recorder) -> None:
            self._inner = inner
            self._find = find

        def handle_request(self, request: Any) -> Any:
            asked = _asked(H, request)
            if asked is not None and (play := again(self._find, asked)) is not None:
                return player.response(play)
            if not _is_ours(self._find, request, asked):
                return self._send(request)
            if asked is None:
                request.read()
                asked = _captured(request)
            match plan := planned_anew(self._find, asked, library):
                case Replay():
                    return player.response(plan)
                case Record(tap):
                    return _tapped(H, self._send(request, tap), tap, TappedStream)
                case Pass():
                    return self._send(request)
                case Refuse(miss):
                    return _refusal(H, miss)
            never(plan)

        def _send(self, request: Any, tap: Tap | None = None) -> Any:
            was = going_out(request.url.host)
            try:
                active.inside.set(True)
                return self._inner.handle_request(request)
            except BaseException as error:
                broke_off(tap, error)
                raise
            finally:
                active.inside.set(was)

        def close(self) -> None:
            self._inner.close()

    class AsyncTransport(H.AsyncBaseTransport):  # type: ignore[misc]
        """The same, for async clients."""

        def __init__(self, inner: Any, find: Find = process_recorder) -> None:
            self._inner = inner
            self._find = find

        async def handle_async_request(self, request: Any) -> Any:
            asked = _asked(H, request)
            if asked is not None and (play := again(self._find, asked)) is not None:
                await _others_turn()
                return async_player.response(play)
            if not _is_ours(self._find, request, asked):
                return await self._send(request)
            if asked is None:
                await request.aread()
                asked = _captured(request)
            match plan := planned_anew(self._find, asked, library):
                case Replay():
                    await _others_turn()
                    return async_player.response(plan)
                case Record(tap):
                    return _tapped(H, await self._send(request, tap), tap, AsyncTappedStream)
                case Pass():
                    return await self._send(request)
                case Refuse(miss):
                    await _others_turn()
                    return _refusal(H, miss)
            never(plan)

        async def _send(self, request: Any, tap: Tap | None = None) -> Any:
            was = going_out(request.url.host)
            try:
                active.inside.set(True)
                return await self._inner.handle_async_request(request)
            except BaseException as error:
                broke_off(tap, error)
                raise
            finally:
                active.inside.set(was)

        async def aclose(self) -> None:
            await self._inner.aclose()

    class TappedStream(H.SyncByteStream):  # type: ignore[misc]
        """Hands each chunk on as it comes, and shows it to the tap.

        Only the first pass is shown. OpenAI's async SDK (3.x) iterates a stream once more after
        ``[DONE]``, to drain the connection: a stream held in memory would then begin again.
        """

        def __init__(self, inner: Any, tap: Tap) -> None:
            self._inner = inner
            self._tap = tap

        def __iter__(self) -> Iterator[bytes]:
            return self._shown() if self._tap.enters() else iter(self._inner)

        def _shown(self) -> Iterator[bytes]:
            tap = self._tap
            try:
                for chunk in self._inner:
                    tap.see(chunk)
                    yield chunk
            except GeneratorExit:
                raise
            except BaseException as error:
                tap.broke(error)
                raise
            tap.finished()

        def close(self) -> None:
            try:
                self._inner.close()
            finally:
                self._tap.closed()

        def __del__(self) -> None:
            self._tap.dropped()

    class AsyncTappedStream(H.AsyncByteStream):  # type: ignore[misc]
        """The same, for async clients."""

        def __init__(self, inner: Any, tap: Tap) -> None:
            self._inner = inner
            self._tap = tap

        def __aiter__(self) -> AsyncIterator[bytes]:
            stream: AsyncIterator[bytes] = self._inner.__aiter__()
            return self._shown(stream) if self._tap.enters() else stream

        async def _shown(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
            tap = self._tap
            try:
                async for chunk in stream:
                    tap.see(chunk)
                    yield chunk
            except GeneratorExit:
                raise
            except BaseException as error:
                tap.broke(error)
                raise
            finally:
                # As httpx2 itself does (from 2.3): a broken-off generator is closed now, not when it is
                # collected, in another task perhaps.
                if (close := getattr(stream, "aclose", None)) is not None:
                    await close()
            tap.finished()

        async def aclose(self) -> None:
            try:
                await self._inner.aclose()
            finally:
                self._tap.closed()

        def __del__(self) -> None:
            self._tap.dropped()

    class SparingTransport(Transport):
        """Around a transport below which a mocking tool is at work: minds what that lets through alone."""

        went = False

        def handle_request(self, request: Any) -> Any:
            if next(httpx_passing.routers(H), None) is not None:
                request.read()
            let = httpx_passing.passing(H, request)
            if let is None:
                response = self._inner.handle_request(request)
                if httpx_passing.went_past(H, response) and _is_ours(self._find, request, _asked(H, request)):
                    try:
                        httpx_passing.tell(request.url.host)
                    except BaseException:
                        response.close()
                        raise
                return response
            response = super().handle_request(request)
            if not self.went:
                let()
            return response

        def _send(self, request: Any, tap: Tap | None = None) -> Any:
            self.went = True
            return super()._send(request, tap)

    class SparingAsyncTransport(AsyncTransport):
        """The same, for async clients."""

        went = False

        async def handle_async_request(self, request: Any) -> Any:
            if next(httpx_passing.routers(H), None) is not None:
                await request.aread()
            let = httpx_passing.passing(H, request)
            if let is None:
                response = await self._inner.handle_async_request(request)
                if httpx_passing.went_past(H, response) and _is_ours(self._find, request, _asked(H, request)):
                    try:
                        httpx_passing.tell(request.url.host)
                    except BaseException:
                        await response.aclose()
                        raise
                return response
            response = await super().handle_async_request(request)
            if not self.went:
                let()
            return response

        async def _send(self, request: Any, tap: Tap | None = None) -> Any:
            self.went = True
            return await super()._send(request, tap)

    return Family(H, Transport, AsyncTransport, SparingTransport, SparingAsyncTransport)


def _asked(H: Any, request: Any) -> CapturedRequest | None:
    """The request, if its body is at hand; None for one that is uploaded as it is made."""
    try:
        return _captured(request)
    except H.RequestNotRead:
        return None


def _captured(request: Any) -> CapturedRequest:
    return CapturedRequest(request.method, str(request.url), request.headers.raw, request.content)


def _is_ours(find: Find, request: Any, asked: CapturedRequest | None) -> bool:
    url = str(request.url) if asked is None else asked.url
    head = request.headers.raw if asked is None else asked.headers  # the library's own take ten times as long
    if b"upgrade" in [name.lower() for name, _ in head] or not url.startswith(("http://", "https://")):
        from agentrec_auto.seams.upgrades import unseen  # here: a websocket is rare

        unseen(url)
        return False
    return concerns(find, request.method, url, lambda: None if asked is None else asked.content)


def _tapped(H: Any, response: Any, tap: Tap, stream: Any) -> Any:
    """The response with its body shown to the tap as the caller reads it."""
    headers = response.headers.raw
    if not response.is_stream_consumed:
        tap.head(response.status_code, headers, response.extensions)
        response.stream = stream(response.stream, tap)
        return response
    # A transport of the app's own (a cache, say) gave a response that was read already: nobody will
    # iterate it again. Its bytes are as on the wire only if they are still in a ByteStream.
    if isinstance(response.stream, H.ByteStream):
        body = b"".join(response.stream)
    else:
        body = response.content
        headers = headers_without(headers, b"content-encoding", b"content-length")
    tap.head(response.status_code, headers, response.extensions)
    if body:
        tap.see(body)
    tap.finished()
    return response


def _refusal(H: Any, miss: Miss) -> Any:
    told = {"reason_phrase": miss.reason}
    return H.Response(STATUS, headers=miss.headers, stream=H.ByteStream(miss.body), extensions=told)


async def _others_turn() -> None:
    """Let other tasks run, and a cancellation or a timeout reach this one, as a real call does.

    A loop over replayed calls would otherwise never let go of the event loop.
    """
    loop = sys.modules.get("asyncio")
    if loop is not None and loop._get_running_loop() is not None:
        await loop.sleep(0)
    elif (trio := sys.modules.get("trio")) is not None and trio.lowlevel.in_trio_run():
        await trio.lowlevel.checkpoint()
