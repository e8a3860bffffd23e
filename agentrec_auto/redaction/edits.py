"""Edits: what is replaced in a text, so that everything else stays as it was, byte for byte."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """``text`` instead of what stands from ``start`` to ``end``."""

    start: int
    end: int
    text: str

    def shifted(self, by: int) -> Edit:
        """The same edit in a text that has ``by`` characters more in front."""
        return Edit(self.start + by, self.end + by, self.text)


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """In order and disjoint. Edits that overlap become one over them all, with the text of the first."""
    ranked = sorted((edit.start, edit.end, rank, edit.text) for rank, edit in enumerate(edits))
    whole: list[Edit] = []
    best = 0
    for start, end, rank, text in ranked:
        if whole and start < whole[-1].end:
            last = whole[-1]
            if rank < best:
                best = rank
            else:
                text = last.text
            whole[-1] = Edit(last.start, max(last.end, end), text)
        else:
            whole.append(Edit(start, end, text))
            best = rank
    return whole


def applied(text: str, edits: Sequence[Edit]) -> str:
    """The text after its edits, which are in order and disjoint; itself where they change nothing."""
    if all(text[edit.start : edit.end] == edit.text for edit in edits):
        return text
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.start], edit.text)
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)


def applied_to_chunks(chunks: Sequence[bytes], text: str, edits: Sequence[Edit]) -> list[bytes]:
    """The chunks of the body ``text`` after its edits: as many, cut where they were cut.

    A replacement sits in the chunk where what it replaces began; later chunks lose their part of it.
    """
    pending = [(start, end, bytes_of(instead)) for start, end, instead in reversed(_in_bytes(text, edits))]
    redacted, at = [], 0
    for chunk in chunks:
        pieces: list[bytes] = []
        begin, stop = at, at + len(chunk)
        while pending and pending[-1][0] < stop:
            start, end, instead = pending.pop()
            pieces += (chunk[at - begin : start - begin], instead)
            at = min(end, stop)
            if end > stop:  # goes on in the next chunk, where nothing is put in its place
                pending.append((stop, end, b""))
                break
        redacted.append(b"".join(pieces) + chunk[at - begin :] if pieces else chunk)
        at = stop
    return redacted


def _in_bytes(text: str, edits: Sequence[Edit]) -> Sequence[Edit]:
    """Edits of a text as edits of its UTF-8 bytes."""
    if text.isascii():
        return edits
    counted, at, bytes_at = [], 0, 0
    for start, end, instead in edits:
        bytes_start = bytes_at + len(bytes_of(text[at:start]))
        bytes_at = bytes_start + len(bytes_of(text[start:end]))
        at = end
        counted.append(Edit(bytes_start, bytes_at, instead))
    return counted


_PIECE = 65536


def in_pieces(text: str, overlap: int) -> Iterator[bytes]:
    """A text in UTF-8, in pieces, each but the last with the first ``overlap`` characters of the next."""
    if len(text) <= _PIECE:
        yield text.encode("utf-8", "surrogatepass")
        return
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE + overlap].encode("utf-8", "surrogatepass")


def text_of(body: bytes) -> str:
    """Any bytes as a text that `bytes_of` makes the same bytes of."""
    return body.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """The bytes of what `text_of` gave."""
    return text.encode("utf-8", "surrogateescape")


class Places:
    """Where each character of a text is in a longer spelling of it (``\\n`` in JSON, ``%20`` in a URL).

    ``units``: (start, end) in the spelling of each character of the text that is spelled by several.
    """

    __slots__ = ("_said", "_spelled")

    def __init__(self, units: Iterable[tuple[int, int]]) -> None:
        self._said = [0]
        self._spelled = [0]
        for start, end in units:
            self._said.append(self._said[-1] + start - self._spelled[-1] + 1)
            self._spelled.append(end)

    def spelled(self, edits: Iterable[Edit], *, at: int = 0) -> Iterator[Edit]:
        """Edits of the text as edits of its spelling, which begins ``at`` there."""
        for start, end, instead in edits:
            yield Edit(at + self._of(start), at + self._of(end), instead)

    def _of(self, place: int) -> int:
        last = bisect_right(self._said, place) - 1
        return self._spelled[last] + place - self._said[last]
