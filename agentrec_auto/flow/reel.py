"""A reel: a recording made ready to be played back."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import inf
from operator import sub
from typing import TYPE_CHECKING, Any

from agentrec_auto.capture import (
    CapturedChunk,
    CapturedInteraction,
    Ending,
    Headers,
    first_header,
    headers_without,
)
from agentrec_auto.columns import Columns
from agentrec_auto.rereading import Reread

if TYPE_CHECKING:  # a seam that is put in place needs no store
    from agentrec_auto.store.base import Recording

_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True)
class Reel:
    """What is given back: status, headers, chunks with their pace, and how it ended."""

    name: str
    status: int
    headers: Headers
    extensions: dict[str, Any]
    chunks: Sequence[bytes]
    waits: Sequence[float]
    """Seconds to wait before each chunk at the recorded pace."""

    ending: Ending

    held: int
    """Bytes of its chunks that are in memory: 0 if they are played from a file."""

    ready: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What a recorder, or a seam for its library, makes of it once to use each time it is played: a cache by
    who made it."""

    @property
    def is_stale(self) -> bool:
        """Whether it is played from a file that has changed since."""
        return isinstance(self.chunks, Reread) and self.chunks.is_stale

    @property
    def reason(self) -> bytes:
        """What stands beside the status (``Not Found``): as recorded, else what is usual."""
        recorded = self.extensions.get("reason_phrase")
        if isinstance(recorded, bytes):
            return recorded
        from agentrec_auto.phrases import phrase_of  # here: httpx and httpx2 have phrases of their own

        return phrase_of(self.status).encode()

    @property
    def shortfall(self) -> str | None:
        """What to say to a caller who reads past the end of an abandoned recording; None for a whole one."""
        if self.ending is Ending.COMPLETE:
            return None
        return (
            f"agentrec: the recording {self.name} ends here: when it was made, the app stopped reading after "
            f"{len(self.chunks)} chunks, and now it reads on. Record it again with AGENTREC_MODE=refresh"
        )

    @property
    def last_words(self) -> bytes:
        """The same as an event of the stream, by which SDKs raise the text as their API's error; empty where
        that can't be: the answer is no stream of events, or was left in the midst of one."""
        content_type = first_header(self.headers, b"content-type") or b""
        if self.shortfall is None or content_type.split(b";")[0].strip().lower() != b"text/event-stream":
            return b""
        if self.chunks and not self.chunks[-1].endswith((b"\n\n", b"\r\n\r\n")):
            return b""
        # Read by openai 1 to 3 (``error.message``) and anthropic 0.39 to 2 (``event: error``)
        code = "agentrec_recording_ends"
        error = {"type": code, "code": code, "message": self.shortfall}
        return b"event: error\ndata: " + json.dumps({"type": "error", "error": error}).encode() + b"\n\n"

    def paced(self, speed: float) -> Iterator[tuple[float, bytes]]:
        """(seconds to wait, chunk) at ``speed`` times the recorded pace; 0 is no wait at all."""
        for wait, chunk in zip(self.waits, self.chunks, strict=True):
            yield (wait / speed if speed else 0.0), chunk


def reel_of(recording: Recording) -> Reel:
    """The reel of a recording.

    Chunks that redaction left empty are passed over: no server sends an empty chunk. A kept transient
    failure is answered with ``retry-after-ms: 1``, or SDKs would sleep between replayed retries (0.5 to
    8 s in openai 1 to 3 and anthropic 0 to 2; the header brings it to 10 ms).
    """
    interaction = recording.interaction
    chunks, waits, size, held = _played(interaction.chunks)
    headers = [
        pair
        for pair in interaction.response_headers
        if len(pair[0]) not in _FRAMING_LENGTHS or not _is_old_framing(pair, size, interaction)
    ]
    if interaction.response_status in _RETRIED:
        headers = headers_without(headers, b"retry-after", b"retry-after-ms")
        headers.append((b"retry-after-ms", b"1"))
    return Reel(
        name=recording.name,
        status=interaction.response_status,
        headers=headers,
        extensions=dict(interaction.response_extensions),
        chunks=chunks,
        waits=waits,
        ending=interaction.ending,
        held=held,
    )


def _played(chunks: Sequence[CapturedChunk]) -> tuple[Sequence[bytes], array[float], int, int]:
    """The pieces to be played, the waits before each, their bytes, and how many of these are in memory."""
    # By exact type, which takes a tenth of the time of asking whether they are a `Sequence`.
    columns = chunks if type(chunks) is Columns else Columns.of(chunks) if type(chunks) is list else None
    if columns is None:
        size, offsets = 0, array("d")
        for chunk in chunks:
            if chunk.data:
                size += len(chunk.data)
                offsets.append(chunk.timestamp_offset)
        return _Read(chunks, len(offsets)), _waits(offsets), size, 0
    if b"" in columns.data:
        columns = Columns.of([chunk for chunk in columns if chunk.data])
    size = sum(map(len, columns.data))
    return tuple(columns.data), _waits(columns.offsets), size, size


def _waits(offsets: Sequence[float]) -> array[float]:
    """Seconds from each offset to the next, the first from 0; 0 where the clock went back or is no number."""
    waits = array("d", map(sub, offsets, chain((0.0,), offsets)))
    if min(waits, default=0.0) >= 0.0 and sum(waits) < inf:  # and no NaN is among them
        return waits
    return array("d", [max(0.0, wait) for wait in waits])


class _Read(Reread[bytes]):
    """The bytes of chunks that lie in a file and are read from it each time."""

    def __init__(self, chunks: Sequence[CapturedChunk], count: int) -> None:
        """``count``: how many of them aren't empty."""
        self._chunks = chunks
        self._count = count

    @property
    def is_stale(self) -> bool:
        return isinstance(self._chunks, Reread) and self._chunks.is_stale

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        return (chunk.data for chunk in self._chunks if chunk.data)


_FRAMING_LENGTHS = frozenset(map(len, ("content-length", "transfer-encoding")))
"""How long the names are that `_is_old_framing` looks at. Few others are: a call is saved for each."""


def _is_old_framing(pair: tuple[bytes, bytes], size: int, interaction: CapturedInteraction) -> bool:
    """Whether a header says a framing that is no longer true: redaction and decoding change lengths."""
    name = pair[0].lower()
    if name == b"content-length":
        return pair[1].strip() != str(size).encode() and not (size == 0 and _has_no_body(interaction))
    return name == b"transfer-encoding"


def _has_no_body(interaction: CapturedInteraction) -> bool:
    """Whether the answer is a head alone: a length in it is another answer's (RFC 9110 §8.6)."""
    return interaction.request.method == "HEAD" or interaction.response_status == 304
