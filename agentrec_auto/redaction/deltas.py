"""A secret that a model streams piece by piece: no event holds it, and all of them together do.

No dialect is needed for this. All string fields of one name, in all events, make a channel, and each is a
piece of it. Channels that are interleaved are kept apart by the field's number among those of its name in an
event, and by the indices that the event has (choice, tool call, content block). All pieces of a name are also
looked at together, because a model may go on in another part or another item.

    {"choices":[{"index":0,"delta":{"content":"sk-"}}]}         content, first, (0)
    {"choices":[{"index":0,"delta":{"content":"proj"}}]}        content, first, (0)
    {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"k"}}
                                                                partial_json, first, (1)

What is found in a channel is cut out of its pieces: the placeholder sits in the first of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain

from agentrec_auto.redaction.documents import in_text
from agentrec_auto.redaction.edits import Edit
from agentrec_auto.redaction.events import Span
from agentrec_auto.redaction.finder import Finder
from agentrec_auto.redaction.literals import literals, spelled

_NEVER_PIECES = (
    "id|object|model|type|role|event|event_type|status|created_at|item_id|response_id|responseId|message_id|"
    "modelVersion|system_fingerprint|service_tier|finish_reason|finishReason|stop_reason|obfuscation"
)
_STRING = r'"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)'
_NAME = "[A-Za-z0-9_-]+"
_OPENS_FIELD = (
    rf'"(?={_NAME}"\s*:\s*")'  # first, because most quotes are something else: it halves the time
    rf'(?!(?:{_NEVER_PIECES})")({_NAME})"\s*:\s*'
)
FIELD = re.compile(_OPENS_FIELD + _STRING)
OPENS_PIECE = re.compile(_OPENS_FIELD + '"')
_ELEMENT = re.compile(rf"([\[,])\s*{_STRING}(?=\s*[,\]])")
INDEX = re.compile(r'"(?:index|output_index|content_index|summary_index|contentBlockIndex)"\s*:\s*(\d+)')
ANY_INDEX = re.compile(r'ndex"\s*:\s*(\d+)')  # begins with a letter that is rarer than a quote


def in_events(text: str, events: Sequence[Span], finder: Finder) -> list[Edit]:
    """What is to be replaced in the events of a stream, beside what one event alone gives away."""
    edits: list[Edit] = []
    for pieces in _channels(text, events):
        if len(pieces) > 1:
            edits += _in_channel(text, pieces, finder)
    return edits


def _channels(text: str, events: Sequence[Span]) -> Iterator[list[Span]]:
    """The pieces of each channel, and of all channels of a name together."""
    has_indices = not {"0"}.issuperset(ANY_INDEX.findall(text))
    for pattern in (FIELD, _ELEMENT) if '["' in text else (FIELD,):
        by_name: dict[str, dict[tuple[str, ...], list[Span]]] = {}
        number, end = -1, -1
        indices: tuple[str, ...] = ()
        seen: dict[str, int] = {}
        for piece in pattern.finditer(text):
            while piece.start() >= end and number + 1 < len(events):
                number += 1
                start, end = events[number]
                indices = tuple(INDEX.findall(text, start, end)) if has_indices else ()
                seen.clear()
            name = piece[1]
            nth = seen[name] = seen.get(name, 0) + 1
            by_name.setdefault(name, {}).setdefault((str(nth), *indices), []).append(piece.span(2))
        for channels in by_name.values():
            yield from channels.values()
            if len(channels) > 1:
                yield sorted(chain.from_iterable(channels.values()))


def _in_channel(text: str, pieces: Sequence[Span], finder: Finder) -> Iterator[Edit]:
    said = [text[start:end] for start, end in pieces]
    whole = "".join(said)
    near = finder.narrowed(whole)
    if near is None or said.count(said[0]) == len(said):  # one value again and again is no text
        return
    quoted = f'"{whole}"'
    literal = next(literals(quoted))
    ends = list(accumulate(map(len, said)))
    for edit in spelled(quoted, literal, in_text(literal.value, near)):
        yield from _cut(edit.shifted(-1), pieces, ends)


def _cut(edit: Edit, pieces: Sequence[Span], ends: Sequence[int]) -> Iterator[Edit]:
    """An edit of a channel as edits of its pieces in the text."""
    instead = edit.text
    for at in range(bisect_right(ends, edit.start), len(pieces)):
        start, end = pieces[at]
        joined_start = ends[at] - (end - start)
        if joined_start >= edit.end:
            break
        if start < end:
            yield Edit(start + max(0, edit.start - joined_start), end - max(0, ends[at] - edit.end), instead)
            instead = ""
