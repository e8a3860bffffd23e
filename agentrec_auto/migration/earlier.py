"""An earlier report, read from its JSON, for gates that only ask what got worse."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from agentrec_auto.errors import ConfigError
from agentrec_auto.migration.rows import RowResult
from agentrec_auto.providers import reading

_EXPECTED = "a report that `agentrec migrate --format json` has written"


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """How one question came out."""

    status: str
    passed: Mapping[str, bool | None]
    """By comparator."""


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """How one target came out; questions by their semantic key."""

    rows: Mapping[str, EarlierRow]

    def knows(self, row: RowResult) -> bool:
        """Whether it has the question, too."""
        return row.semantic_key in self.rows

    def was_better(self, row: RowResult) -> bool:
        """Whether a question that was answered now isn't, or a comparison that passed doesn't."""
        before = self.rows.get(row.semantic_key)
        if before is None or before.status != "ok":
            return False
        if row.status == "error":
            return True
        return any(
            before.passed.get(one.comparator) is True and (one.error or one.passed is False)
            for one in row.comparisons
        )

    def pass_rate(self, comparator: str) -> float | None:
        """Of those that passed or failed; None where there is none."""
        told = [row.passed.get(comparator) for row in self.rows.values()]
        judged = [passed for passed in told if passed is not None]
        return sum(judged) / len(judged) if judged else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """All targets of an earlier report."""

    where: str
    reports: Mapping[str, EarlierReport]

    def of(self, target: str) -> EarlierReport:
        """The target's; an only one stands for whatever target: two candidates may be compared."""
        if len(self.reports) == 1:
            return next(iter(self.reports.values()))
        try:
            return self.reports[target]
        except KeyError:
            raise ConfigError(
                f"no target {target!r}",
                where=f"--baseline-report {self.where}",
                expected=", ".join(self.reports),
            ) from None


def read_report(path: str | os.PathLike[str]) -> Earlier:
    """The report in a JSON file; `ConfigError` for what is none."""
    where = os.fspath(path)
    try:
        with open(where, "rb") as file:
            document = reading.members(json.load(file))
    except OSError as error:
        raise ConfigError(f"can't be read ({error.strerror})", where=where, expected=_EXPECTED) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"no JSON ({error})", where=where, expected=_EXPECTED) from error
    told = list(reading.objects(document.get("targets")) or reading.objects(document.get("reports")))
    reports = {
        name: EarlierReport(
            {
                key: EarlierRow(
                    reading.text(row.get("status")),
                    {
                        reading.text(one.get("comparator")): passed
                        if isinstance(passed := one.get("passed"), bool)
                        else None
                        for one in reading.objects(row.get("comparisons"))
                    },
                )
                for row in reading.objects(one.get("rows"))
                if (key := reading.word(row.get("semantic_key")))
            }
        )
        for one in told
        if (name := reading.word(one.get("target_model")) or reading.word(one.get("model")))
    }
    if not reports:
        raise ConfigError("no report", where=where, expected=_EXPECTED)
    return Earlier(where, reports)
