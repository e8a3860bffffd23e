"""Chunks as two columns, bytes and times: read all at once, and replayed without an object for each chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentrec_auto.capture import CapturedChunk
from agentrec_auto.rereading import Reread


class Columns(Reread[CapturedChunk]):
    """The chunks of a response in memory: their bytes, and when each came."""

    def __init__(self, data: Sequence[bytes], offsets: Sequence[float]) -> None:
        """As many offsets (seconds from the arrival of the head) as data."""
        self.data = data
        self.offsets = offsets

    @classmethod
    def of(cls, chunks: Sequence[CapturedChunk]) -> Columns:
        """The columns of chunks."""
        return cls([chunk.data for chunk in chunks], [chunk.timestamp_offset for chunk in chunks])

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[CapturedChunk]:
        return map(CapturedChunk, self.data, self.offsets)
