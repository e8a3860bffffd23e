"""The reader of a live aiohttp response, showing a tap what arrives."""

from __future__ import annotations

from typing import Any

from aiohttp import ClientConnectionError, http_parser

from agentrec_auto.capture import Headers, headers_without
from agentrec_auto.flow.tap import Tap

_DECODED = {b"gzip", b"deflate", b"br"}
if hasattr(http_parser, "HAS_ZSTD"):
    _DECODED.add(b"zstd")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_taps: dict[int, Tap] = {}
"""Reader (by identity) → its tap: a reader has slots, and no place of its own since aiohttp 3.11."""


def tapped(response: Any, tap: Tap, *, is_decoded: bool) -> None:
    """Show ``tap`` the body of a response that has just begun, what is there of it already included."""
    reader = response.content
    version = f"HTTP/{response.version.major}.{response.version.minor}" if response.version else "HTTP/1.1"
    extensions: dict[str, object] = {
        "http_version": version.encode(),
        "reason_phrase": (response.reason or "").encode("latin-1", "replace"),
    }
    tap.head(response.status, _head(response.raw_headers, is_decoded=is_decoded), extensions)
    for piece in tuple(getattr(reader, "_buffer", ())):
        tap.see(bytes(piece))
    if reader.is_eof():
        tap.finished()
    elif (error := reader.exception()) is not None:
        tap.broke(error)
    else:
        _taps[id(reader)] = tap
        reader.__class__ = _tapped_class(type(reader))


def _head(raw: Any, *, is_decoded: bool) -> Headers:
    """The headers, without those that are no longer true of a body that aiohttp has decoded."""
    headers = [(bytes(name), bytes(value)) for name, value in raw]
    encodings = [value.strip().lower() for name, value in headers if name.lower() == b"content-encoding"]
    if not is_decoded or len(encodings) != 1 or encodings[0] not in _DECODED:
        return headers
    return headers_without(headers, b"content-encoding", b"content-length")


_classes: dict[Any, Any] = {}


def _tapped_class(reader: Any) -> Any:
    if reader not in _classes:
        _classes[reader] = _made_for(reader)
    return _classes[reader]


def _made_for(reader: Any) -> Any:
    """A subclass of the reader's own class. Without slots or a dict: else a reader couldn't become one."""

    class Tapped(reader):  # type: ignore[misc]
        __slots__ = ()

        def feed_data(self, data: Any, *rest: Any) -> Any:
            if data:
                _taps[id(self)].see(bytes(data))
            return super().feed_data(data, *rest)

        def feed_eof(self) -> None:
            super().feed_eof()
            _taps[id(self)].finished()

        def set_exception(self, error: Any, *rest: Any) -> None:
            super().set_exception(error, *rest)
            tap = _taps[id(self)]
            if type(error) is not ClientConnectionError:
                tap.broke(error)
            elif tap.status in _REDIRECTS:
                tap.finished()  # aiohttp reads no more of a hop that it follows
            else:
                tap.closed()  # what a response says to its reader when it is closed or released

        async def _wait(self, func_name: str) -> None:
            try:
                await super()._wait(func_name)
            except BaseException as error:  # a total timeout or a cancellation: raised here, told nowhere
                _taps[id(self)].broke(error)
                raise

        def __del__(self, taps: dict[int, Tap] = _taps) -> None:  # bound: at Python's end, names are gone
            if (tap := taps.pop(id(self), None)) is not None:
                tap.dropped()

    return Tapped
