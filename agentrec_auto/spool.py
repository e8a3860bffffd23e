"""The chunks of a long body: those known to hold no secret in a temporary file, the rest in memory.

A `Watch` says how much of the body holds no secret. Nothing else is ever written, because a deleted file may
still be read off the disk. The file has no name, so that none is left behind however the process ends. If
there can be no file (the disk is full, there is no folder for temporary files, too many files are open), that
is no error: the chunks are then held in memory, like those of a short body.

The program may close our descriptor, as daemons do that close all there are, and open another file under its
number. So before each use we check that it is still our file. A forked child reads the same file, and never
writes to it.
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
from agentrec_auto.interrupts import let_through
from agentrec_auto.rereading import Reread

LONG = 1 << 21
"""Bytes of a body that are held in memory in any case."""

WINDOW = 1 << 16
"""Bytes that are looked at together, while the app waits for its chunk: 0.5 to 2 ms."""

_READ_AT_ONCE = 1 << 18
_MOST = 64
"""Spools with a file at the same time, at most: the app may need the descriptors that it is allowed."""


class Watch(Protocol):
    """Sees a body pass, window by window, and knows how much of it may be written to a disk."""

    @property
    def free(self) -> int:
        """How many of the first bytes may be written to a disk, whatever comes after them."""

    def sees(self, window: bytes) -> bool:
        """Whether the body is clean so far."""

    def ends(self) -> bool:
        """Whether all of the body is clean."""


class Spool(Reread[CapturedChunk]):
    """The chunks of a body that is clean so far, in order; only ever added to."""

    def __init__(self, chunks: list[CapturedChunk], watch: Watch) -> None:
        """``chunks``: those that came so far; the list is ours from now on."""
        self.watch = watch
        self.append = chunks.append
        self._held = chunks
        self._looked = 0
        """How many of the chunks held the watch has seen."""

        self._seen = sum([len(chunk.data) for chunk in chunks])
        self._looked_size = 0
        self._lock = forkless()
        self._has_ended = False
        """Once true, no chunk moves to the file any more: at exit, the process stores what other threads may
        still be adding to."""

        self._clean = -1
        """How many chunks there were when the body was last found clean to its end; -1 for never."""

        self._lengths = array("I")
        self._offsets = array("d")
        self._size = 0
        self._file: _File | None = None

    def goes_on(self, seen: int) -> bool:
        """Have new chunks looked at, and move to the file those that may go; ``seen``: bytes so far.

        False if the body isn't surely clean, or there can be no file: take the chunks out with `list`, for
        good. Each call looks at twice the bytes that came since the last, to catch up with those before.
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
        """Whether all that came is surely clean. Later chunks are held in memory; it may be asked again."""
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
        except OSError as error:
            let_through(error)
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
    """The interaction with its chunks in memory, for whoever keeps the object; itself if they are already."""
    if isinstance(interaction.chunks, list):
        return interaction
    return replace(interaction, chunks=list(interaction.chunks))


class _File:
    """An unnamed temporary file; OSError if there can be none."""

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
        """Write at a given place: the file's own position is shared with forked children."""
        if not self._is_ours() or os.getpid() != self._owner:
            raise OSError("not our file")
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._descriptor, rest, at)
            at, rest = at + written, rest[written:]

    def read(self, size: int, at: int) -> bytes:
        """`StoreError` if the file is gone, or not as long as it was."""
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
