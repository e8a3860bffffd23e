"""Chunks as a cassette spells them, and back: many at once, for a call for each would double the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from agentrec_auto.capture import CapturedChunk
from agentrec_auto.columns import Columns
from agentrec_auto.store.spelling import read_blob, spelled

_TOGETHER = 512
_TOGETHER_BYTES = 1 << 18
"""Chunks that are written at once, and their bytes."""

_DATA, _OFFSET = itemgetter("data"), itemgetter("timestamp_offset")


def together(chunks: Sequence[CapturedChunk]) -> Iterator[list[CapturedChunk]]:
    """The chunks in groups that are written at once; iterates them once, for they may be read from a file."""
    if not isinstance(chunks, list):
        yield from _as_they_come(chunks)
        return
    for start in range(0, len(chunks), _TOGETHER):
        some = chunks[start : start + _TOGETHER]
        if sum([len(chunk.data) for chunk in some]) <= _TOGETHER_BYTES:
            yield some
        else:
            yield from _as_they_come(some)


def _as_they_come(chunks: Iterable[CapturedChunk]) -> Iterator[list[CapturedChunk]]:
    some: list[CapturedChunk] = []
    size = 0
    for chunk in chunks:
        some.append(chunk)
        size += len(chunk.data)
        if size >= _TOGETHER_BYTES or len(some) >= _TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some


def spelled_chunks(chunks: list[CapturedChunk]) -> list[dict[str, object]]:
    """Chunks as JSON has them."""
    try:  # most are texts
        return [
            {"data": chunk.data.decode(), "timestamp_offset": round(chunk.timestamp_offset, 6)}
            for chunk in chunks
        ]
    except UnicodeDecodeError:
        return [
            {"data": spelled(chunk.data), "timestamp_offset": round(chunk.timestamp_offset, 6)}
            for chunk in chunks
        ]


def read_chunk(chunk: Any) -> CapturedChunk:
    """A chunk out of its JSON; KeyError, TypeError or ValueError for anything else."""
    data, offset = chunk["data"], chunk.get("timestamp_offset", 0.0)
    if type(data) is not str or not data.isascii():
        return CapturedChunk(read_blob(data), float(offset))
    return CapturedChunk(data.encode(), offset if type(offset) is float else float(offset))


def read_chunks(told: Any) -> list[CapturedChunk]:
    """Chunks out of their JSON; errors as of `read_chunk`."""
    return [read_chunk(chunk) for chunk in told]


def read_columns(told: Any) -> Columns:
    """The same as columns, without an object for each: 500 chunks are read in a third of the time."""
    try:
        offsets = list(map(_OFFSET, told))
        if set(map(type, offsets)) <= {float}:
            return Columns(tuple(map(str.encode, map(_DATA, told))), offsets)
    except TypeError:  # some are base64
        pass
    return Columns.of(read_chunks(told))


def read_in_one(told: Any) -> list[CapturedChunk]:
    """The chunks joined to one, with the time of the last; an empty list if there are none."""
    try:
        text = "".join([chunk["data"] for chunk in told])
        last = max([chunk.get("timestamp_offset", 0.0) for chunk in told], default=None)
    except TypeError:  # bytes, or what is no chunk
        chunks = read_chunks(told)
        return [CapturedChunk(b"".join([chunk.data for chunk in chunks]), chunks[-1].timestamp_offset)]
    return [] if last is None else [CapturedChunk(text.encode("utf-8", "surrogatepass"), float(last))]
