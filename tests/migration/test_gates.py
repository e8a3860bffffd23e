"""What CI asks of a migration, and what makes it red."""

import pytest

from agentrec_auto.comparators.base import ComparisonResult, Side
from agentrec_auto.errors import ConfigError
from agentrec_auto.migration.earlier import Earlier
from agentrec_auto.migration.gates import Gates, Rate, rate
from agentrec_auto.migration.rows import MigrationReport, RowResult, Study


def row(number, passed=True, *, status="ok", reason=None, cost=(1.0, 1.0), latency=(1.0, 1.0), error=False):
    """A row with one comparator's word."""
    return RowResult(
        semantic_key=f"k{number}",
        baseline_id=f"b{number}",
        migration_id=f"m{number}",
        prompt_preview="p",
        status=status,
        reason=reason,
        comparisons=[ComparisonResult("fuzzy", 0.5, None if error else passed, error=error)]
        if status == "ok"
        else [],
        baseline=Side(cost_usd=cost[0], latency_s=latency[0]),
        target=Side(cost_usd=cost[1], latency_s=latency[1]),
    )


def study(*rows, target="m"):
    return Study([MigrationReport(target, "p", "c", "now", ["fuzzy"], list(rows))])


def judged(gates, *rows):
    [verdict] = gates.verdicts(study(*rows))
    return verdict.passed, verdict.why


@pytest.mark.parametrize(
    ("rows", "passed"),
    [
        ([row(1), row(2)], True),
        ([row(1), row(2, False)], False),
        ([row(1), row(2, status="error")], False),
        ([row(1), row(2, error=True)], False),
        ([row(1), row(2, status="skipped")], True),
    ],
    ids=["all hold", "one failed", "an error row", "a comparator failed", "a skip"],
)
def test_strict(rows, passed):
    """Errors and failures count; what could not be asked does not."""
    assert judged(Gates(strict=True), *rows)[0] is passed


def test_min_pass_is_of_those_with_a_verdict():
    """Nine of ten pass 0.9; the sentence has the figures, and what is missing in them."""
    rows = [row(n, n > 0) for n in range(10)]
    assert judged(Gates(min_pass=(Rate("fuzzy", 0.9),)), *rows) == (True, "90.0 % of 10 passed")
    assert judged(Gates(min_pass=(Rate("fuzzy", 0.91),)), *rows, row(11, error=True)) == (
        False,
        "90.0 % of 10 passed (1 errors left out)",
    )


def test_min_pass_lower_asks_for_evidence():
    """Three of three prove little, a hundred of a hundred much."""
    gates = Gates(min_pass_lower=(Rate("fuzzy", 0.9),))
    assert judged(gates, *(row(n) for n in range(3)))[0] is False
    assert judged(gates, *(row(n) for n in range(100)))[0] is True


@pytest.mark.parametrize("option", ["min_pass", "min_pass_lower"])
def test_no_verdict_is_no_yes(option):
    """A comparator that failed everywhere passes no gate."""
    passed, why = judged(Gates(**{option: (Rate("fuzzy", 0.0),)}), row(1, error=True))
    assert (passed, why) == (False, "fuzzy came to no verdict")


def test_ratios_are_of_sums_over_rows_with_both():
    """A row without a price is left out, and said."""
    rows = [row(1, cost=(1.0, 1.0), latency=(1.0, 3.0)), row(2, cost=(3.0, 1.0)), row(3, cost=(1.0, None))]
    assert judged(Gates(max_cost_ratio=0.5), *rows) == (True, "0.5 times the baseline's over 2 of 3 rows")
    assert judged(Gates(max_latency_ratio=1.5), *rows) == (
        False,
        "1.67 times the baseline's over 3 of 3 rows",
    )


def test_unknown_prices_pass_no_gate():
    """Nobody has said that it isn't too dear."""
    assert judged(Gates(max_cost_ratio=10), row(1, cost=(None, None)))[0] is False


def test_against_an_earlier_report_only_the_worse_fails():
    """What failed then may fail now; what passed then must pass."""
    before = study(row(1), row(2, False), row(3))
    gates = Gates(strict=True, earlier=Earlier("old.json", before))
    assert judged(gates, row(1), row(2, False), row(4, False)) == (
        True,
        "none of the 2 rows that it has too got worse",
    )
    assert judged(gates, row(1, False), row(2)) == (False, "1 got worse: b1")
    assert judged(gates, row(1, status="error"), row(2)) == (False, "1 got worse: b1")
    assert judged(gates, row(1, status="skipped", reason="not asked: interrupted"))[0] is True


def test_an_earlier_report_softens_min_pass():
    """Below the rate, but no lower than it was: not worse."""
    before = study(row(1), row(2, False))
    gates = Gates(min_pass=(Rate("fuzzy", 0.9),), earlier=Earlier("old.json", before))
    assert [one.passed for one in gates.verdicts(study(row(1), row(2, False)))] == [True, True]
    assert [one.passed for one in gates.verdicts(study(row(5, False), row(6, False)))] == [True, False]


@pytest.mark.parametrize(
    ("word", "least"), [("exact=0.9", 0.9), ("exact=90%", 0.9), ("EXACT=1", 1.0), (" exact =0", 0.0)]
)
def test_rates(word, least):
    """A share or a percentage; names in any case."""
    assert rate(word, "--min-pass") == Rate("exact", least)


@pytest.mark.parametrize(
    "word", ["exact", "exact=", "=0.9", "exact=9", "exact=-1", "exact=nan", "exact=120%"]
)
def test_bad_rates_are_told(word):
    """What was said, and how it is written."""
    with pytest.raises(ConfigError, match="bad rate"):
        rate(word, "--min-pass")
