"""The string literals of a JSON text: where they are, what they say, and how an edit of that is spelled.

Reads on past mistakes, because bodies are cut off: a literal without an end goes to the end of the text.
Linear in the length of the text, whatever is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from json.encoder import encode_basestring_ascii
from typing import NamedTuple

from agentrec_auto.redaction.edits import Edit, Places

_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_END = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)", re.DOTALL
)


class Literal(NamedTuple):
    """One string literal."""

    start: int
    end: int
    """From the first character behind the opening quote to the closing one."""

    value: str
    """Its text, escapes undone; as it is spelled, if an escape in it is malformed."""

    follows: int
    """If it is a key: where its value begins. Else -1."""


def literals(text: str) -> Iterator[Literal]:
    """The literals of a JSON text, keys too, in order."""
    at = text.find('"')
    while at >= 0:
        start = at + 1
        end = min(_END.match(text, start).end(), len(text))  # type: ignore[union-attr]  # matches nothing, too
        raw, behind = text[start:end], end + 1
        colon = _COLON.match(text, behind) if behind < len(text) else None
        yield Literal(start, end, _said(raw) if "\\" in raw else raw, colon.end() if colon else -1)
        at = text.find('"', behind)


def _said(raw: str) -> str:
    try:
        # Of the literal alone: an error counts the lines before it, and there may be very many of both.
        return str(scanstring(f'{raw}"', 0, False)[0])
    except ValueError:
        return raw


def spelled(text: str, literal: Literal, edits: Iterable[Edit]) -> Iterator[Edit]:
    """Edits of what a literal says, as edits of the text it is in."""
    raw = text[literal.start : literal.end]
    has_escapes = len(raw) != len(literal.value)
    places = Places(escape.span() for escape in _ESCAPE.finditer(raw)) if has_escapes else Places(())
    yield from places.spelled((Edit(*edit[:2], escaped(edit.text)) for edit in edits), at=literal.start)


def escaped(text: str) -> str:
    """A text as it is spelled inside a JSON literal."""
    is_plain = text.isprintable() and '"' not in text and "\\" not in text
    return text if is_plain else encode_basestring_ascii(text)[1:-1]
