"""The documents that a body is made of: the events of a stream, the lines of NDJSON, or just the one."""

from __future__ import annotations

import re
from json import JSONDecoder

from agentrec_auto.redaction.documents import is_json

Span = tuple[int, int]

_OPENS_ARRAY = re.compile(r"\s*\[")
_BETWEEN = re.compile(r"[\s,]*")
_decoder = JSONDecoder()


def documents(text: str) -> list[Span]:
    """The JSON documents of a body; what is between them is none.

    A body that was cut off in the middle of its one document is that document.
    """
    if is_json(text):
        return [(0, len(text))]
    spans = lines(text)
    if spans and not text[: spans[0][0]].strip() and not is_json(text[slice(*spans[0])]):
        return [(0, len(text))]
    return spans


def lines(text: str) -> list[Span]:
    """The lines that look like JSON, without the ``data:`` that server-sent events put before it."""
    spans, at = [], 0
    for line in text.replace("\r", "\n").split("\n"):
        end = at + len(line)
        if line.startswith("data:"):
            start = at + (6 if line.startswith(" ", 5) else 5)
            if text.startswith(("{", "["), start, end):
                spans.append((start, end))
        elif line.startswith(("{", "[")):
            spans.append((at, end))
        at = end + 1
    return spans


def events(text: str) -> list[Span]:
    """What a stream is made of: its lines, or the elements of the array that Gemini streams without SSE."""
    opening = _OPENS_ARRAY.match(text)
    if opening is None:
        return lines(text)
    spans, at = [], opening.end()
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # matches nothing, too
        try:
            _, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            spans.append((at, len(text)))  # the end of the array, or where it was cut off
            return spans
        spans.append((at, end))
        at = end
