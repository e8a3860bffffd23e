"""Sentences and numbers, as people read them."""

from __future__ import annotations

import pytest
from report import studies
from report.studies import report_of, row

from agentrec_auto.comparators.base import ComparisonResult, Side
from agentrec_auto.migration.rows import MigrationReport, Study
from agentrec_auto.report import render_console, render_html, render_markdown, view_of, wording


def broken(count: int, of: int, target: str = "claude-haiku-4-5") -> MigrationReport:
    made = report_of(*(row(f"q{n}", "a", "b" if n < count else "a") for n in range(of)))
    made.target_model = target
    return made


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (broken(0, 3), "No prompt would break: all 3 hold."),
        (broken(0, 1), "No prompt would break: it holds."),
        (report_of(row("a"), row("b"), row("c", status="skipped"), row("d", status="error")),
         "None of the 2 prompts compared would break; 2 could not be compared."),
        (broken(2, 1000), "2 of 1,000 prompts would break."),
        (broken(3, 3), "All 3 prompts would break."),
        (broken(1, 1), "The one prompt would break."),
        (report_of(), "There was nothing to ask."),
        (report_of(row(status="skipped")), "Nothing was compared: 1 prompt skipped or failed."),
        (report_of(row(comparisons=[ComparisonResult("exact", 0.5, None)])),
         "No verdict: nothing that was compared passes or fails."),
    ],
)  # fmt: skip
def test_headline(found: MigrationReport, words: str) -> None:
    """The headline answers "would it break my prompts?", whatever was found."""
    assert wording.headline(view_of(found)) == words


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (1, 30, "a holds best: 1 of 100 prompts would break."),
        (30, 1, "b holds best: 1 of 100 prompts would break."),
        (3, 4, "a and b can't be told apart: 97% and 96% of prompts hold."),
        (0, 0, "No prompt would break, with any of them."),
    ],
)
def test_headline_of_two(one: int, other: int, words: str) -> None:
    """Of two targets, one is said to be better only where that is more than chance."""
    assert wording.headline(view_of(Study([broken(one, 100, "a"), broken(other, 100, "b")]))) == words


def test_because() -> None:
    """Below the headline: by what, how sure, how the baseline does, and what it costs."""
    view = view_of(studies.study(120))
    words = wording.because(view, view.first)
    assert "hold with claude-haiku-4-5 by fuzzy and toolcalls (95% interval: " in words
    assert "By fuzzy, the baseline agrees with its own earlier answers " in words
    assert " instead of $" in words and "the time." in words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0%"), (0.0001, "<1%"), (0.125, "12%"), (0.9999, ">99%"), (1.0, "100%"), (None, "–")],
)
def test_percent(value: float | None, words: str) -> None:
    """No rounding makes nothing or all of what is neither."""
    assert wording.percent(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "$0.00"),
        (0.000123, "$0.00012"),
        (0.5, "$0.50"),
        (0.0999, "$0.100"),
        (1234.5, "$1,234.50"),
        (1e-12, "$0.000000000"),
    ],
)
def test_money(value: float, words: str) -> None:
    """Small sums keep two digits that say something."""
    assert wording.money(value) == words


@pytest.mark.parametrize(
    ("costs", "times", "words"),
    [
        ((0.5, 0.2), (0.5, 0.4), "Cheapest and fastest is b: 0.20× the cost, 0.40× the time."),
        ((0.5, 0.2), (0.3, 0.4), "Cheapest is b: 0.20× the cost. Fastest is a: 0.30× the time."),
        ((None, 0.2), (None, None), "Cheapest is b: 0.20× the cost."),
        ((None, None), (None, None), ""),
    ],
)
def test_the_frugal(costs: tuple[float | None, ...], times: tuple[float | None, ...], words: str) -> None:
    """Of several targets, the cheapest and the fastest are named, where that is known."""
    reports = []
    for name, cost, time in zip("ab", costs, times, strict=True):
        side = Side(cost_usd=cost, latency_s=time)
        reports.append(report_of(row(baseline=Side(cost_usd=1.0, latency_s=1.0), target=side)))
        reports[-1].target_model = name
    assert wording.frugal(view_of(Study(reports))) == words


def test_a_run_that_was_stopped_says_so() -> None:
    """Wherever a report is read, it says that the run ended early, and why."""
    found = report_of(row())
    found.stopped = "--max-cost 1.00 would be passed"
    for render in (render_console, render_html, render_markdown):
        assert "max-cost 1.00 would be passed" in render(found)
