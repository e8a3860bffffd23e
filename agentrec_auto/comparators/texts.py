"""An answer in words, and when two are the same but for their dress."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from agentrec_auto.comparators.base import Side
from agentrec_auto.comparators.differing import leaves

_REMEMBERED = 100_000
"""Characters of a text that is remembered; of longer ones eight would be too much."""


def words(side: Side) -> str:
    """All that an answer says: its text, or why there is none, and a line for each tool it calls.

    Without the calls two answers that only call tools would be equal, for both have no text.
    """
    if not side.tool_calls and (side.text or not side.refusal):
        return side.text
    calls = (f"{call.name}({arguments(call.arguments)})" for call in side.tool_calls)
    return "\n".join((side.text or side.refusal or "", *calls)).strip("\n")


def arguments(told: Any) -> str:
    """A call's arguments in one spelling, however deep they are."""
    if isinstance(told, str):
        return told
    try:
        return json.dumps(told, sort_keys=True, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return "\n".join(f"{where}={value!r}" for where, value in leaves(told))


def normalised(text: str) -> str:
    """The text with each run of whitespace one space, none at the ends, and without case."""
    return _plain(text) if len(text) > _REMEMBERED else _remembered(text)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


_remembered = lru_cache(maxsize=8)(_plain)  # several comparators look at one pair, one after the other
