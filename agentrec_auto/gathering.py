"""Many small pieces of bytes joined to fewer, worth a call each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def gathered(pieces: Iterable[bytes], least: int) -> Iterator[bytes]:
    """The same bytes, in pieces of at least ``least`` bytes each but for the last."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= least:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
