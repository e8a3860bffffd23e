"""Long recordings, played from their file: only the chunk being played is in memory.

This needs a file laid out by `agentrec_auto.store.document`, where one line is one chunk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, cast

from agentrec_auto import compiled
from agentrec_auto.capture import CapturedChunk, CapturedInteraction
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.interrupts import let_through
from agentrec_auto.rereading import Reread
from agentrec_auto.store import document
from agentrec_auto.store.chunks import read_chunk

LONG = 1 << 22
"""Bytes of a file from which on it is played in this way."""

_AT_ONCE = 1 << 17
_OPENS = b"{\n"
_OPENS_CHUNKS = b'  "chunks": [\n'
_NO_CHUNKS = b'  "chunks": []\n}\n'
_CLOSES = (b"  ]\n", b"}\n", b"")
_AMISS = (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError, OverflowError)


class FiledChunks(Reread[CapturedChunk]):
    """The chunks in a file; iterating raises `BrokenRecordingError` if the file has changed since."""

    def __init__(self, path: str, version: tuple[int, ...], begin: int, count: int) -> None:
        """``begin``: where in the file the first of ``count`` chunks is."""
        self._path = path
        self._version = version
        self._begin = begin
        self._count = count

    @property
    def is_stale(self) -> bool:
        """Whether the file was changed, or is gone."""
        try:
            return _version(os.stat(self._path)) != self._version
        except OSError as error:
            let_through(error)
            return True

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[CapturedChunk]:
        try:
            with _opened(self._path) as file:
                if _version(os.fstat(file.fileno())) != self._version:
                    raise ValueError("it was replaced")
                file.seek(self._begin)
                for _ in range(self._count):
                    yield _chunk(file.readline())
        except _AMISS as error:
            let_through(error)
            raise BrokenRecordingError(self._path, f"gone while it was played ({error})") from error


def interaction_in(path: str) -> CapturedInteraction | None:
    """The interaction in a long file, its chunks left there.

    None if that isn't possible: load the file whole then, which also says if anything is wrong with it.
    """
    try:
        with _opened(path) as file:
            interaction = document.loads(_head(file), path)
            begin, count = file.tell(), _count(file)
            chunks = FiledChunks(path, _version(os.fstat(file.fileno())), begin, count)
    except (*_AMISS, BrokenRecordingError) as error:
        let_through(error)
        return None
    interaction.chunks = cast("list[CapturedChunk]", chunks)
    return interaction


def _opened(path: str) -> IO[bytes]:
    return open(path, "rb", buffering=_AT_ONCE)


def _version(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _head(file: IO[bytes]) -> bytes:
    """The document up to its chunks, and without them."""
    lines = [file.readline(len(_OPENS))]
    if lines[0] != _OPENS:
        raise ValueError("laid out in another way")
    while (line := file.readline()) != _OPENS_CHUNKS:
        if not line:
            raise ValueError("no chunks")
        lines.append(line)
    return b"".join([*lines, _NO_CHUNKS])


def _count(file: IO[bytes]) -> int:
    """How many chunks there are, each readable."""
    count = 0
    while (line := file.readline()) != _CLOSES[0]:
        _chunk(line)
        count += 1
    if (line, file.readline(), file.readline()) != _CLOSES:
        raise ValueError("more behind the chunks")
    return count


def _chunk(line: bytes) -> CapturedChunk:
    return read_chunk(compiled.loads(line.strip(b" ,\n")))
