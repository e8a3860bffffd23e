"""Markdown and console: what is in them, and what can't get out of its place."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from report import studies
from report.studies import report_of, row

from agentrec_auto.comparators.base import ComparisonResult
from agentrec_auto.report import render_console, render_github, render_markdown, view_of
from agentrec_auto.report.terminal import parts

FOUND = studies.study(30)


@pytest.mark.parametrize(
    "there",
    [
        "# Migration Report — claude-3-5-sonnet, gemini-1.5-pro, gpt-4.1, gpt-4o → claude-haiku-4-5\n",
        "- **Output tokens:** baseline ",
        "\n> **Verdict:** ",
        "\n## Summary\n",
        "\n## By category\n",
        "| # | Prompt | Category | Baseline model | exact | fuzzy | toolcalls | Out tok | Cached |",
        "<details><summary>Prompt</summary>",
    ],
)
def test_markdown_has_its_parts(there: str) -> None:
    """The parts that readers of `agentrec`'s reports look for are there, by their names."""
    assert there in render_markdown(FOUND)


def test_markdown_tables_are_tables() -> None:
    """Every table has as many cells in each row as in its head, whatever the cells say."""
    for found in (FOUND, studies.study(20, ("a|b", "c")), studies.hostile()):
        html = MarkdownIt("commonmark").enable("table").render(render_markdown(found))
        for table in re.findall("<table>.*?</table>", html, re.DOTALL):
            counts = {
                len(re.findall("<t[hd]", line)) for line in re.findall("<tr>.*?</tr>", table, re.DOTALL)
            }
            assert len(counts) == 1


def test_markdown_is_inert() -> None:
    """No text becomes an element, an image, a link or a heading; ours are the only ones."""
    html = MarkdownIt("commonmark").enable("table").render(render_markdown(studies.hostile()))
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= {
        "h1", "h2", "h3", "ul", "li", "p", "strong", "em", "code", "pre", "blockquote", "details", "summary",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert html.count("<h1>") == 1


def test_a_fence_is_longer_than_any_inside() -> None:
    """An answer that is itself fenced is shown whole."""
    answer = "````\ncode\n````\n# after"
    html = MarkdownIt("commonmark").render(render_markdown(report_of(row("Go", answer, answer))))
    assert html.count("# after\n</code></pre>") == 2


def test_details_are_of_what_breaks_first() -> None:
    """Where not all rows are written out, those that break are, and the rest is counted."""
    rows = [row(f"q{n}", "a", "b" if n in (5, 8) else "a") for n in range(12)]
    told = render_markdown(report_of(*rows), max_detail_rows=2)
    assert re.findall(r"^### (\d+)\.", told, re.MULTILINE) == ["6", "9"]
    assert "_10 more rows in the HTML and JSON reports._" in told


def test_tool_calls_are_told() -> None:
    """An answer that only calls tools is not shown as nothing."""
    assert "search_orders({" in render_markdown(FOUND)


def test_console_is_ascii() -> None:
    """The console's lines are ASCII, whatever was said, and begin as `agentrec`'s do."""
    for found in (FOUND, studies.hostile(), studies.study(10, ("é", "b"))):
        told = render_console(found)
        assert told.isascii() and "\x1b" not in told and "\x00" not in told
    first = FOUND.first
    assert render_console(FOUND).splitlines()[0] == (
        f"Migration report: {len(first.ok_rows)} prompts -> claude-haiku-4-5 ({first.cached_count} cached, "
        f"{first.live_count} live, {len(first.skipped_rows)} skipped, {len(first.error_rows)} errors)"
    )
    assert "out tokens baseline" in render_console(FOUND)


def test_console_of_what_has_no_verdict() -> None:
    """A comparator that only measures, or has nothing to measure, is told as such."""
    measured = report_of(
        row(comparisons=[ComparisonResult("embedding", 0.5, None)]), comparators=("embedding", "x")
    )
    told = render_console(measured)
    assert re.search(r"embedding +n/a +mean 0\.50", told) and re.search(r"x +n/a +mean n/a", told)


def test_terminal_is_inert() -> None:
    """Neither escapes nor markup of others reach a terminal."""
    from rich.console import Console

    console = Console(width=100, force_terminal=True, record=True)
    with console.capture() as captured:
        found = studies.hostile()
        found.first.rows[1].reason = "[bold]not markup[/bold]"
        console.print(*parts(view_of(found)), sep="\n")
    assert "[bold]not markup[/bold]" in captured.get()
    assert "\x1b[2J" not in captured.get()


def test_github_has_no_table_of_all_rows() -> None:
    """A step's summary tells the verdict, the numbers and what breaks, not every row."""
    told = render_github(FOUND)
    assert "**Verdict:**" in told and "## Details" in told and "## Results" not in told
