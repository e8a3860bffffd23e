"""``toolcalls``: which tools two answers call, in which order, with which arguments.

    toolcalls               all of it
    toolcalls:names         whatever the arguments
    toolcalls:unordered     whatever the order: calls of one answer may run in parallel
    toolcalls:names+unordered

Ids of calls don't count, nor does the order of arguments; ``1`` is ``1.0``.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agentrec_auto.comparators.base import ComparisonResult, Pair, Scorer
from agentrec_auto.comparators.differing import likeness
from agentrec_auto.comparators.texts import arguments
from agentrec_auto.providers.conversation import ToolCall

MODES = ("names", "unordered")
_LISTED = 5
_SHOWN = 60


class ToolCallsComparator(Scorer):
    """Passes where both answers call the same tools alike. Two that call none do, too.

    The score is the calls' mean likeness: 0 for a call that only one side makes or that stands elsewhere,
    else the share of equal arguments.
    """

    def __init__(self, modes: Sequence[str] = ()) -> None:
        for mode in modes:
            if mode not in MODES:
                raise ValueError(f"unknown mode {mode!r} of toolcalls: expected {' or '.join(MODES)}")
        self.name = f"toolcalls:{'+'.join(modes)}" if modes else "toolcalls"
        self._names_only = "names" in modes
        self._ordered = "unordered" not in modes

    def score(self, pair: Pair) -> ComparisonResult:
        baseline, target = pair.baseline.tool_calls, pair.target.tool_calls
        if not baseline and not target:
            return ComparisonResult(self.name, 1.0, True, "neither answer calls a tool")
        matches = [self._measured(one) for one in _matched(baseline, target)]
        kept = _longest_in_order(matches) if self._ordered else matches
        told = list(_lonely(baseline, target, matches))
        told += [f"{one.baseline.name}: {one.detail}" for one in matches if one.detail]
        if len(kept) < len(matches):
            told.append(f"order: {_names(baseline)} → {_names(target)}")
        score = sum(one.score for one in kept) / max(len(baseline), len(target))
        if not told:
            return ComparisonResult(self.name, 1.0, True, f"the same: {_names(baseline)}")
        more = f"; and {len(told) - _LISTED:,} more" if len(told) > _LISTED else ""
        return ComparisonResult(self.name, score, False, "; ".join(told[:_LISTED]) + more)

    def _measured(self, found: _Match) -> _Match:
        if self._names_only or found.is_equal:
            return found
        old, new = _read(found.baseline.arguments), _read(found.target.arguments)
        shared = likeness(old, new)
        found.score, found.detail = shared.score, shared.detail()
        return found


@dataclass(slots=True)
class _Match:
    """A call of the baseline's and the target's that answers to it: same tool, and arguments if possible."""

    at: int
    there: int
    baseline: ToolCall
    target: ToolCall
    is_equal: bool
    score: float = 1.0
    detail: str = ""


def _matched(baseline: Sequence[ToolCall], target: Sequence[ToolCall]) -> list[_Match]:
    """Calls that are equal first, then those of one tool in their order; by place in the baseline."""
    equal = defaultdict[tuple[str, str], deque[int]](deque)
    for there, call in enumerate(target):
        equal[_identity(call)].append(there)
    taken: dict[int, int] = {}
    for at, call in enumerate(baseline):
        if waiting := equal.get(_identity(call)):
            taken[at] = waiting.popleft()
    same_tool = defaultdict[str, deque[int]](deque)
    used = set(taken.values())
    for there, call in enumerate(target):
        if there not in used:
            same_tool[call.name].append(there)
    found = []
    for at, call in enumerate(baseline):
        is_equal = at in taken
        place = taken.get(at)
        if place is None and (waiting := same_tool.get(call.name)):
            place = waiting.popleft()
        if place is not None:
            found.append(_Match(at, place, call, target[place], is_equal))
    return found


def _longest_in_order(matches: Sequence[_Match]) -> list[_Match]:
    """The most matches that stand in one order on both sides."""
    ends: list[int] = []
    lasts: list[int] = []
    before: list[int | None] = []
    for number, one in enumerate(matches):
        place = bisect_left(ends, one.there)
        before.append(lasts[place - 1] if place else None)
        ends[place : place + 1] = [one.there]
        lasts[place : place + 1] = [number]
    kept: list[_Match] = []
    last = lasts[-1] if lasts else None
    while last is not None:
        kept.append(matches[last])
        last = before[last]
    return kept[::-1]


def _lonely(
    baseline: Sequence[ToolCall], target: Sequence[ToolCall], matches: Sequence[_Match]
) -> Iterator[str]:
    here, there = {one.at for one in matches}, {one.there for one in matches}
    for at, call in enumerate(baseline):
        if at not in here:
            yield f"missing: {_spelled(call)}"
    for at, call in enumerate(target):
        if at not in there:
            yield f"extra: {_spelled(call)}"


def _identity(call: ToolCall) -> tuple[str, str]:
    return call.name, arguments(_read(call.arguments))


def _read(told: Any) -> Any:
    """Arguments as a document: of a call that some gateway gave as a string, too.

    A fence or words around them count: a program parses arguments as they are.
    """
    if not isinstance(told, str):
        return told
    try:
        return json.loads(told) if told.strip() else {}
    except (ValueError, RecursionError):
        return told


def _spelled(call: ToolCall) -> str:
    told = f"{call.name}({arguments(call.arguments)})"
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


def _names(calls: Sequence[ToolCall]) -> str:
    named = ", ".join(call.name[:_SHOWN] for call in calls[:_LISTED])
    return f"{named}, …" if len(calls) > _LISTED else named or "none"
