"""Undo content-encoding: gzip, deflate, br, zstd, or several on top of one another.

What is stored is decoded, so that secrets can be seen and a cassette be read. A stream is decoded chunk
by chunk, each wire chunk giving the piece it completes (which may be empty). One that was cut off gives as
much as can be decoded of it.

brotli and zstandard are used if the app has them: an app that can't decode an encoding doesn't ask for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, Protocol

from agentrec_auto.errors import UndecodableBodyError

MOST_BYTES = 512 * 1024 * 1024
"""What one body may decode to; a small body that decodes to more is an attack (RFC 9110 §17.6)."""

_STEP = 4096
"""Wire bytes decoded at a time, so that a decoder without a bound of its own can't fill the memory."""


class Decoder(Protocol):
    """Undoes one encoding of one body."""

    def feed(self, data: bytes) -> bytes:
        """What ``data`` completes; `UndecodableBodyError` if it can't be what it says."""

    def finish(self) -> bytes:
        """What is left at the end of the body, whole or cut off."""


class StreamDecoder:
    """Undoes all encodings of one body, innermost last, under a bound."""

    __slots__ = ("_decoders", "_left", "encoding")

    def __init__(self, encoding: str, decoders: tuple[Decoder, ...]) -> None:
        self.encoding = encoding
        self._decoders = decoders
        self._left = MOST_BYTES

    def feed(self, data: bytes) -> bytes:
        """What ``data`` completes."""
        if len(data) <= _STEP:
            return self._fed(data)
        return b"".join(self._fed(data[at : at + _STEP]) for at in range(0, len(data), _STEP))

    def finish(self) -> bytes:
        """What is left at the end."""
        data = b""
        for decoder in self._decoders:
            data = (decoder.feed(data) if data else b"") + decoder.finish()
        return self._counted(data)

    def _fed(self, data: bytes) -> bytes:
        for decoder in self._decoders:
            data = decoder.feed(data)
        return self._counted(data)

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise _too_long(self.encoding)
        return data


def stream_decoder(encoding: bytes) -> StreamDecoder:
    """A decoder for one body under a content-encoding header (``gzip``, ``br, gzip``, empty for none).

    Raises `UndecodableBodyError` for an encoding nobody here knows, or whose decoder isn't installed.
    """
    names = _names(encoding)
    return StreamDecoder(", ".join(names), tuple(_decoder(name) for name in reversed(names)))


def is_encoded(encoding: bytes) -> bool:
    """Whether a content-encoding header says that there is something to undo."""
    return bool(_names(encoding))


def decode(data: bytes, encoding: bytes) -> bytes:
    """A whole body, decoded."""
    return b"".join(_pieces([data], encoding))


def decode_chunks(chunks: Iterable[bytes], encoding: bytes) -> list[bytes]:
    """The piece that each wire chunk completes: as many pieces as chunks, some of them empty."""
    *pieces, rest = _pieces(chunks, encoding)
    if rest and pieces:
        pieces[-1] += rest
    return pieces


def _pieces(chunks: Iterable[bytes], encoding: bytes) -> Iterator[bytes]:
    decoder = stream_decoder(encoding)
    for chunk in chunks:
        yield decoder.feed(chunk)
    yield decoder.finish()


def _names(encoding: bytes) -> list[str]:
    names = (name.strip().lower() for name in encoding.decode("latin-1").split(","))
    return [name for name in names if name not in ("", "identity")]


def _decoder(name: str) -> Decoder:
    match name:
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
        case _:
            raise UndecodableBodyError(name, "gzip, deflate, br and zstd can be undone")


def _corrupt(name: str, error: Exception) -> UndecodableBodyError:
    return UndecodableBodyError(name, f"its data is corrupt ({error})")


def _too_long(name: str) -> UndecodableBodyError:
    return UndecodableBodyError(name, f"it decodes to more than {MOST_BYTES >> 20} MiB")


class _Gzip:
    """Members one after the other (RFC 1952 §2.2); what follows them, padding mostly, is passed over."""

    __slots__ = ("_inner", "_rest")

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        decoded = b""
        try:
            while data:
                if self._inner.eof:
                    data = self._rest + data
                    if data == b"\x1f":
                        self._rest = data  # half of the next member's first two bytes
                        break
                    if data[:2] != b"\x1f\x8b":
                        break
                    self._inner, self._rest = zlib.decompressobj(zlib.MAX_WBITS | 16), b""
                decoded += self._inner.decompress(data)
                data = self._inner.unused_data
        except zlib.error as error:
            raise _corrupt("gzip", error) from error
        return decoded

    def finish(self) -> bytes:
        return b"" if self._inner.eof else self._inner.flush()


class _Deflate:
    """zlib's format, as the standard says (RFC 9110 §8.4.1.2), or bare deflate data, as some send."""

    __slots__ = ("_head", "_inner")

    def __init__(self) -> None:
        self._inner = zlib.decompressobj()
        self._head: bytes | None = b""
        """What was fed before the first byte came out: until then the other format is tried."""

    def feed(self, data: bytes) -> bytes:
        try:
            decoded = self._inner.decompress(data)
        except zlib.error as error:
            if self._head is None:
                raise _corrupt("deflate", error) from error
            data, self._head = self._head + data, None
            self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
            return self.feed(data)
        if self._head is not None:
            self._head = None if decoded else self._head + data
        return decoded

    def finish(self) -> bytes:
        return b"" if self._inner.eof else self._inner.flush()


class _Brotli:
    __slots__ = ("_error", "_has_room", "_inner", "_step")

    def __init__(self) -> None:
        module = _first_of("br", "brotli", "brotlicffi")
        self._inner = module.Decompressor()
        self._error: type[Exception] = module.error
        self._step: Callable[..., bytes] = getattr(self._inner, "process", None) or self._inner.decompress
        # brotli ≥ 1.2 and brotlicffi ≥ 1.2 can stop in the middle: a few bytes may stand for gigabytes
        self._has_room: Callable[[], bool] | None = getattr(self._inner, "can_accept_more_data", None)

    def feed(self, data: bytes) -> bytes:
        if not data or self._inner.is_finished():
            return b""
        try:
            if self._has_room is None:
                return self._step(data)
            decoded = self._step(data, output_buffer_limit=MOST_BYTES)
        except self._error as error:
            raise _corrupt("br", error) from error
        if not (self._has_room() or self._inner.is_finished()):
            raise _too_long("br")
        return decoded

    def finish(self) -> bytes:
        return b""


class _Zstd:
    """Frames one after the other (RFC 8878 §3.1)."""

    __slots__ = ("_error", "_inner", "_new")

    def __init__(self) -> None:
        module = _first_of("zstd", "compression.zstd", "zstandard", "backports.zstd")
        make = module.ZstdDecompressor
        self._new: Callable[[], Any] = make
        if module.__name__ == "zstandard":
            self._new = lambda: make().decompressobj()
        self._error: type[Exception] = module.ZstdError
        self._inner = self._new()

    def feed(self, data: bytes) -> bytes:
        decoded = b""
        try:
            while data:
                if self._inner.eof:
                    self._inner = self._new()
                decoded += self._inner.decompress(data)
                data = self._inner.unused_data if self._inner.eof else b""
        except self._error as error:
            raise _corrupt("zstd", error) from error
        return decoded

    def finish(self) -> bytes:
        return b""


def _first_of(encoding: str, *modules: str) -> Any:
    """The first of ``modules`` that is importable."""
    for name in modules:
        try:
            return import_module(name)
        except ImportError:  # noqa: PERF203
            continue
    packages = " or ".join(name for name in modules if not name.startswith("compression."))
    raise UndecodableBodyError(encoding, f"install {packages}")
