"""What a migration found: a row a question, a report a target, a study where there are several targets.

Pure data; the numbers over them are `agentrec_auto.migration.numbers`'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from agentrec_auto.comparators.base import ComparisonResult, Side

UNCATEGORIZED = "(uncategorized)"

NOT_ASKED = "not asked: "
"""How the reason of a row begins that a run which ended early did not come to."""


@dataclass(slots=True)
class RowResult:
    """What became of one question (one semantic key) with one target."""

    semantic_key: str
    baseline_id: str
    """The cassette with the newest baseline answer."""

    migration_id: str
    """The cassette with the target's."""

    prompt_preview: str
    """The question in 80 characters."""

    prompt_text: str = ""
    category: str | None = None
    baseline_model: str | None = None
    baseline_text: str = ""
    baseline_in_tokens: int | None = None
    baseline_out_tokens: int | None = None
    target_model: str = ""
    target_text: str | None = None
    target_in_tokens: int | None = None
    target_out_tokens: int | None = None
    comparisons: list[ComparisonResult] = field(default_factory=list)
    status: str = "ok"
    """``ok``, ``skipped`` or ``error``."""

    reason: str | None = None
    """Why it was skipped, or what went wrong."""

    cached: bool = False
    """Whether the target's answer was in the corpus: no call was made."""

    notes: list[str] = field(default_factory=list)
    """What a reader should know: settings dropped in translation, retries, older recordings left aside."""

    baseline: Side | None = None
    """The whole baseline answer; its text is `baseline_text`."""

    target: Side | None = None
    """The whole answer of the target."""

    agreement: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Comparator → (passed, compared) of the baseline's earlier takes against the newest: how far the old
    model agrees with itself."""

    @property
    def differs(self) -> bool:
        """Whether the target's text is another than the baseline's, but for space around it."""
        return (self.target_text or "").strip() != self.baseline_text.strip()


@dataclass
class ComparatorAggregate:
    """One comparator over some rows."""

    comparator: str
    compared: int
    passed: int
    failed: int
    errors: int
    mean_score: float | None

    @property
    def pass_rate(self) -> float | None:
        """0.0 to 1.0 of those that passed or failed; None where there is none."""
        judged = self.passed + self.failed
        return self.passed / judged if judged else None


@dataclass(frozen=True)
class TokenTotals:
    """Tokens written, over the rows where both sides' are known."""

    rows: int
    baseline_out: int
    target_out: int

    @property
    def ratio(self) -> float | None:
        """Target over baseline."""
        return self.target_out / self.baseline_out if self.baseline_out else None


@dataclass(frozen=True)
class CategoryBreakdown:
    """The rows of one category."""

    category: str
    prompts: int
    aggregates: list[ComparatorAggregate]
    tokens: TokenTotals | None


@dataclass
class MigrationReport:
    """What became of every question with one target."""

    target_model: str
    target_provider: str
    corpus: str
    generated_at: str
    """UTC, ISO 8601, to the second."""

    comparator_names: list[str]
    rows: list[RowResult] = field(repr=False)  # asyncio.run makes the repr of what a coroutine returned

    pricing: str = ""
    """Where the prices come from, and as of when; empty where nothing was priced."""

    stopped: str | None = None
    """Why the run ended before its last question (``--max-cost``, Ctrl-C); None where it did not."""

    @property
    def ok_rows(self) -> list[RowResult]:
        """Rows with both answers."""
        return [row for row in self.rows if row.status == "ok"]

    @property
    def skipped_rows(self) -> list[RowResult]:
        """Rows that could not be asked faithfully."""
        return [row for row in self.rows if row.status == "skipped"]

    @property
    def error_rows(self) -> list[RowResult]:
        """Rows where something failed."""
        return [row for row in self.rows if row.status == "error"]

    @property
    def cached_count(self) -> int:
        """Answers that were in the corpus."""
        return sum(row.cached for row in self.ok_rows)

    @property
    def live_count(self) -> int:
        """Answers that were asked for."""
        return sum(not row.cached for row in self.ok_rows)

    @property
    def baseline_models(self) -> list[str]:
        """The models that answered the baselines, sorted."""
        return sorted({row.baseline_model for row in self.rows if row.baseline_model})

    def aggregates(self, rows: Iterable[RowResult] | None = None) -> list[ComparatorAggregate]:
        """Each comparator over ``rows`` (default: those with both answers), in the order they were named."""
        looked_at = self.ok_rows if rows is None else list(rows)
        return [_aggregate(name, looked_at) for name in self.comparator_names]

    def token_totals(self, rows: Iterable[RowResult] | None = None) -> TokenTotals | None:
        """Tokens written, over the rows where both sides' are known; None where there is none."""
        known = [
            (row.baseline_out_tokens, row.target_out_tokens)
            for row in (self.ok_rows if rows is None else rows)
            if row.baseline_out_tokens is not None and row.target_out_tokens is not None
        ]
        if not known:
            return None
        return TokenTotals(len(known), sum(pair[0] for pair in known), sum(pair[1] for pair in known))

    def by_category(self) -> list[CategoryBreakdown]:
        """The categories by name; [] where no row has one."""
        rows = self.ok_rows
        if not any(row.category for row in rows):
            return []
        groups: dict[str, list[RowResult]] = {}
        for row in rows:
            groups.setdefault(row.category or UNCATEGORIZED, []).append(row)
        return [
            CategoryBreakdown(name, len(group), self.aggregates(group), self.token_totals(group))
            for name, group in sorted(groups.items())
        ]

    @property
    def all_passed(self) -> bool:
        """Whether nothing failed: no row, no comparator, no comparison. Skips don't count."""
        if self.error_rows:
            return False
        return not any(
            result.error or result.passed is False for row in self.ok_rows for result in row.comparisons
        )


@dataclass
class Study:
    """One corpus asked of one target or several: the same questions in the same order in each report."""

    reports: list[MigrationReport]

    @property
    def first(self) -> MigrationReport:
        """The report of the first target; most studies have no other."""
        return self.reports[0]


def _aggregate(name: str, rows: list[RowResult]) -> ComparatorAggregate:
    results = [result for row in rows for result in row.comparisons if result.comparator == name]
    valid = [result for result in results if not result.error]
    return ComparatorAggregate(
        comparator=name,
        compared=len(valid),
        passed=sum(result.passed is True for result in valid),
        failed=sum(result.passed is False for result in valid),
        errors=len(results) - len(valid),
        mean_score=sum(result.score for result in valid) / len(valid) if valid else None,
    )
