"""Counts the rows of a report, once through, into what a view shows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from agentrec_auto.comparators.base import ComparisonResult, Side
from agentrec_auto.migration.numbers import mcnemar, ratio_of, wilson
from agentrec_auto.migration.rows import UNCATEGORIZED, MigrationReport, RowResult, Study
from agentrec_auto.report.lines import changed, deciding, lines, outcome, results
from agentrec_auto.report.plain_json import finite
from agentrec_auto.report.view import (
    BINS,
    STEPS,
    CategoryView,
    ComparatorView,
    Dot,
    Group,
    PairedView,
    Rate,
    RatioView,
    TargetView,
    View,
)

_EACH = 400
"""Dots of a scatter that stand for one row each; more rows than that share dots."""

_EXAMPLES = 5
_UNKNOWN = Side()


def view_of(found: Study | MigrationReport | View) -> View:
    """A study, or the report of one target, ready to be shown; a view as it is."""
    if isinstance(found, View):
        return found
    study = found if isinstance(found, Study) else Study([found])
    names = tuple(dict.fromkeys(name for report in study.reports for name in report.comparator_names))
    judges = deciding(names)
    return View(
        study=study,
        targets=tuple(target_view(report, names, judges) for report in study.reports),
        paired=tuple(_paired(study, judges)),
        comparators=names,
        judges=judges,
        baseline_models=tuple(
            dict.fromkeys(model for report in study.reports for model in report.baseline_models)
        ),
        prompts=sum(1 for _ in lines(study)),
    )


def target_view(report: MigrationReport, names: Sequence[str], judges: Sequence[str]) -> TargetView:
    """What is said of one target."""
    whole, by_category, groups = _Tally(len(names)), dict[str, _Tally](), _Groups()
    agreement = {name: [0, 0] for name in names}
    measured: list[tuple[float, float, bool]] = []
    is_tagged = any(row.category for row in report.ok_rows)
    for row in report.rows:
        groups.add(row)
        for name, (passed, compared) in row.agreement.items():
            if name in agreement:
                agreement[name][0] += passed
                agreement[name][1] += compared
        if row.status != "ok":
            continue
        came_to, differs = outcome(row, judges), changed(row)
        said = results(row)
        parts = [whole]
        if is_tagged:
            parts.append(by_category.setdefault(row.category or UNCATEGORIZED, _Tally(len(names))))
        pairs, found = _pairs(row), [said.get(name) for name in names]
        for part in parts:
            part.add(pairs, came_to, differs, found)
        if (dot := _measured(row)) is not None:
            measured.append((*dot, came_to == "holds"))
    return TargetView(
        report=report,
        holds=whole.holds,
        compared=whole.rows,
        changed=whole.changed,
        unjudged=whole.unjudged,
        skipped=len(report.skipped_rows),
        errors=len(report.rows) - whole.rows - len(report.skipped_rows),
        cached=report.cached_count,
        live=report.live_count,
        comparators=tuple(
            whole.comparator(index, name, name in judges, agreement[name]) for index, name in enumerate(names)
        ),
        categories=tuple(_category(name, by_category[name]) for name in sorted(by_category)),
        cost=_ratio(whole.cost),
        latency=_ratio(whole.latency),
        first_chunk=_ratio(whole.first_chunk),
        out_tokens=_ratio(whole.out_tokens),
        unpriced=whole.rows - len(whole.cost),
        dots=tuple(_dots(measured)),
        reasons=groups.reasons(),
        notes=groups.notes(),
    )


def _paired(study: Study, judges: Sequence[str]) -> Iterator[PairedView]:
    """Each two targets, over the questions where both came to a verdict."""
    for first, second in combinations(range(len(study.reports)), 2):
        counts = Counter[tuple[str, str]]()
        for line in lines(study):
            one, other = line.rows[first], line.rows[second]
            if one is not None and other is not None:
                counts[outcome(one, judges), outcome(other, judges)] += 1
        only_first, only_second = counts["holds", "breaks"], counts["breaks", "holds"]
        yield PairedView(
            first=study.reports[first].target_model,
            second=study.reports[second].target_model,
            both=counts["holds", "holds"],
            only_first=only_first,
            only_second=only_second,
            neither=counts["breaks", "breaks"],
            p_value=mcnemar(only_first, only_second),
        )


@dataclass
class _Scores:
    """One comparator's results, counted."""

    passed: int = 0
    failed: int = 0
    compared: int = 0
    errors: int = 0
    failure: str = ""
    total: float = 0.0
    bins: list[int] = field(default_factory=lambda: [0] * BINS)


class _Tally:
    """Rows with both answers, counted."""

    def __init__(self, comparators: int) -> None:
        self.rows = self.changed = self.unjudged = self._held = self._broken = 0
        self.scores = [_Scores() for _ in range(comparators)]
        self.cost: list[tuple[float, float]] = []
        self.latency: list[tuple[float, float]] = []
        self.first_chunk: list[tuple[float, float]] = []
        self.out_tokens: list[tuple[float, float]] = []

    @property
    def holds(self) -> Rate:
        return rate(self._held, self._held + self._broken)

    def add(
        self,
        measured: Sequence[tuple[float, float] | None],
        came_to: str,
        differs: bool,
        said: Sequence[ComparisonResult | None],
    ) -> None:
        self.rows += 1
        self.changed += differs
        self._held += came_to == "holds"
        self._broken += came_to == "breaks"
        self.unjudged += came_to == "unjudged"
        for scores, result in zip(self.scores, said, strict=True):
            if result is not None:
                _count(scores, result)
        kept = self.cost, self.latency, self.first_chunk, self.out_tokens
        for pairs, pair in zip(kept, measured, strict=True):
            if pair is not None:
                pairs.append(pair)

    def comparator(self, index: int, name: str, decides: bool, agreement: Sequence[int]) -> ComparatorView:
        scores = self.scores[index]
        return ComparatorView(
            name=name,
            decides=decides,
            rate=rate(scores.passed, scores.passed + scores.failed),
            compared=scores.compared,
            errors=scores.errors,
            failure=scores.failure,
            mean_score=scores.total / scores.compared if scores.compared else None,
            agreement=rate(*agreement) if agreement[1] else None,
            histogram=tuple(scores.bins),
        )


def _count(scores: _Scores, result: ComparisonResult) -> None:
    if result.error:
        scores.errors += 1
        scores.failure = scores.failure or result.detail
        return
    scores.compared += 1
    score = min(1.0, max(0.0, result.score))  # one of somebody's own may say anything; NaN becomes 0
    scores.total += score
    scores.bins[min(BINS - 1, int(score * BINS))] += 1
    scores.passed += result.passed is True
    scores.failed += result.passed is False


def _pairs(row: RowResult) -> tuple[tuple[float, float] | None, ...]:
    """Cost, latency, time to the first chunk, tokens written, of both sides, where both are known."""
    old, new = row.baseline or _UNKNOWN, row.target or _UNKNOWN
    return (
        _both(old.cost_usd, new.cost_usd),
        _both(old.latency_s, new.latency_s),
        _both(old.latency_first_chunk_s, new.latency_first_chunk_s),
        _both(row.baseline_out_tokens, row.target_out_tokens),
    )


def _both(baseline: float | None, target: float | None) -> tuple[float, float] | None:
    if (baseline := finite(baseline)) is not None and (target := finite(target)) is not None:
        return baseline, target
    return None


def rate(passed: int, judged: int) -> Rate:
    """So many of so many, with Wilson's interval."""
    return Rate(passed, judged, wilson(passed, judged))


def _ratio(pairs: Sequence[tuple[float, float]]) -> RatioView | None:
    """With its interval, which takes a tenth of a second."""
    found = ratio_of(pairs)
    plain = _plain_ratio(pairs)
    return plain and replace(plain, interval=found.interval if found else None)


def _plain_ratio(pairs: Sequence[tuple[float, float]]) -> RatioView | None:
    """Without one: for categories, of which there may be hundreds."""
    baseline, target = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    return RatioView(target / baseline, None, len(pairs), baseline, target) if baseline > 0 else None


def _category(name: str, tally: _Tally) -> CategoryView:
    return CategoryView(
        name=name,
        prompts=tally.rows,
        holds=tally.holds,
        rates=tuple(rate(one.passed, one.passed + one.failed) for one in tally.scores),
        mean_scores=tuple(one.total / one.compared if one.compared else None for one in tally.scores),
        cost=_plain_ratio(tally.cost),
        latency=_plain_ratio(tally.latency),
        out_tokens=_plain_ratio(tally.out_tokens),
    )


def _measured(row: RowResult) -> tuple[float, float] | None:
    """Latency and cost, target over baseline; None unless all four are known and not nothing."""
    old, new = row.baseline, row.target
    if old is None or new is None:
        return None
    known = (old.latency_s, new.latency_s, old.cost_usd, new.cost_usd)
    if not all(finite(one) for one in known):
        return None
    return new.latency_s / old.latency_s, new.cost_usd / old.cost_usd  # type: ignore[operator]  # all are known


def _dots(measured: Sequence[tuple[float, float, bool]]) -> Iterable[Dot]:
    if len(measured) <= _EACH:
        for latency, cost, holds in measured:
            yield Dot(latency, cost, int(holds), int(not holds))
        return
    shared: dict[tuple[int, int], list[int]] = {}
    for latency, cost, holds in measured:
        place = round(math.log2(latency) * STEPS), round(math.log2(cost) * STEPS)
        shared.setdefault(place, [0, 0])[not holds] += 1
    for (across, up), (held, others) in sorted(shared.items()):
        yield Dot(2 ** (across / STEPS), 2 ** (up / STEPS), held, others)


class _Groups:
    """Reasons and notes, with how many rows say them."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[str, str], tuple[list[str], list[int]]] = {}
        self._notes: dict[str, tuple[list[str], list[int]]] = {}

    def add(self, row: RowResult) -> None:
        if row.status != "ok":
            key = (row.status, row.reason or "no reason was given")
            _name(self._reasons.setdefault(key, ([], [0])), row)
        for note in row.notes:
            _name(self._notes.setdefault(_kind(note), ([], [0])), row)

    def reasons(self) -> tuple[Group, ...]:
        return tuple(
            Group(text, status, count[0], tuple(examples))
            for (status, text), (examples, count) in sorted(
                self._reasons.items(), key=lambda item: (item[0][0], -item[1][1][0])
            )
        )

    def notes(self) -> tuple[Group, ...]:
        return tuple(
            Group(text, "note", count[0], tuple(examples))
            for text, (examples, count) in sorted(self._notes.items(), key=lambda item: -item[1][1][0])
        )


def _name(said: tuple[list[str], list[int]], row: RowResult) -> None:
    examples, count = said
    count[0] += 1
    if len(examples) < _EXAMPLES:
        examples.append(row.baseline_id)


def _kind(note: str) -> str:
    """A note without what only its row has: names of older recordings, numbers of attempts."""
    head, colon, _ = note.partition(": ")
    return head if colon and head.startswith("older recordings") else note
