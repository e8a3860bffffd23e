"""Whether a stream holds no secret, answered at a fraction of what it takes to look for one.

The events of a stream are much alike. Most differ in a piece of text only, and what is around that is looked
at once (`agentrec_auto.event_runs`); others begin alike, and that beginning is looked at once. Asked
of what is left, and of the texts that the pieces make together, is only whether a secret *may* be there. If
it may, the caller searches the stream itself.

    data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Good"}}]}
    data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":" day"}}]}
    ╰────────────────── looked at once ───────────────────╯╰ together ╯╰╴once╶╯

Nothing is missed so: no literal that gives a secret away has a quote in it, and so each is whole in what is
around the pieces, in a piece, or in the pieces put together.
"""

from __future__ import annotations

import re
from os.path import commonprefix

from agentrec_auto.event_runs import in_runs, without_padding
from agentrec_auto.redaction.deltas import ANY_INDEX, FIELD, INDEX, OPENS_PIECE
from agentrec_auto.redaction.finder import Finder

Channel = tuple[str, tuple[str, ...]]
"""The name of the pieces of a text, and the indices under which they stand; none for all of the name."""

_FIRST = frozenset({"0"})
_ALL_FIRST = ("0",)
"""Indices that are all 0, however many."""

_SHORTEST = 24
"""Characters that a common beginning must have for it to pay."""

_FEWEST = 8
"""Lines that a stream must have for it to pay."""

_OVERLAP = 4096


def is_clean(text: str, finder: Finder) -> bool:
    """True only if a stream surely holds nothing to be redacted; False says nothing."""
    if text.count("\n") < _FEWEST or text.lstrip()[:1] == "[":
        return False
    return Look(finder).is_clean(text)


def overlap(finder: Finder) -> int:
    """How many characters of one text are looked at again with the next: more than whatever gives a secret
    away is long. The values that the finder knows by heart may be of any length."""
    return max([_OVERLAP, *(2 * len(value.value) for value in (*finder.named, *finder.known))])


class Look:
    """A stream looked at as it comes: in several texts, each of whole lines."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._overlap = overlap(finder)
        self._said: dict[Channel, str] = {}
        """The end of what each channel said in the texts before."""

        self._has_indices = False
        """Whether there was an index other than 0: several texts are then streamed at the same time."""

    def is_clean(self, text: str) -> bool:
        """True only if the next text, together with those before, surely holds nothing to be redacted."""
        text, padding = without_padding(text)
        between = "\n\n" if "\n\n" in text else "\n"
        events, pieces = [], padding
        for one in in_runs(text.split(between), OPENS_PIECE):
            if isinstance(one, str):
                events.append(one)
            else:
                events.append(one.as_one())
                pieces += one.pieces
        if pieces and self._finder.narrowed('"' + '"\n"'.join(pieces) + '"', repeats=True) is not None:
            return False
        return self._is_clean(between.join(events), between)

    def _is_clean(self, text: str, between: str) -> bool:
        beginning = _beginning(text, between)
        rest = text.replace(beginning, "") if beginning else text
        brief = f"{beginning}\n{rest}"
        if not _is_plain(brief) or self._finder.narrowed(brief, repeats=True) is not None:
            return False
        if not self._has_indices and not _FIRST.issuperset(ANY_INDEX.findall(brief)):
            self._has_indices = True
            self._said |= {(name, _ALL_FIRST): said for (name, _), said in self._said.items()}
        channels = _indexed(text.split(between)) if self._has_indices else _channels(rest, between)
        return channels is not None and all(map(self._is_clean_channel, channels.items()))

    def _is_clean_channel(self, channel: tuple[Channel, list[str]]) -> bool:
        name, pieces = channel
        said = self._said.get(name, "") + "".join(pieces)
        self._said[name] = said[-self._overlap :]
        return self._finder.narrowed(f'"{said}"') is None


def _is_plain(text: str) -> bool:
    """Whether it is a stream of one event a line (or block) whose texts are all in named fields."""
    if "\n " in text or "\n\t" in text or "\0" in text:
        return False
    # Pieces in a list have no name; log-probabilities say a text once more, token by token.
    return not ('["' in text or ('"token"' in text and '"logprobs"' in text))


def _beginning(text: str, between: str) -> str:
    """What two events from the middle both begin with, cut to whole members none of which may be a piece.
    Empty where that isn't worth while."""
    middle = text.find(between, len(text) // 2) + len(between)
    second = text.find(between, middle) + len(between)
    third = text.find(between, second)
    if not len(between) <= middle < second < third:
        return ""
    same = commonprefix([text[middle:second], text[second:third]])  # noqa: RUF071 - of texts, no paths
    # Inside a string, a quote has a backslash before it: here a member begins, or an object.
    same = same[: max(same.rfind(opening) + len(opening) - 1 for opening in (',"', ', "', '{"'))]
    if (piece := FIELD.search(same)) is not None:
        same = same[: piece.start()]
    return same if len(same) >= _SHORTEST else ""


def _channels(text: str, between: str) -> dict[Channel, list[str]] | None:
    """The pieces of each name, in order; None where an event has two of a name."""
    channels: dict[Channel, list[str]] = {}
    seen: set[str] = set()
    for name, piece in _FIELDS_AND[between].findall(text):
        if not name:  # the next event begins
            seen.clear()
        elif name in seen:
            return None
        else:
            seen.add(name)
            channels.setdefault((name, ()), []).append(piece)
    return channels


def _indexed(events: list[str]) -> dict[Channel, list[str]] | None:
    """The same, and besides the pieces of each name under each index by itself."""
    channels: dict[Channel, list[str]] = {}
    for event in events:
        found = FIELD.findall(event)
        if len({name for name, _ in found}) < len(found):
            return None
        indices = tuple(INDEX.findall(event))
        for name, piece in found:
            channels.setdefault((name, ()), []).append(piece)
            if indices:
                under = _ALL_FIRST if _FIRST.issuperset(indices) else indices
                channels.setdefault((name, under), []).append(piece)
    return channels


_FIELDS_AND = {between: re.compile(f"{FIELD.pattern}|{between}") for between in ("\n", "\n\n")}
"""Matches a piece, or what is between events."""
