"""How the loopback server reads a request and sends an answer: framing, pace and ways to break off."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO

from loopback_dialects import Answer

Controls = dict[str, str]


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    number: int
    """Which one of the server's requests, from 1; the text of the answer tells it."""

    method: str
    path: str
    """As sent: with control words and query."""

    headers: list[tuple[str, str]]
    body: bytes
    connection: int
    """Which one of the server's connections it came on, from 1."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The first value of a header, in whatever case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Player:
    """Sends one answer over one connection, in the manner that the control words ask for."""

    def __init__(
        self, line: socket.socket, wait: Callable[[socket.socket, float | None], None], controls: Controls
    ) -> None:
        self.line = line
        self.wait = wait
        self.controls = controls

    def play(self, answer: Answer) -> bool:
        """Send it; whether the connection is good for another request."""
        if "hang-up" in self.controls:
            return False
        if "slow-head" in self.controls:
            late = self.controls["slow-head"]
            self.wait(self.line, float(late) / 1000 if late else None)
        events = self._events(answer)
        encode, finish = _encoder(self.controls)
        is_chunked = answer.events is not None or "split" in self.controls or finish is not _nothing
        if is_chunked:
            self.line.sendall(_head(answer, self._headers(), length=None))
        else:
            length = len(events[0]) + (10 if "bad-length" in self.controls else 0)
            head = _head(answer, self._headers(), length=length)
            if self._is_cut_short():
                self.line.sendall(head)
            else:  # head and body in one piece, as servers do
                self.line.sendall(head + events[0])
                return "bad-length" not in self.controls
        for index, event in enumerate(events):
            self._pause(index)
            if self._breaks(index):
                return self._break_off(event, is_chunked)
            for piece in self._cut(encode(event)):
                self.line.sendall(_chunk(piece) if is_chunked else piece)
        self._pause(None)
        if not is_chunked:
            return True
        for piece in self._cut(finish()):
            self.line.sendall(_chunk(piece))
        if self._breaks(None):
            return self._break_off(b"", is_chunked)
        self.line.sendall(b"0\r\n\r\n")
        return True

    def _events(self, answer: Answer) -> list[bytes]:
        if answer.events is None:
            half = answer.body[: len(answer.body) // 2]
            return [half if "malformed" in self.controls else answer.body]
        events = list(answer.events)
        if "no-done" in self.controls:
            events = events[: -answer.closing]
        if "malformed" in self.controls:
            events[1] = events[1][: len(events[1]) // 2] + b"\n\n"
        size = int(self.controls.get("join") or 1)
        return [b"".join(events[i : i + size]) for i in range(0, len(events), size)]

    def _headers(self) -> list[tuple[str, str]]:
        headers = [("content-encoding", word) for word in self.controls if word in ENCODINGS]
        if "set-cookie" in self.controls:
            headers.append(("set-cookie", "session=loopback-secret; Path=/; HttpOnly"))
        return headers

    def _is_cut_short(self) -> bool:
        return bool({"stall-after", "drop-after", "reset-after"} & self.controls.keys())

    def _reached(self, word: str, index: int | None) -> bool:
        """Whether ``word`` is for this point: before event ``index``, or (None) after the last."""
        value = self.controls.get(word)
        return value is not None and (value == "done" if index is None else value == str(index))

    def _pause(self, index: int | None) -> None:
        if index and "pace" in self.controls:
            self.wait(self.line, float(self.controls["pace"]) / 1000)
        if self._reached("stall-after", index):
            self.wait(self.line, None)

    def _breaks(self, index: int | None) -> bool:
        return self._reached("drop-after", index) or self._reached("reset-after", index)

    def _break_off(self, event: bytes, is_chunked: bool) -> bool:
        half = event[: len(event) // 2]
        self.line.sendall(b"%x\r\n%b" % (len(event), half) if is_chunked and event else half)
        if "reset-after" in self.controls:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _cut(self, data: bytes) -> Iterator[bytes]:
        size = int(self.controls.get("split") or len(data) or 1)
        for start in range(0, len(data), size):
            yield data[start : start + size]


def _nothing() -> bytes:
    return b""


def _encoder(controls: Controls) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    """How to encode an event, flushed so that it can be decoded at once, and how to end."""
    for word in controls:
        if word in ENCODINGS:
            return ENCODINGS[word]()
    return bytes, _nothing


def _zlib(bits: int) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    encoder = zlib.compressobj(wbits=bits)
    return lambda data: encoder.compress(data) + encoder.flush(zlib.Z_SYNC_FLUSH), encoder.flush


def _brotli() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    import brotli  # type: ignore[import-untyped]  # here: only tests that ask for it need it

    encoder = brotli.Compressor(quality=4)
    return lambda data: encoder.process(data) + encoder.flush(), encoder.finish


def _zstd() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    import zstandard  # here: as above

    encoder = zstandard.ZstdCompressor().compressobj()
    flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
    return lambda data: encoder.compress(data) + encoder.flush(flush), encoder.flush


ENCODINGS: dict[str, Callable[[], tuple[Callable[[bytes], bytes], Callable[[], bytes]]]] = {
    "gzip": lambda: _zlib(31),
    "deflate": lambda: _zlib(15),
    "br": _brotli,
    "zstd": _zstd,
}


def read_request(incoming: BinaryIO, connection: int) -> Seen | None:
    """The next request on a connection; None when the client is done."""
    line = incoming.readline(65537)
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers = http.client.parse_headers(incoming)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b"".join(_chunks(incoming))
    else:
        body = incoming.read(int(headers.get("content-length") or 0))
    return Seen(0, method, path, [(str(k), str(v)) for k, v in headers.items()], body, connection)


def _chunks(incoming: BinaryIO) -> Iterator[bytes]:
    while size := int(incoming.readline().partition(b";")[0], 16):
        yield incoming.read(size)
        incoming.readline()
    while incoming.readline().strip():
        pass


def _head(answer: Answer, headers: list[tuple[str, str]], *, length: int | None) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}"]
    if answer.status != 204:  # which has no body, and so neither a type nor a length (RFC 9110, 8.6)
        lines.append(f"content-type: {answer.content_type}")
        lines.append("transfer-encoding: chunked" if length is None else f"content-length: {length}")
    lines += [f"{name}: {value}" for name, value in (*answer.headers, *headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def plain_json(value: dict[str, Any]) -> bytes:
    body = json.dumps(value).encode()
    return _head(Answer(), [], length=len(body)) + body
