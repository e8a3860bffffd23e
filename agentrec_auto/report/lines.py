"""The rows of a study as people read them: a line a question, the targets side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from agentrec_auto.comparators.base import ComparisonResult, Side
from agentrec_auto.migration.rows import RowResult, Study

Outcome = Literal["holds", "breaks", "unjudged", "skipped", "error"]
"""What a prompt comes to with a target. ``holds``: every comparator that decides passed; ``breaks``: one
failed; ``unjudged``: both answers are there, and no verdict (a comparator failed, or only measures)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question, and its row with each target; None where a target's run did not come so far."""

    number: int
    rows: tuple[RowResult | None, ...]

    @property
    def first(self) -> RowResult:
        """The row that knows the question best: one with a baseline answer, if any has."""
        there = [row for row in self.rows if row is not None]
        return next((row for row in there if row.status != "skipped"), there[0])


def lines(study: Study) -> Iterator[Line]:
    """The questions in the order of the first report, then those only a later one has."""
    if len(study.reports) == 1:
        for number, row in enumerate(study.first.rows, 1):
            yield Line(number, (row,))
        return
    held = [{_identity(row): row for row in report.rows} for report in study.reports]
    order = dict.fromkeys(identity for rows in held for identity in rows)
    for number, identity in enumerate(order, 1):
        yield Line(number, tuple(rows.get(identity) for rows in held))


def _identity(row: RowResult) -> tuple[str, str]:
    return row.semantic_key, row.baseline_id


def deciding(comparators: Sequence[str]) -> tuple[str, ...]:
    """The comparators that decide whether a prompt holds: all, but ``exact`` only where it is alone.

    Two good answers are rarely the same words, so beside another comparator ``exact`` says how much changed,
    not how much broke.
    """
    others = tuple(name for name in comparators if name != "exact")
    return others or tuple(comparators)


def outcome(row: RowResult, judges: Sequence[str]) -> Outcome:
    """What became of a row, by the comparators named in ``judges``."""
    if row.status == "skipped":
        return "skipped"
    if row.status != "ok":
        return "error"
    said = [result for result in row.comparisons if result.comparator in judges]
    if any(result.passed is False and not result.error for result in said):
        return "breaks"
    if any(result.error for result in said) or not any(result.passed for result in said):
        return "unjudged"
    return "holds"


def changed(row: RowResult) -> bool:
    """Whether the target says other words, or calls other tools; False without two answers."""
    if row.status != "ok":
        return False
    if row.differs:
        return True
    baseline, target = row.baseline, row.target
    if baseline is None or target is None or not (baseline.tool_calls or target.tool_calls):
        return False
    return _calls(baseline) != _calls(target)


def said(text: str, side: Side | None) -> str:
    """All that an answer is: its text, what it refuses, the tools it calls."""
    if side is None or not (side.refusal or side.tool_calls):
        return text
    calls = (f"{call.name}({call.arguments})" for call in side.tool_calls)
    return "\n".join(filter(None, (text, side.refusal, *calls)))


def _calls(side: Side) -> list[tuple[str, object]]:
    return [(call.name, call.arguments) for call in side.tool_calls]


def results(row: RowResult) -> dict[str, ComparisonResult]:
    """What each comparator said of a row."""
    return {result.comparator: result for result in row.comparisons}
