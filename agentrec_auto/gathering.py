"""Small pieces of bytes made into pieces worth handling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def gathered(pieces: Iterable[bytes], least: int) -> Iterator[bytes]:
    """The same bytes, in pieces of at least so many but for the last."""
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
