"""The chunks of a long body: what is known to hold no secret in a temporary file, the rest in memory.

A `Watch` says how much of the body that is; nothing else is ever written, for what is deleted may still be
read off a disk. The file has no name, so that nothing is left of it however the process ends. Whatever
stands in the way of it (a full disk, no folder for temporary files, no file left to open) is no error: what
came is then held in memory, as that of a short body is.

The file is one open descriptor, and it may be taken from us: by a program that closes all there are, as
daemons do, and opens others in their place. So it is asked before each use whether it still is our file.
A forked child has the same file, and doesn't write to it.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any, Protocol

from agentrec_auto.capture import CapturedChunk, CapturedInteraction
from agentrec_auto.errors import StoreError
from agentrec_auto.forks import forkless, loading
from agentrec_auto.rereading import Reread

LONG = 1 << 21
"""Bytes of a body that are held in any case."""

WINDOW = 1 << 16
"""Bytes that are looked at at once, in the midst of the app's reading: half a millisecond to two."""

_READ_AT_ONCE = 1 << 18
_MOST = 64
"""Files that are open at a time, at most: the app may need as many as it is allowed."""


class Watch(Protocol):
    """Sees a body pass, window by window, and knows what may be let go of."""

    @property
    def free(self) -> int:
        """Bytes, from the first on, that may be written to a disk, whatever comes behind them."""

    def sees(self, window: bytes) -> bool:
        """Whether the body is clean so far."""

    def ends(self) -> bool:
        """Whether all of the body is clean."""


class Spool(Reread[CapturedChunk]):
    """The chunks of a body that is clean so far, in order; only ever added to."""

    def __init__(self, chunks: list[CapturedChunk], watch: Watch) -> None:
        """``chunks``: those that came, taken over."""
        self.watch = watch
        self.append = chunks.append
        self._held = chunks
        self._looked = 0
        """Of the chunks held, so many were seen by the watch."""

        self._seen = sum([len(chunk.data) for chunk in chunks])
        self._looked_size = 0
        self._lock = forkless()
        self._has_ended = False
        """Then nothing moves any more: at its end, a process stores what its other threads still read."""

        self._clean = -1
        """How many chunks there were when all were clean."""

        self._lengths = array("I")
        self._offsets = array("d")
        self._size = 0
        self._file: _File | None = None

    def goes_on(self, seen: int) -> bool:
        """Have some of what came since looked at, and let go of what can be; ``seen``: bytes so far.

        False where the body isn't clean for sure or can't be spooled: `list` gives what came, for good. As
        much is looked at as came, and as much again to catch up with what had come before.
        """
        with self._lock:
            return self._has_ended or self._goes_on(seen)

    def _goes_on(self, seen: int) -> bool:
        until = min(seen, self._looked_size + 2 * (seen - self._seen))
        self._seen = seen
        while until - self._looked_size >= WINDOW:
            if not self._looks():
                return False
        return self._lets_go()

    def ends(self) -> bool:
        """Whether all that came is clean for sure. What comes then is held; it may end once more."""
        with self._lock:
            self._has_ended = True
            return self._ends()

    def _ends(self) -> bool:
        while self._looked < len(self._held):
            if not self._looks():
                return False
        if not self.watch.ends():
            return False
        self._clean = len(self)
        return True

    @property
    def is_clean(self) -> bool:
        """Whether it ended, clean, and nothing came since."""
        return self._clean == len(self)

    def _looks(self) -> bool:
        window, size = [], 0
        for chunk in islice(self._held, self._looked, None):
            window.append(chunk.data)
            size += len(chunk.data)
            if size >= WINDOW:
                break
        self._looked += len(window)
        self._looked_size += size
        return self.watch.sees(b"".join(window))

    def _lets_go(self) -> bool:
        room = self.watch.free - self._size
        if room < WINDOW:
            return True
        freed: list[bytes] = []
        size = 0
        for chunk in islice(self._held, self._looked):
            if size + len(chunk.data) > room:
                break
            freed.append(chunk.data)
            size += len(chunk.data)
        try:
            if self._file is None:
                self._file = _File()
            self._file.write(b"".join(freed), self._size)
        except OSError:
            return False
        self._size += size
        self._lengths.extend(map(len, freed))
        self._offsets.extend([chunk.timestamp_offset for chunk in self._held[: len(freed)]])
        del self._held[: len(freed)]
        self._looked -= len(freed)
        return True

    def __len__(self) -> int:
        return len(self._lengths) + len(self._held)

    def __iter__(self) -> Iterator[CapturedChunk]:
        start, at, size = 0, 0, 0
        for place, length in enumerate(self._lengths):
            size += length
            if size >= _READ_AT_ONCE:
                yield from self._read(start, place + 1, at, size)
                start, at, size = place + 1, at + size, 0
        yield from self._read(start, len(self._lengths), at, size)
        yield from self._held

    def _read(self, start: int, stop: int, at: int, size: int) -> Iterator[CapturedChunk]:
        """The chunks from ``start`` to ``stop``, which take ``size`` bytes of the file, from ``at`` on."""
        data = self._file.read(size, at) if size and self._file is not None else b""
        begin = 0
        for length, offset in zip(self._lengths[start:stop], self._offsets[start:stop], strict=True):
            yield CapturedChunk(data[begin : begin + length], offset)
            begin += length

    def _at(self, place: int) -> CapturedChunk:
        spooled = len(self._lengths)
        if place >= spooled:
            return self._held[place - spooled]
        before = sum(self._lengths[:place])
        return next(self._read(place, place + 1, before, self._lengths[place]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled, it is a list."""
        return list, (list(self),)


def unspooled(interaction: CapturedInteraction) -> CapturedInteraction:
    """The interaction with its chunks in memory, for whoever keeps it; itself where they are."""
    if isinstance(interaction.chunks, list):
        return interaction
    return replace(interaction, chunks=list(interaction.chunks))


class _File:
    """An unnamed temporary file; OSError where there can be none."""

    _open = 0

    def __init__(self) -> None:
        self._descriptor = -1
        if not hasattr(os, "pread") or _File._open >= _MOST:
            raise OSError("no file to be had")
        with loading:
            import tempfile
        with tempfile.TemporaryFile(buffering=0, prefix="agentrec-") as file:
            self._descriptor = os.dup(file.fileno())
        _File._open += 1
        self._owner = os.getpid()
        self._identity = self._identified()

    def write(self, data: bytes, at: int) -> None:
        """Explicitly at a place: a forked child shares the position of its parent's file."""
        if not self._is_ours() or os.getpid() != self._owner:
            raise OSError("not our file")
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._descriptor, rest, at)
            at, rest = at + written, rest[written:]

    def read(self, size: int, at: int) -> bytes:
        """`StoreError` where it is all gone."""
        pieces: list[bytes] = []
        while size:
            piece = os.pread(self._descriptor, size, at) if self._is_ours() else b""
            if not piece:
                raise StoreError("the temporary file of a long response was closed by the program")
            pieces.append(piece)
            at, size = at + len(piece), size - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _identified(self) -> tuple[int, int, int]:
        found = os.fstat(self._descriptor)
        return found.st_dev, found.st_ino, found.st_nlink

    def _is_ours(self) -> bool:
        try:
            return self._identified() == self._identity
        except OSError:
            return False

    def __del__(self) -> None:
        if self._descriptor < 0:
            return
        _File._open -= 1
        with suppress(Exception):  # perhaps at the very end of the process
            if self._is_ours():
                os.close(self._descriptor)
