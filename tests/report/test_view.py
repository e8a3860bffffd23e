"""What a view says of a study: outcomes, counts, ratios, groups."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report import studies
from report.studies import report_of, row

from agentrec_auto.comparators.base import ComparisonResult, Side
from agentrec_auto.migration.rows import RowResult, Study
from agentrec_auto.providers.conversation import ToolCall
from agentrec_auto.report import view_of
from agentrec_auto.report.lines import changed, deciding, outcome


def said(name: str, passed: bool | None, score: float = 0.5, error: bool = False) -> ComparisonResult:
    return ComparisonResult(name, score, passed, "", error)


def judged(*results: ComparisonResult, **told: object) -> RowResult:
    return row(comparisons=list(results), **told)


@pytest.mark.parametrize(
    ("names", "judges"),
    [
        (["exact"], ("exact",)),
        (["exact", "fuzzy"], ("fuzzy",)),
        (["toolcalls", "json:category", "judge"], ("toolcalls", "json:category", "judge")),
        ([], ()),
    ],
)
def test_who_decides(names: list[str], judges: tuple[str, ...]) -> None:
    """All comparators decide, but exact only where it is alone."""
    assert deciding(names) == judges


@pytest.mark.parametrize(
    ("results", "came_to"),
    [
        ([said("fuzzy", True), said("exact", False)], "holds"),
        ([said("fuzzy", True), said("judge", False)], "breaks"),
        ([said("fuzzy", True), said("judge", None)], "holds"),
        ([said("judge", None)], "unjudged"),
        ([said("fuzzy", True), said("judge", None, error=True)], "unjudged"),
        ([said("fuzzy", False), said("judge", None, error=True)], "breaks"),
        ([said("judge", False, error=True)], "unjudged"),
        ([], "unjudged"),
    ],
)
def test_outcome(results: list[ComparisonResult], came_to: str) -> None:
    """A prompt holds if all that decide pass, breaks if one fails, and is unjudged where one could not say."""
    assert outcome(judged(*results), ("fuzzy", "judge")) == came_to


@pytest.mark.parametrize("status", ["skipped", "error"])
def test_outcome_without_two_answers(status: str) -> None:
    """What was not compared neither holds nor breaks."""
    assert outcome(judged(said("fuzzy", False), status=status), ("fuzzy",)) == status


def test_changed_by_its_tools() -> None:
    """Other tool calls are a change, though the texts are the same; other ids of calls are none."""
    call = ToolCall("find", {"a": 1}, "call_1")
    same = row(baseline=Side(tool_calls=(call,)), target=Side(tool_calls=(replace(call, id="call_2"),)))
    other = row(baseline=Side(tool_calls=(call,)), target=Side(tool_calls=(ToolCall("find", {"a": 2}),)))
    assert (changed(same), changed(other), changed(row("a", "b", "c"))) == (False, True, True)


def test_counts() -> None:
    """Each row is counted once: held, broken, unjudged, skipped or failed."""
    view = view_of(
        report_of(
            judged(said("fuzzy", True), cached=True),
            judged(said("fuzzy", False), target_text="No"),
            judged(said("fuzzy", None)),
            row(status="skipped", reason="tools"),
            row(status="error", reason="500"),
            comparators=("fuzzy",),
        )
    )
    first = view.first
    assert (first.holds.passed, first.holds.judged, first.unjudged, first.skipped, first.errors) == (
        1,
        2,
        1,
        1,
        1,
    )
    assert (first.compared, first.changed, first.cached, first.live) == (3, 1, 1, 2)
    assert view.prompts == 5


def test_ratios_are_of_sums() -> None:
    """Cost, time and tokens: the target's sum over the baseline's, of the rows where both are known."""
    rows = [
        row(
            f"q{number}", baseline=Side(cost_usd=old, latency_s=2.0), target=Side(cost_usd=new, latency_s=1.0)
        )
        for number, (old, new) in enumerate([(1.0, 0.5), (3.0, 1.5), (None, 9.0), (1.0, None)])
    ]
    first = view_of(report_of(*rows)).first
    assert first.cost is not None and first.latency is not None
    assert (first.cost.value, first.cost.rows, first.cost.baseline, first.cost.target) == (0.5, 2, 4.0, 2.0)
    assert first.unpriced == 2
    assert first.latency.value == 0.5


def test_nothing_is_divided_by_nothing() -> None:
    """Models that cost nothing, and take no time that was measured, have no ratio and no dot."""
    free = row(baseline=Side(cost_usd=0.0, latency_s=0.0), target=Side(cost_usd=0.0, latency_s=1.0))
    first = view_of(report_of(free)).first
    assert (first.cost, first.latency, first.dots) == (None, None, ())


def test_the_baseline_with_itself() -> None:
    """Takes of all rows are added up to how far the baseline agrees with itself."""
    rows = [row("a", agreement={"exact": (1, 2), "gone": (1, 1)}), row("b", agreement={"exact": (2, 2)})]
    agreement = view_of(report_of(*rows)).first.comparators[0].agreement
    assert agreement is not None and (agreement.passed, agreement.judged) == (3, 4)


@pytest.mark.parametrize(
    ("score", "bin"), [(0.0, 0), (0.05, 1), (1.0, 19), (7.0, 19), (-1.0, 0), (float("nan"), 0)]
)
def test_a_score_has_its_bar(score: float, bin: int) -> None:
    """Scores fall into twenty bars; what is no score at all breaks nothing."""
    histogram = view_of(report_of(judged(said("exact", None, score)))).first.comparators[0].histogram
    assert [place for place, count in enumerate(histogram) if count] == [bin]


def test_categories_add_up() -> None:
    """Each category has its own numbers; rows without one are together, and without any there is no table."""
    rows = [row("a", category="x"), row("b", "1", "2", category="x"), row("c")]
    first = view_of(report_of(*rows)).first
    assert [(one.name, one.prompts, one.holds.passed) for one in first.categories] == [
        ("(uncategorized)", 1, 1),
        ("x", 2, 1),
    ]
    assert view_of(report_of(row())).first.categories == ()


def test_reasons_are_grouped() -> None:
    """Rows skipped for one reason are said once, with their number and some names."""
    rows = [row(f"q{n}", status="skipped", reason="unsupported request: audio") for n in range(8)]
    (group,) = view_of(report_of(*rows)).first.reasons
    assert (group.text, group.status, group.count, len(group.examples)) == (
        "unsupported request: audio", "skipped", 8, 5,
    )  # fmt: skip


def test_notes_of_one_kind_are_one() -> None:
    """Notes that only differ in the recordings they name are said once."""
    rows = [row(f"q{n}", notes=[f"older recordings of this prompt ignored: id{n}"]) for n in range(3)]
    assert [(group.text, group.count) for group in view_of(report_of(*rows)).first.notes] == [
        ("older recordings of this prompt ignored", 3)
    ]


def test_two_targets_are_paired_by_question() -> None:
    """Targets are compared over the questions that both answered, in whatever order their rows come."""
    one = report_of(row("a"), row("b"), row("c", "1", "2"), row("d"))
    other = report_of(row("c"), row("b", "1", "2"), row("a"), row("e"))
    other.target_model = "gpt-5-mini"
    view = view_of(Study([one, other]))
    (pair,) = view.paired
    assert (pair.both, pair.only_first, pair.only_second, pair.neither) == (1, 1, 1, 0)
    assert pair.p_value == 1.0
    assert view.prompts == 5
    assert [[found is not None for found in line.rows] for line in view.lines()] == [
        [True, True], [True, True], [True, True], [True, False], [False, True],
    ]  # fmt: skip


def test_many_rows_share_dots() -> None:
    """A scatter of thousands of rows has hundreds of marks, and none is lost."""
    first = view_of(studies.study(3000)).first
    assert len(first.dots) < 700
    assert sum(dot.holds + dot.others for dot in first.dots) == first.compared
