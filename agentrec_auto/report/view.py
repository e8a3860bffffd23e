"""A report as data: every number and word that the renderers show, worked out once.

    View ─┬─ TargetView, one a target ─┬─ ComparatorView   pass rate, interval, the baseline with itself
          │                            ├─ CategoryView     the same, of one category
          │                            ├─ RatioView        cost, latency, first chunk, tokens
          │                            └─ Group            reasons of skips and errors, notes
          ├─ PairedView                two targets over the same questions
          └─ lines()                   the rows, as they are asked for

Rows are not copied: a view of 10,000 rows weighs what its numbers weigh.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentrec_auto.migration.numbers import Interval
from agentrec_auto.migration.rows import MigrationReport, Study
from agentrec_auto.report.lines import Line, lines

BINS = 20
"""Bars of a score distribution."""

STEPS = 6
"""Dots an octave, where rows share them."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    passed: int
    judged: int
    interval: Interval | None = None
    """Wilson's, at 95 %."""

    @property
    def value(self) -> float | None:
        """0.0 to 1.0; None of nothing."""
        return self.passed / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class RatioView:
    """Target over baseline, of the rows where both are known."""

    value: float
    interval: Interval | None
    """Bootstrap, at 95 %; None of few prompts, and in categories."""

    rows: int
    baseline: float
    """The sum of the baseline's, in dollars, seconds or tokens."""

    target: float


@dataclass(frozen=True, slots=True)
class ComparatorView:
    """One comparator over a target's rows."""

    name: str
    decides: bool
    rate: Rate
    compared: int
    errors: int
    failure: str
    """Why it could not compare, in the words of the first time; empty where it always could."""

    mean_score: float | None
    agreement: Rate | None
    """The baseline's earlier takes against its newest; None where there is one take a question."""

    histogram: tuple[int, ...]
    """Scores in `BINS` equal bins, 0 to 1."""


@dataclass(frozen=True, slots=True)
class CategoryView:
    """One category over a target's rows."""

    name: str
    prompts: int
    holds: Rate
    rates: tuple[Rate, ...]
    """A comparator each, in the view's order."""

    mean_scores: tuple[float | None, ...]
    cost: RatioView | None
    latency: RatioView | None
    out_tokens: RatioView | None


@dataclass(frozen=True, slots=True)
class Group:
    """Something that is said of several rows."""

    text: str
    status: str
    count: int
    examples: tuple[str, ...]
    """Some of the cassettes."""


@dataclass(frozen=True, slots=True)
class Dot:
    """Rows that cost and take about the same, target over baseline."""

    latency: float
    cost: float
    holds: int
    others: int


@dataclass(frozen=True, slots=True)
class TargetView:
    """All that is said of one target."""

    report: MigrationReport
    holds: Rate
    compared: int
    changed: int
    unjudged: int
    skipped: int
    errors: int
    cached: int
    live: int
    comparators: tuple[ComparatorView, ...]
    categories: tuple[CategoryView, ...]
    cost: RatioView | None
    latency: RatioView | None
    first_chunk: RatioView | None
    out_tokens: RatioView | None
    unpriced: int
    """Rows with both answers, and no cost of one of them."""

    dots: tuple[Dot, ...]
    reasons: tuple[Group, ...]
    notes: tuple[Group, ...]

    @property
    def model(self) -> str:
        """Who was asked."""
        return self.report.target_model

    @property
    def breaks(self) -> int:
        """Prompts that do not hold."""
        return self.holds.judged - self.holds.passed


@dataclass(frozen=True, slots=True)
class PairedView:
    """Two targets over the questions where both came to a verdict: how many prompts hold with whom."""

    first: str
    second: str
    both: int
    only_first: int
    only_second: int
    neither: int
    p_value: float
    """McNemar's: how likely so uneven a split is if the two are equally good."""


@dataclass(frozen=True, slots=True)
class View:
    """A study, ready to be shown."""

    study: Study
    targets: tuple[TargetView, ...]
    paired: tuple[PairedView, ...]
    comparators: tuple[str, ...]
    judges: tuple[str, ...]
    """The comparators that decide whether a prompt holds."""

    baseline_models: tuple[str, ...]
    prompts: int
    """Questions, skipped ones included."""

    @property
    def first(self) -> TargetView:
        """The first target; most views have no other."""
        return self.targets[0]

    @property
    def baseline(self) -> str:
        """The baseline models in words."""
        return ", ".join(self.baseline_models) or "unknown"

    @property
    def names(self) -> str:
        """The targets in words."""
        return ", ".join(target.model for target in self.targets)

    def lines(self) -> Iterator[Line]:
        """The rows, a line a question."""
        return lines(self.study)
