"""Whether a long body holds no secret, decided window by window, so that it is never copied whole.

As everywhere, "clean" means surely clean; any other body is joined and searched.

A `Watch` sees a body pass, and says of what has passed whether *that*, were it the whole body, holds nothing
to be redacted. A yes is final: each window is clean by itself and together with the end of the text before
it, and that end is longer than whatever gives a secret away. There are two proofs:

* For a **document**: no window has anything near a secret. This is enough as long as fewer than two lines
  open JSON, because then no text is sent in pieces.
* For a **stream**: what `repeats.Look` says of it, given texts of whole lines one after the other.

A body is taken for a document until its second line of JSON; then all that passed is looked at again, as a
stream. What was clean before stays so, for up to there the body was a document.

So a clean beginning may be written to a disk (`agentrec_auto.spool`) before the rest has come. But it may end
in the first piece of a secret, too short to be known as one. Hence `Watch.free` lags behind what is proven:
by the overlap at least, so that no part of a secret in one text is written; and by a megabyte, so that no
part of a secret sent in pieces is written, unless these are further apart than that. Then some of the pieces
are written, but never all: once the piece comes that gives the secret away, the body isn't clean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentrec_auto import spool
from agentrec_auto.gathering import gathered
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.edits import text_of
from agentrec_auto.redaction.repeats import Look, overlap

LONG = spool.LONG
"""Bytes of a body from which on it is decided in this way."""

_WINDOW = spool.WINDOW
_BEHIND = 1 << 20
_LONGEST_LINE = 1 << 22

_LONGEST_OPENING = len(b"\ndata: {")
_OPENS_LINE = {end: re.compile(end + rb"(?:data: ?)?[{\[]") for end in (b"\n", b"\r")}
"""Where a line of JSON begins: a body with several is a stream. One pattern for each line end, because
a pattern that begins with a literal is searched for in a tenth of the time."""

_IN_PARTS = ("application/x-www-form-urlencoded", "multipart/", "application/vnd.amazon.eventstream")


def is_clean(chunks: Sequence[bytes], content_type: str, rules: Rules) -> bool:
    """True only if the body in these chunks surely holds nothing to be redacted; False says nothing."""
    watch = watching(content_type, rules)
    return watch is not None and all(map(watch.sees, gathered(chunks, _WINDOW))) and watch.ends()


def watching(content_type: str, rules: Rules) -> Watch | None:
    """A watch over a decoded body; None if nothing can be said of it before it is whole."""
    if rules.paths or rules.finder.patterns or content_type.lower().startswith(_IN_PARTS):
        return None
    return Watch(rules)


class Watch:
    """Sees a body pass, window by window; once it isn't surely clean, it never is again."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._finder = rules.finder
        self._overlap = overlap(rules.finder)
        self._before = b"\n"
        """The end of what passed before, as long as the overlap."""

        self._seen = 0
        self._proven = 0
        self._opened = 0
        self._look: Look | None = None
        """The look at the body as a stream; None while it is taken for a document."""

        self._unlooked: list[bytes] = []
        """What has not been given to `_look`: all windows so far of a document (dropped once they are longer
        than a line may be), or of a stream the line that has begun."""

        self._unlooked_size = 0
        self._is_clean = True
        self._is_cut = False

    @property
    def free(self) -> int:
        """How many of the first bytes may be written to a disk, whatever comes after them."""
        return self._proven - max(_BEHIND, self._overlap)

    def sees(self, window: bytes) -> bool:
        """Whether the body is surely clean up to the end of this window; if it is a stream, up to the line
        that goes on in the next window."""
        if self._is_clean:
            self._is_clean = not self._is_cut and self._goes_on(window)
        return self._is_clean

    def ends(self) -> bool:
        """Whether all of the body is surely clean. More of it may be seen afterwards."""
        if self._is_clean and self._look is not None and self._unlooked:
            self._is_clean = self._looks(self._look, b"".join(self._unlooked))
            self._is_cut = not self._before.endswith(b"\n")
            self._leave(b"")
        if self._is_clean:
            self._proven = self._seen
        return self._is_clean

    def _goes_on(self, window: bytes) -> bool:
        self._seen += len(window)
        if self._look is None:
            return self._in_document(window)
        return self._in_stream(window)

    def _in_document(self, window: bytes) -> bool:
        before = self._before
        raw = before + window
        text = text_of(raw)
        if not self._opened and text.lstrip()[:1] == "[":
            return False
        if self._finder.narrowed(text) is not None:
            return False
        if self._opened < 2:
            edge = max(0, len(before) - _LONGEST_OPENING + 1)
            self._opened += _openings(raw[edge:], len(before) - edge)
        self._before = raw[-self._overlap :]
        self._unlooked_size += len(window)
        if self._unlooked_size <= _LONGEST_LINE:
            self._unlooked.append(window)
        else:
            self._unlooked = []
        if self._opened < 2:
            self._proven = self._seen
            return True
        if not self._unlooked:  # a stream, and its beginning is gone
            return False
        self._look = Look(self._finder)
        passed, self._before = b"".join(self._unlooked), b""
        self._leave(b"")
        return self._in_stream(passed)

    def _in_stream(self, window: bytes) -> bool:
        look = self._look
        assert look is not None
        end = window.rfind(b"\n") + 1
        if end:
            text = b"".join([*self._unlooked, window[:end]])
            self._leave(window[end:])
            if not self._looks(look, text):
                return False
            self._proven = self._seen - self._unlooked_size
        else:
            self._unlooked.append(window)
            self._unlooked_size += len(window)
        return self._unlooked_size <= _LONGEST_LINE

    def _looks(self, look: Look, text: bytes) -> bool:
        """Whether the next lines of a stream are clean, also across the edge to those before them."""
        shared, before = self._overlap, self._before
        self._before = text[-shared:] if len(text) >= shared else (before + text)[-shared:]
        seam = text_of(before + text[:shared])
        if before and self._finder.narrowed(seam, repeats=True) is not None:
            return False
        return look.is_clean(text_of(text))

    def _leave(self, rest: bytes) -> None:
        self._unlooked = [rest] if rest else []
        self._unlooked_size = len(rest)


def _openings(data: bytes, behind: int) -> int:
    """How many lines of JSON begin in ``data`` after its first ``behind`` bytes."""
    return sum(
        found.end() > behind
        for end, opens_line in _OPENS_LINE.items()
        if end in data
        for found in opens_line.finditer(data)
    )
