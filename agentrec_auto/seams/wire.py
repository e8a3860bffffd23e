"""HTTP/1.1 as bytes, for libraries that stand on `http.client`: a reel to be parsed, and a live body tapped.

On replay a library is given a response as it would come over the wire (RFC 9112), so that its own code
makes of it what it always does: headers, cookies, chunks, decoding, the end. When recording, the file that
`http.client.HTTPResponse` reads from is replaced by one that shows the tap what passes, in the chunks that
the server sent, however the app reads them.
"""

from __future__ import annotations

import http.client
import io
import sys
import weakref
from collections.abc import Iterator
from time import sleep
from typing import Any

from agentrec_auto.capture import Headers, first_header
from agentrec_auto.flow.miss import STATUS, Miss
from agentrec_auto.flow.plan import Replay
from agentrec_auto.flow.tap import Tap
from agentrec_auto.seams.chunked import Dechunker

_VERSIONS = {10: b"HTTP/1.0", 11: b"HTTP/1.1"}


def played(play: Replay, method: str) -> http.client.HTTPResponse:
    """A response whose head is read, and whose body comes from a reel as it is asked for."""
    reel = play.reel
    is_chunked = first_header(reel.headers, b"content-length") is None
    framing = [(b"transfer-encoding", b"chunked")] if is_chunked else []
    head = _head(reel.status, reel.reason, [*reel.headers, *framing])
    return _parsed(_pieces(head, play, is_chunked=is_chunked), method)


def refused(miss: Miss, method: str) -> http.client.HTTPResponse:
    """The same for a miss."""
    head = _head(STATUS, miss.reason, miss.headers)
    return _parsed(iter([head, miss.body]), method)


def _parsed(pieces: Iterator[bytes], method: str) -> http.client.HTTPResponse:
    response = http.client.HTTPResponse(_Socket(pieces), method=method)  # type: ignore[arg-type]
    response.begin()
    return response


def _head(status: int, phrase: bytes, headers: Headers) -> bytes:
    lines = [b"HTTP/1.1 %d %b" % (status, phrase), *(b"%b: %b" % pair for pair in headers)]
    return b"\r\n".join([*lines, b"", b""])


def _pieces(head: bytes, play: Replay, *, is_chunked: bool) -> Iterator[bytes]:
    yield head
    for wait, chunk in play.pieces():
        if wait:
            sleep(wait)
        yield b"%x\r\n%b\r\n" % (len(chunk), chunk) if is_chunked else chunk
    if (text := play.falls_short()) is not None:
        raise ConnectionResetError(text)
    if is_chunked:
        yield b"0\r\n\r\n"


class _Socket:
    """As much of a socket as `http.client.HTTPResponse` asks for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Played(self._pieces))


class _Played(io.RawIOBase):
    """The file that a socket makes: a read gives no more than the rest of one piece."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def tapped(response: http.client.HTTPResponse, tap: Tap, owner: object) -> None:
    """Show ``tap`` the head of a response, and its body as it is read through ``owner``."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.getheaders()]
    extensions: dict[str, object] = {
        "http_version": _VERSIONS.get(response.version, b"HTTP/1.1"),
        "reason_phrase": (response.reason or "").encode("latin-1", "replace"),
    }
    tap.head(response.status, headers, extensions)
    if response.fp is None or response.length == 0:
        tap.finished()
        return
    length = None if response.chunked else response.length
    response.fp = io.BufferedReader(
        _Tapped(response.fp, tap, owner, length=length, is_chunked=bool(response.chunked))
    )


class _Tapped(io.RawIOBase):
    """A file between a response and the file of its socket, which shows the tap what is read."""

    def __init__(self, inner: Any, tap: Tap, owner: object, *, length: int | None, is_chunked: bool) -> None:
        self._inner = inner
        self._tap = tap
        self._owner = weakref.ref(owner)
        self._left = length
        self._dechunker = Dechunker() if is_chunked else None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data: bytes = self._inner.read1(len(buffer))
        except BaseException as error:
            self._tap.broke(error)
            raise
        self._show(data)
        buffer[: len(data)] = data
        return len(data)

    def _show(self, data: bytes) -> None:
        tap, dechunker = self._tap, self._dechunker
        if dechunker is not None:
            for chunk in dechunker.feed(data):
                tap.see(chunk)
            is_over = dechunker.is_over
        else:
            if data:
                tap.see(data)
            if self._left is not None:
                self._left -= len(data)
            is_over = self._left <= 0 if self._left is not None else not data
        if is_over:
            tap.finished()
        elif not data or (dechunker is not None and dechunker.is_broken):
            tap.broke(http.client.IncompleteRead(b""))

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            if self._dechunker is not None and (partly := self._dechunker.rest()):
                self._tap.see(partly)
            if self._is_collected():
                self._tap.dropped()
            else:
                self._tap.closed()
        super().close()

    def _is_collected(self) -> bool:
        """Whether it is the garbage collector that closes, and not the app: files aren't written then.

        io's finaliser says so on the object, and the collector clears references before. A generator that
        is dropped in the midst of a body (urllib3's ``stream``) closes it in its last breath.
        """
        owner = self._owner()
        return owner is None or getattr(owner, "_finalizing", False) or sys.exc_info()[0] is GeneratorExit

    def fileno(self) -> int:
        return int(self._inner.fileno())

    def __getattr__(self, name: str) -> Any:
        # What programs look for at the bottom of a response: ``response.raw._fp.fp.raw._sock``.
        return getattr(self.__dict__["_inner"].raw, name)
