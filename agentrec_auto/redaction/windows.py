"""A long body that holds no secret, told so a window at a time: it is never in memory a second time.

As everywhere, "clean" is said only where it is sure; any other body is joined and searched.

A `Watch` is told of a body as it passes, and of each beginning of it says whether *that*, were it the whole
body, has nothing to be found. What it says is final: a window is clean by itself and together with the end
of the text before, which reaches back further than whatever gives a secret away. There are two proofs:

* Of a **document**: no text has anything near a secret. That will do as long as fewer than two lines open
  JSON, for then nothing is said in pieces.
* Of a **stream**: as `repeats.Look` tells it, of texts of whole lines, where a channel goes on in the next.

A body is taken for a document until its second line of JSON; then all there was is looked at once more, as a
stream. What was held to be clean before still is: a document up to there.

So a beginning that is clean may be written to a disk (`agentrec_auto.spool`) before the rest has come. Yet
what ends it may be the first piece of a secret, too little to be known as one. Hence `Watch.free` lags behind
what is proven: by the overlap at least, so that nothing goes of a secret in one text; and by a megabyte, so
that nothing goes of one said in pieces unless they are further apart than that. Of such a one go some
pieces, never the whole: with the one that gives it away, the body isn't clean.
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
"""Bytes from which on a body is looked at in this way."""

_WINDOW = spool.WINDOW
_BEHIND = 1 << 20
_LONGEST_LINE = 1 << 22

_LONGEST_OPENING = len(b"\ndata: {")
_OPENS_LINE = {end: re.compile(end + rb"(?:data: ?)?[{\[]") for end in (b"\n", b"\r")}
"""Where a line of JSON begins: a body with several is a stream. One for each end of a line, because a pattern
that begins with a letter is searched for in a tenth of the time."""

_IN_PARTS = ("application/x-www-form-urlencoded", "multipart/", "application/vnd.amazon.eventstream")


def is_clean(chunks: Sequence[bytes], content_type: str, rules: Rules) -> bool:
    """Whether the body in these chunks has nothing to be found, for sure; False says nothing."""
    watch = watching(content_type, rules)
    return watch is not None and all(map(watch.sees, gathered(chunks, _WINDOW))) and watch.ends()


def watching(content_type: str, rules: Rules) -> Watch | None:
    """A watch over a decoded body; None where nothing could be told of it before it is whole."""
    if rules.paths or rules.finder.patterns or content_type.lower().startswith(_IN_PARTS):
        return None
    return Watch(rules)


class Watch:
    """Sees a body pass, window by window; once it isn't clean for sure, it never is again."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._finder = rules.finder
        self._overlap = overlap(rules.finder)
        self._before = b"\n"
        """The end of the text before."""

        self._seen = 0
        self._proven = 0
        self._opened = 0
        self._look: Look | None = None
        """At the body as a stream; None while it is a document."""

        self._unlooked: list[bytes] = []
        """What no look was had at: whole windows of a document, the line that has begun of a stream."""

        self._unlooked_size = 0
        self._is_clean = True
        self._is_cut = False

    @property
    def free(self) -> int:
        """Bytes, from the first on, that may be written to a disk, whatever comes behind them."""
        return self._proven - max(_BEHIND, self._overlap)

    def sees(self, window: bytes) -> bool:
        """Whether the body is clean, for sure, up to and including this window; of a stream, up to the
        line that goes on behind it."""
        if self._is_clean:
            self._is_clean = not self._is_cut and self._goes_on(window)
        return self._is_clean

    def ends(self) -> bool:
        """Whether all of the body is clean, for sure. More may be seen of it afterwards."""
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
        """Whether the next lines of a stream are clean, also where they follow those before."""
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
    """How many lines of JSON begin in ``data``, and not before the byte ``behind``."""
    return sum(
        found.end() > behind
        for end, opens_line in _OPENS_LINE.items()
        if end in data
        for found in opens_line.finditer(data)
    )
