"""Secrets in a text that may be JSON: in each string of it, and in the JSON that a string may be in turn.

A model's tool calls are JSON in a string of JSON, and what a tool answers often is once more.
"""

from __future__ import annotations

import json
import re

from agentrec_auto.redaction import fields
from agentrec_auto.redaction.edits import Edit, merged
from agentrec_auto.redaction.finder import Finder
from agentrec_auto.redaction.literals import Literal, literals, spelled

DEPTH = 5
"""How many levels of JSON in a string of JSON are parsed; what is deeper is searched as it is spelled."""

_SHORT = 64
_OPENS = re.compile(r"\s*[{\[]")


def in_text(text: str, finder: Finder, depth: int = DEPTH) -> list[Edit]:
    """What is to be replaced in a decoded text: prose, a JSON document, or something in between."""
    if depth and _OPENS.match(text):
        return _in_json(text, finder, depth)
    return merged(_in_prose(text, finder))


def is_json(text: str) -> bool:
    """Whether a text is one JSON document, not nested beyond all measure."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _in_prose(text: str, finder: Finder) -> list[Edit]:
    return [*(fields.in_prose(text) if finder.fields else ()), *finder.find(text)]


def _in_json(text: str, finder: Finder, depth: int) -> list[Edit]:
    edits: list[Edit] = []
    short: dict[str, list[Edit]] = {"": []}  # what was found in short strings: most come again and again
    name, value_at = "", -1
    for literal in literals(text):
        value = literal.value
        if literal.start - 1 == value_at and finder.fields and _is_hidden(name, literal, text):
            edits.append(Edit(literal.start, literal.end, fields.PLACEHOLDER))
        else:
            found = short.get(value)
            if found is None:
                found = in_text(value, finder, depth - 1)
                if len(value) <= _SHORT:
                    short[value] = found
            if found:
                edits += spelled(text, literal, found)
        name, value_at = value, literal.follows
    if not is_json(text):  # cut off, or only looks like it: then secrets may be outside of its strings
        edits += _in_prose(text, finder)
    return merged(edits)


def _is_hidden(name: str, literal: Literal, text: str) -> bool:
    return fields.hides(name, literal.value, behind=text[literal.end : literal.end + 24])
