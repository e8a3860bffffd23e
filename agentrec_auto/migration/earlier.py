"""An earlier report beside a new one, for gates that only ask what got worse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agentrec_auto.errors import ConfigError
from agentrec_auto.migration.rows import NOT_ASKED, MigrationReport, RowResult, Study


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """How one target came out; questions by their semantic key."""

    report: MigrationReport
    rows: Mapping[str, RowResult]

    def knows(self, row: RowResult) -> bool:
        """Whether it has the question, too."""
        return row.semantic_key in self.rows

    def was_better(self, row: RowResult) -> bool:
        """Whether a question that was answered isn't any more, or a comparison that passed doesn't."""
        before = self.rows.get(row.semantic_key)
        if before is None or before.status != "ok":
            return False
        if row.status != "ok":
            return not (row.reason or "").startswith(NOT_ASKED)
        now = {one.comparator: one for one in row.comparisons}
        return any(
            one.passed is True and (then := now.get(one.comparator)) is not None and then.passed is not True
            for one in before.comparisons
        )

    def pass_rate(self, comparator: str) -> float | None:
        """Of those that passed or failed; None where there is none."""
        found = (one for one in self.report.aggregates() if one.comparator == comparator)
        return next((one.pass_rate for one in found), None)


@dataclass(frozen=True, slots=True)
class Earlier:
    """All targets of an earlier report."""

    where: str
    study: Study

    def of(self, target: str) -> EarlierReport:
        """The target's; an only one stands for whatever target, for two candidates may be compared."""
        reports = {report.target_model: report for report in self.study.reports}
        found = self.study.first if len(reports) == 1 else reports.get(target)
        if found is None:
            raise ConfigError(
                f"no target {target!r}", where=f"--baseline-report {self.where}", expected=", ".join(reports)
            )
        return EarlierReport(found, {row.semantic_key: row for row in found.rows if row.semantic_key})
