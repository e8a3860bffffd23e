"""What a migration must come up to, for CI: each gate passes or fails, with a sentence that has its figures.

A gate that can't be judged (no verdicts, no prices) fails: nobody has said yes. With an earlier report the
gates ask one thing only, whether something got worse since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agentrec_auto.errors import ConfigError
from agentrec_auto.migration.earlier import Earlier, EarlierReport
from agentrec_auto.migration.numbers import wilson
from agentrec_auto.migration.rows import ComparatorAggregate, MigrationReport, RowResult, Study

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gate, over one target."""

    target: str
    gate: str
    """As it was asked for: ``--min-pass exact=0.9``."""

    passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A comparator, and the pass rate that it must come to."""

    comparator: str
    least: float

    def __str__(self) -> str:
        return f"{self.comparator}={self.least:g}"


@dataclass(frozen=True, slots=True)
class Gates:
    """What is asked of every target."""

    strict: bool = False
    """No error, and no comparison that failed."""

    min_pass: tuple[Rate, ...] = ()
    """Pass rates, of the comparisons that came to a verdict."""

    min_pass_lower: tuple[Rate, ...] = ()
    """The same of the lower end of the 95 % interval: what few questions can't prove doesn't pass."""

    max_cost_ratio: float | None = None
    """Target over baseline, of the rows where both are known."""

    max_latency_ratio: float | None = None
    earlier: Earlier | None = None
    """An earlier report: only what got worse since fails."""

    def __bool__(self) -> bool:
        return bool(
            self.strict
            or self.min_pass
            or self.min_pass_lower
            or self.max_cost_ratio is not None
            or self.max_latency_ratio is not None
            or self.earlier is not None
        )

    def checked(self, names: Sequence[str]) -> None:
        """Raise `ConfigError` for a rate of a comparator that isn't at work."""
        for option, rates in (("--min-pass", self.min_pass), ("--min-pass-lower", self.min_pass_lower)):
            for rate in rates:
                if rate.comparator not in names:
                    raise ConfigError(
                        f"no comparator {rate.comparator!r}",
                        where=f"{option} {rate}",
                        expected=f"one of --compare: {', '.join(names)}",
                    )

    def verdicts(self, study: Study) -> list[Verdict]:
        """What each gate says of each target."""
        return [verdict for report in study.reports for verdict in self._of(report)]

    def _of(self, report: MigrationReport) -> Iterator[Verdict]:
        before = self.earlier.of(report.target_model) if self.earlier is not None else None
        if before is not None:
            yield self._no_worse(report, before)
        elif self.strict:
            yield self._strictly(report)
        found = {one.comparator: one for one in report.aggregates()}
        for rate in self.min_pass:
            yield _rate(report, rate, found[rate.comparator], before)
        for rate in self.min_pass_lower:
            yield _lower(report, rate, found[rate.comparator])
        sides = [
            (row.baseline, row.target)
            for row in report.ok_rows
            if row.baseline is not None and row.target is not None
        ]
        if self.max_cost_ratio is not None:
            costs = [(one.cost_usd, other.cost_usd) for one, other in sides]
            yield _ratio(report, "cost", self.max_cost_ratio, costs, "no row has two known prices")
        if self.max_latency_ratio is not None:
            times = [(one.latency_s, other.latency_s) for one, other in sides]
            yield _ratio(report, "latency", self.max_latency_ratio, times, "no row has two known latencies")

    def _strictly(self, report: MigrationReport) -> Verdict:
        bad = [row for row in report.rows if _is_bad(row)]
        if bad:
            why = f"{len(bad):,} of {len(report.rows):,} rows failed: {_named(bad)}"
        else:
            why = f"all {len(report.ok_rows):,} hold"
        return Verdict(report.target_model, "--strict", not bad, why)

    def _no_worse(self, report: MigrationReport, before: EarlierReport) -> Verdict:
        worse = [row for row in report.rows if before.was_better(row)]
        if worse:
            why = f"{len(worse):,} got worse: {_named(worse)}"
        else:
            known = sum(before.knows(row) for row in report.rows)
            why = f"none of the {known:,} rows that it has too got worse"
        return Verdict(report.target_model, "--baseline-report", not worse, why)


def rate(word: str, option: str) -> Rate:
    """``exact=0.9`` or ``exact=90%``; `ConfigError` for what is neither."""
    name, equals, spelled = word.rpartition("=")
    try:
        least = float(spelled[:-1]) / 100 if spelled.endswith("%") else float(spelled)
        if not (equals and name.strip() and 0 <= least <= 1):
            raise ValueError(word)
    except ValueError:
        raise ConfigError(
            f"bad rate {word!r}", where=option, expected="NAME=RATE, as exact=0.9 or json:category=95%"
        ) from None
    return Rate(name.strip().lower(), least)


def _rate(
    report: MigrationReport, asked: Rate, found: ComparatorAggregate, before: EarlierReport | None
) -> Verdict:
    gate, value = f"--min-pass {asked}", found.pass_rate
    if value is None:
        return Verdict(report.target_model, gate, False, f"{asked.comparator} came to no verdict")
    passed, why = value >= asked.least, f"{_percent(value)} of {found.passed + found.failed:,} passed"
    if not passed and before is not None and (then := before.pass_rate(asked.comparator)) is not None:
        passed = value >= then
        why += f", {_percent(then)} in the earlier report"
    return Verdict(report.target_model, gate, passed, why + _left_out(report, found))


def _lower(report: MigrationReport, asked: Rate, found: ComparatorAggregate) -> Verdict:
    gate = f"--min-pass-lower {asked}"
    interval = wilson(found.passed, found.passed + found.failed)
    if interval is None:
        return Verdict(report.target_model, gate, False, f"{asked.comparator} came to no verdict")
    why = (
        f"{found.passed:,} of {found.passed + found.failed:,} passed: {_percent(interval.low)} at least, "
        "at 95 % confidence"
    )
    return Verdict(report.target_model, gate, interval.low >= asked.least, why + _left_out(report, found))


def _ratio(
    report: MigrationReport,
    what: str,
    most: float,
    pairs: Sequence[tuple[float | None, float | None]],
    unknown: str,
) -> Verdict:
    gate = f"--max-{what}-ratio {most:g}"
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    baseline, target = sum(one for one, _ in known), sum(other for _, other in known)
    if not known:
        return Verdict(report.target_model, gate, False, unknown)
    if not baseline:
        return Verdict(report.target_model, gate, not target, f"the baseline's {what} is 0 over all rows")
    rows = f"over {len(known):,} of {len(pairs):,} rows"
    value = target / baseline
    return Verdict(report.target_model, gate, value <= most, f"{value:.3g} times the baseline's {rows}")


def _left_out(report: MigrationReport, found: ComparatorAggregate) -> str:
    missing = found.errors + len(report.error_rows)
    return f" ({missing:,} errors left out)" if missing else ""


def _is_bad(row: RowResult) -> bool:
    return row.status == "error" or any(one.error or one.passed is False for one in row.comparisons)


def _named(rows: Sequence[RowResult]) -> str:
    more = len(rows) - _NAMED
    return ", ".join(row.baseline_id for row in rows[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"
