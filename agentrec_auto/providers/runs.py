"""Runs of events that differ in one piece of text are laid together before anything is parsed.

A model's answer comes as hundreds of events in one and the same envelope:

    data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}
    data: {"id":"c","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}

To a dialect that appends the pieces it is all the same to read one event with ``Hello``, which takes a fifth
of the time. A dialect says by a pattern (`Dialect.piece`) where an event may have such a piece.
"""

from __future__ import annotations

import re

from agentrec_auto.compiled import loads

_REST = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*(?=")')
"""The inside of a JSON string from where one is, up to its closing quote."""

_PADDING = re.compile(r',\s?"obfuscation":\s?"\w*"|"sequence_number":\s?\d+,\s?')
"""What OpenAI puts into an envelope so that no two are alike; nothing reads it. Within a string, quotes are
escaped: there is no such text in one."""

_NONE = "\0"
"""How no event begins: nothing before it is its envelope."""

_TRIED = 16
"""Events in envelopes of their own, one after the other, from which on a stream is taken to have no runs."""


def laid_together(events: list[str], piece: re.Pattern[str]) -> list[str]:
    """The same events, with each run of those that differ in their piece only as one.

    ``piece`` matches an event up to the quote that opens its piece. Of an event in which it matches twice, or
    whose JSON is malformed around the piece, nothing is changed.
    """
    if any('"obfuscation"' in event or '"sequence_number"' in event for event in events[1:4]):
        events = [_PADDING.sub("", event) for event in events]
    found: list[str] = []
    before, behind, begun, misses = _NONE, "", 0, 0
    for place, event in enumerate(events):
        if event.startswith(before) and event.endswith(behind):
            continue
        if before is not _NONE:
            found += _joined(events[begun:place], len(before), len(behind))
            misses = misses + 1 if place - begun == 1 else 0
            before = _NONE
        if misses < _TRIED and (at := _place(event, piece)) is not None:
            before, behind, begun = event[: at[0]], event[at[1] :], place
        else:
            found.append(event)
    return found if before is _NONE else found + _joined(events[begun:], len(before), len(behind))


def _place(event: str, piece: re.Pattern[str]) -> tuple[int, int] | None:
    """Where an event's one piece begins and ends."""
    head = piece.search(event)
    rest = _REST.match(event, head.end()) if head is not None else None
    if rest is None or piece.search(event, rest.end()) is not None:
        return None
    return rest.span()


def _joined(run: list[str], before: int, behind: int) -> list[str]:
    """A run as one event, or as it is where what differs is more than the inside of a string."""
    if len(run) < 2:
        return run
    pieces = [event[before:-behind] for event in run]
    told = '","'.join(pieces)
    try:  # so many strings, and nothing beside them, where each piece is the inside of one
        strings = [] if '\\","' in told and any(map(_escapes_what_follows, pieces)) else loads(f'["{told}"]')
        is_clean = len(strings) == len(run) and all(type(one) is str for one in strings)
    except (ValueError, RecursionError):
        is_clean = False
    text = "".join(pieces)
    # Envelope and end of a short event may overlap.
    if not is_clean or len(text) + len(run) * (before + behind) != sum(map(len, run)):
        return run
    return [f"{run[0][:before]}{text}{run[0][-behind:]}"]


def _escapes_what_follows(piece: str) -> bool:
    """Whether it ends in a backslash that no other one escapes."""
    return piece.endswith("\\") and (len(piece) - len(piece.rstrip("\\"))) % 2 == 1
