"""A long body that holds no secret, told so a window at a time: it is never in memory a second time.

As everywhere, "clean" is said only where it is sure; any other body is joined and searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agentrec_auto.gathering import gathered
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.edits import text_of
from agentrec_auto.redaction.repeats import Look, overlap

LONG = 1 << 21
"""Bytes from which on a body is looked at in this way."""

_WINDOW = 1 << 19
_LONGEST_LINE = 1 << 22

_OPENS_LINE = re.compile(r"[\r\n](?:data: ?)?[{\[]")
"""Where a line of JSON begins: a body with several is a stream."""

_IN_PARTS = ("application/x-www-form-urlencoded", "multipart/")


def is_clean(chunks: Sequence[bytes], content_type: str, rules: Rules) -> bool:
    """Whether the body in these chunks has nothing to be found, for sure; False says nothing."""
    if rules.paths or content_type.lower().startswith(_IN_PARTS):
        return False
    opened = 0
    for text in _windows(chunks, overlap(rules.finder)):
        if not opened and text.lstrip()[:1] == "[":
            return False
        if rules.finder.narrowed(text) is not None:
            return False
        opened += len(_OPENS_LINE.findall(text))
    return opened < 2 or _is_clean_stream(chunks, rules)


def _is_clean_stream(chunks: Sequence[bytes], rules: Rules) -> bool:
    look = Look(rules.finder)
    return all(text is not None and look.is_clean(text) for text in _lines(chunks))


def _windows(chunks: Sequence[bytes], shared: int) -> Iterator[str]:
    """The body in texts that have so many bytes in common; the first is behind a newline."""
    before = b"\n"
    for window in gathered(chunks, _WINDOW):
        text = before + window
        yield text_of(text)
        before = text[-shared:]


def _lines(chunks: Sequence[bytes]) -> Iterator[str | None]:
    """The body in texts of whole lines; None, and no more, where a line is too long for that."""
    rest = b""
    for window in gathered(chunks, _WINDOW):
        whole, newline, after = window.rpartition(b"\n")
        if newline:
            yield text_of(rest + whole + newline)
            rest = after
        else:
            rest += window
        if len(rest) > _LONGEST_LINE:
            yield None
            return
    yield text_of(rest)
