"""A connection of aiohttp that was never opened: writes to it are dropped, reads from it come from a reel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from aiohttp import ClientPayloadError, HttpVersion, hdrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.streams import StreamReader
from multidict import CIMultiDict, CIMultiDictProxy, istr

from agentrec_auto.capture import Headers, first_header
from agentrec_auto.flow.miss import STATUS, Miss
from agentrec_auto.flow.plan import Replay

_LIMIT = 2**16
"""As `aiohttp.client` makes its readers."""

_TURNS = 10
"""How often the event loop is given a turn, at most, for the request to be written."""

_WITHOUT_BODY = frozenset({204, 304})
_NAMES = {name.lower(): name for name in vars(hdrs).values() if isinstance(name, istr)}
"""Lower case → how aiohttp's parser spells a header name that it knows; it leaves others as they came."""


def played(play: Replay, method: str) -> ResponseHandler:
    """A protocol that answers with a reel."""
    reel = play.reel
    version = HttpVersion(1, 0) if reel.extensions.get("http_version") == b"HTTP/1.0" else HttpVersion(1, 1)
    return _Player(reel.status, reel.reason.decode("latin-1"), version, reel.headers, _Pieces(play), method)


def refused(miss: Miss, method: str) -> ResponseHandler:
    """A protocol that answers with a miss."""
    pieces = _Pieces(None, miss.body)
    return _Player(STATUS, miss.reason.decode(), HttpVersion(1, 1), miss.headers, pieces, method)


class PlayedConnection:
    """As much of a connection as a request and its response ask for (aiohttp 3.8 to 3.14)."""

    def __init__(self, connector: Any, protocol: ResponseHandler) -> None:
        self._connector = connector
        self._callbacks: list[Callable[[], None]] = []
        self.protocol: ResponseHandler | None = protocol

    @property
    def transport(self) -> asyncio.Transport | None:
        return self.protocol.transport if self.protocol is not None else None

    @property
    def closed(self) -> bool:
        return self.protocol is None

    def add_callback(self, callback: Callable[[], None]) -> None:
        if callback is not None:
            self._callbacks.append(callback)

    def close(self) -> None:
        self.protocol = None
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            with suppress(Exception):
                callback()

    release = close


class _Transport(asyncio.Transport):
    """Takes all that is written."""

    def __init__(self) -> None:
        super().__init__()
        self._closing = False

    def write(self, data: Any) -> None:
        return None

    def writelines(self, list_of_data: Any) -> None:
        return None

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True

    abort = close

    def pause_reading(self) -> None:
        return None

    def resume_reading(self) -> None:
        return None

    def is_reading(self) -> bool:
        return True


class _Player(ResponseHandler):
    """Parses nothing: the head is ready, and the body comes as it is asked for."""

    def __init__(
        self, status: int, reason: str, version: HttpVersion, headers: Headers, pieces: _Pieces, method: str
    ) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(loop)
        self.connection_made(_Transport())
        self._is_asked = False
        named = CIMultiDict((_name(name), _text(value)) for name, value in headers)
        self._head = SimpleNamespace(
            version=version,
            code=status,
            reason=reason,
            headers=CIMultiDictProxy(named),
            raw_headers=tuple(headers),
        )
        is_chunked = first_header(headers, b"content-length") is None
        if method == "HEAD" or status in _WITHOUT_BODY:
            pieces = _Pieces(None)
        self._reader = _PlayedReader(self, pieces, is_chunked=is_chunked, loop=loop)

    def set_response_params(self, **params: Any) -> None:
        """There is no parser to set up, and no socket to time out."""

    def start_timeout(self) -> None:
        """Called when the request is written; no answer is waited for."""
        self._is_asked = True

    async def read(self) -> Any:
        # The request is written by a task of its own. aiohttp 3.9 raises where a response is closed before
        # that has run, as no server can bring about.
        for _ in range(_TURNS):
            if self._is_asked:
                break
            await asyncio.sleep(0)
        return self._head, self._reader


class _Pieces:
    """The pieces of a body that are still to come."""

    def __init__(self, play: Replay | None, body: bytes = b"") -> None:
        self._play = play
        self._left: Iterator[tuple[float, bytes]] = iter([(0.0, body)] if body else [])
        self.number = 1 if body else 0
        if play is not None:
            self._left = play.pieces()
            self.number = play.number

    async def next(self) -> bytes:
        wait, piece = next(self._left)
        if wait:
            await asyncio.sleep(wait)
        self.number -= 1
        return piece

    @property
    def shortfall(self) -> str | None:
        return self._play.reel.shortfall if self._play is not None else None

    def falls_short(self) -> str | None:
        return self._play.falls_short() if self._play is not None else None


class _PlayedReader(StreamReader):
    """Where a live one would wait for the network, the next piece of a reel comes: boundaries stay."""

    def __init__(self, protocol: ResponseHandler, pieces: _Pieces, *, is_chunked: bool, loop: Any) -> None:
        super().__init__(protocol, _LIMIT, loop=loop)
        self._pieces = pieces
        self._is_chunked = is_chunked
        self._end_if_over()

    async def _wait(self, func_name: str) -> None:
        if not self._pieces.number:
            error = ClientPayloadError(self._pieces.falls_short())
            self.set_exception(error)
            raise error
        piece = await self._pieces.next()
        if self._is_chunked:
            self.begin_http_chunk_receiving()
        self.feed_data(piece, len(piece))
        if self._is_chunked:
            self.end_http_chunk_receiving()
        self._end_if_over()

    async def wait_eof(self) -> None:
        while not self._eof:
            await self._wait("wait_eof")

    def _end_if_over(self) -> None:
        if not self._pieces.number and not self._pieces.shortfall:
            self.feed_eof()


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _name(name: bytes) -> str:
    text = _text(name)
    return _NAMES.get(text.lower(), text)
