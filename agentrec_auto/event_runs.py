"""Runs of events that differ in one piece of text, found before anything is parsed.

A model's answer comes as hundreds of events in one and the same envelope:

    data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}
    data: {"id":"c","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}

A dialect that appends the pieces may as well read one event with ``Hello``: that takes a fifth of the time.
And whoever looks for secrets need look at the envelope only once. Each passes a pattern that says where an
event may have such a piece.
"""

from __future__ import annotations

import re
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple

from agentrec_auto.compiled import loads

_REST = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*(?=")')
"""The rest of a JSON string, from inside of it up to its closing quote."""

_PADDING = {
    ',"obfuscation":"': re.compile(r'(,"obfuscation":"\w*")', re.ASCII),
    ', "obfuscation": "': re.compile(r'(, "obfuscation": "\w*")', re.ASCII),
    '"sequence_number":': re.compile(r'("sequence_number":\s?\d+,\s?)'),
    '"created_at":"': re.compile(r'("created_at":"[\w:.+-]*",)'),
}
"""Members that OpenAI and Ollama put into each envelope, different each time, that nothing reads: how one
begins → all of it. None is matched inside a string, where quotes are escaped."""

_FEW = 8
"""Events that are looked at first for a run; where it goes on, eight times as many."""

_TRIED = 16
"""After so many events in a row with envelopes of their own, a stream is taken to have no runs."""


class Run(NamedTuple):
    """Consecutive events that are the same before and behind a piece of text."""

    before: str
    pieces: list[str]
    """As JSON has them: the insides of strings."""

    behind: str

    def as_one(self) -> str:
        """One event, with all the pieces."""
        return "".join([self.before, *self.pieces, self.behind])


def without_padding(text: str) -> tuple[str, list[str]]:
    """A stream without its `_PADDING`, and that padding."""
    found: list[str] = []
    for beginning, pattern in _PADDING.items():
        if beginning in text:
            parts = pattern.split(text)
            text = "".join(parts[::2])
            found += parts[1::2]
    return text, found


def laid_together(events: list[str], piece: re.Pattern[str]) -> list[str]:
    """The same events, each run of them as one event."""
    return [one if isinstance(one, str) else one.as_one() for one in in_runs(events, piece)]


def in_runs(events: list[str], piece: re.Pattern[str]) -> list[str | Run]:
    """The events in order, those that differ in their piece only gathered into runs.

    ``piece`` matches an event up to the quote that opens its piece. An event in which it matches twice, or
    whose JSON is malformed around the piece, stands alone.
    """
    found: list[str | Run] = []
    begun, misses = 0, 0
    while begun < len(events):
        event = events[begun]
        if misses == _TRIED or (place := _place(event, piece)) is None:
            found.append(event)
            begun += 1
            continue
        before, behind = event[: place[0]], event[place[1] :]
        alike = _alike(events, begun, before, behind)
        misses = misses + 1 if len(alike) == 1 else 0
        found += _run(alike, before, behind)
        begun += len(alike)
    return found


def _alike(events: list[str], begun: int, before: str, behind: str) -> list[str]:
    """The events from ``begun`` on that have these two around them, up to the first that hasn't.

    Looked at many at once, by functions in C: one by one would take three times as long.
    """
    many = _FEW
    while True:
        some = events[begun : begun + many]
        begins = list(map(str.startswith, some, repeat(before)))
        ends = list(map(str.endswith, some, repeat(behind)))
        others = [found.index(False) for found in (begins, ends) if False in found]
        if others:
            return some[: min(others)]
        if begun + many >= len(events):
            return some
        many *= 8


def _place(event: str, piece: re.Pattern[str]) -> tuple[int, int] | None:
    """Where an event's one piece begins and ends."""
    head = piece.search(event)
    rest = _REST.match(event, head.end()) if head is not None else None
    if rest is None or piece.search(event, rest.end()) is not None:
        return None
    return rest.span()


def _run(events: list[str], before: str, behind: str) -> list[str] | list[Run]:
    """Events as a run, or as they are where what differs is more than the inside of a string."""
    if len(events) < 2:
        return events
    start, end = len(before), len(behind)
    pieces = list(map(itemgetter(slice(start, -end)), events))
    # Envelope and end of a short event may overlap.
    if sum(map(len, pieces)) + len(events) * (start + end) != sum(map(len, events)):
        return events
    return [Run(before, pieces, behind)] if _are_strings(pieces) else events


def _are_strings(pieces: list[str]) -> bool:
    """Whether each piece is the inside of a JSON string."""
    text = "".join(pieces)
    if '"' not in text and "\\" not in text and text.isprintable():
        return True
    listed = '","'.join(pieces)
    if '\\","' in listed and any(map(_escapes_what_follows, pieces)):
        return False
    try:  # a list of as many strings, where each piece is the inside of one
        strings = loads(f'["{listed}"]')
    except (ValueError, RecursionError):
        return False
    return len(strings) == len(pieces) and all(type(one) is str for one in strings)


def _escapes_what_follows(piece: str) -> bool:
    """Whether it ends in a backslash that no other one escapes."""
    return piece.endswith("\\") and (len(piece) - len(piece.rstrip("\\"))) % 2 == 1
