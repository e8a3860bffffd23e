"""The report as Markdown: verdict, tables, and the first rows in full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from markupsafe import escape

from agentrec_auto.comparators.base import ComparisonResult
from agentrec_auto.corpus.inert import inert
from agentrec_auto.migration.rows import MigrationReport, RowResult, Study
from agentrec_auto.report import wording
from agentrec_auto.report.lines import Line, outcome, results, said
from agentrec_auto.report.tally import view_of
from agentrec_auto.report.view import Rate, RatioView, TargetView, View

MAX_DETAIL_ROWS = 25
"""Rows that are written out in full; those that break come first."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&$])")


def render_markdown(found: MigrationReport | Study | View, *, max_detail_rows: int = MAX_DETAIL_ROWS) -> str:
    """The report, whole."""
    return "".join(pieces(view_of(found), max_detail_rows=max_detail_rows))


def pieces(view: View, *, max_detail_rows: int = MAX_DETAIL_ROWS) -> Iterator[str]:
    """The report in pieces."""
    yield from head(view)
    yield from tables(view)
    yield from _results(view)
    yield from details(view, max_detail_rows)
    yield from skipped(view)


def head(view: View) -> Iterator[str]:
    """The title, what was looked at, and the verdict."""
    report = view.first.report
    yield f"# Migration Report — {plain(view.baseline)} → {plain(view.names)}\n\n"
    yield f"- **Corpus:** {code(report.corpus)}\n"
    for target in view.targets:
        yield f"- **Target:** {code(target.model)} ({plain(target.report.target_provider)})\n"
    yield f"- **Generated:** {plain(report.generated_at)}\n"
    yield f"- **Comparators:** {plain(', '.join(view.comparators))}\n"
    for target in view.targets:
        of = f" ({plain(target.model)})" if len(view.targets) > 1 else ""
        yield (
            f"- **Prompts{of}:** {target.compared} compared ({target.cached} from corpus cache, "
            f"{target.live} live), {target.skipped} skipped, {target.errors} errored\n"
        )
        if target.out_tokens is not None:
            tokens = target.out_tokens
            yield (
                f"- **Output tokens:**{of} baseline {tokens.baseline:.0f} → target {tokens.target:.0f} "
                f"({wording.times(tokens.value)}, over {tokens.rows} prompts)\n"
            )
        if target.report.pricing:
            yield f"- **Prices{of}:** {plain(target.report.pricing)}\n"
        if target.report.stopped:
            yield f"- **Stopped early{of}:** {plain(target.report.stopped)}\n"
    yield f"\n> **Verdict:** {plain(wording.headline(view))}\n"
    for target in view.targets:
        of = f"{plain(target.model)}: " if len(view.targets) > 1 else ""
        words = " ".join(filter(None, (wording.because(view, target), wording.uncovered(target))))
        yield f">\n> {of}{plain(words)}\n" if words else ""
        yield f">\n> {of}{plain(_by_comparator(target))}\n"
    for pair in view.paired:
        yield f">\n> {plain(wording.paired(pair))}\n"
    yield "\n"


def _by_comparator(target: TargetView) -> str:
    """Each comparator in a few words: ``exact 1/2 passed · mean 0.50``."""
    words = []
    for one in target.comparators:
        passed = f" {wording.tallied(one.rate)} passed ·" if one.rate.judged else ""
        measured = f"{one.name}{passed} mean {wording.score(one.mean_score)}"
        words.append(measured if one.compared else f"{one.name}: no results")
    return " · ".join(words) or "no comparators run"


def tables(view: View) -> Iterator[str]:
    """Targets side by side, the comparators, the categories."""
    several = len(view.targets) > 1
    if several or view.first.cost is not None or view.first.latency is not None:
        yield "## Side by side\n\n" if several else "## Cost and time\n\n"
        yield from table(
            ("Target", "Prompts that hold", "95% interval", "Changed", "Cost", "Time", "To first chunk"),
            (
                (
                    plain(target.model),
                    _rate(target.holds),
                    wording.percents(target.holds.interval) or wording.NOTHING,
                    str(target.changed),
                    *map(_ratio, (target.cost, target.latency, target.first_chunk)),
                )
                for target in view.targets
            ),
        )
    yield "## Summary\n\n"
    yield from table(
        (*(("Target",) if several else ()), "Comparator", "Compared", "Passed", "Pass rate", "95% interval",
         "Mean score", "Baseline with itself"),
        (
            (
                *((plain(target.model),) if several else ()),
                plain(one.name),
                str(one.compared),
                wording.tallied(one.rate),
                wording.percent(one.rate.value),
                wording.percents(one.rate.interval) or wording.NOTHING,
                wording.score(one.mean_score),
                _rate(one.agreement) if one.agreement else wording.NOTHING,
            )
            for target in view.targets
            for one in target.comparators
        ),
        words=2 if several else 1,
    )  # fmt: skip
    if aside := wording.exact_aside(view):
        yield f"_{plain(aside)}_\n\n"
    for target in view.targets:
        if target.categories:
            yield from _categories(view, target)


def _categories(view: View, target: TargetView) -> Iterator[str]:
    yield f"## By category{f': {plain(target.model)}' if len(view.targets) > 1 else ''}\n\n"
    yield "_Cells are pass rate · mean score; cost, time and out tokens are target over baseline._\n\n"
    yield from table(
        ("Category", "Prompts", *map(plain, view.comparators), "Cost", "Time", "Out tokens"),
        (
            (
                plain(one.name),
                str(one.prompts),
                *(
                    f"{wording.percent(rate.value)} · {wording.score(mean)}"
                    for rate, mean in zip(one.rates, one.mean_scores, strict=True)
                ),
                *(wording.ratio(ratio) for ratio in (one.cost, one.latency, one.out_tokens)),
            )
            for one in target.categories
        ),
    )  # fmt: skip


def _results(view: View) -> Iterator[str]:
    """A line a row."""
    if not any(target.compared for target in view.targets):
        return
    several = len(view.targets) > 1
    tagged = any(target.categories for target in view.targets)
    columns = [
        plain(f"{name} ({target.model})" if several else name)
        for target in view.targets
        for name in (*view.comparators, "Out tok", "Cached")
    ]
    yield "## Results\n\n"
    yield from table(
        ("#", "Prompt", *(("Category",) if tagged else ()), "Baseline model", *columns),
        (
            (
                str(line.number),
                plain(line.first.prompt_preview),
                *((plain(line.first.category or wording.NOTHING),) if tagged else ()),
                plain(line.first.baseline_model or wording.NOTHING),
                *(cell for row in line.rows for cell in _result(row, view.comparators)),
            )
            for line in view.lines()
            if any(row is not None and row.status == "ok" for row in line.rows)
        ),
        words=len(columns) + 4,
    )


def _result(row: RowResult | None, comparators: Sequence[str]) -> list[str]:
    if row is None or row.status != "ok":
        return [wording.NOTHING if row is None else row.status] * (len(comparators) + 2)
    found = results(row)
    cells = [_mark(found[name]) if name in found else wording.NOTHING for name in comparators]
    tokens = (row.baseline_out_tokens, row.target_out_tokens)
    known = tokens != (None, None)
    return [
        *cells,
        "→".join("?" if one is None else str(one) for one in tokens) if known else wording.NOTHING,
        "✅" if row.cached else "live",
    ]


def _mark(result: ComparisonResult) -> str:
    if result.error:
        return "⚠️ error"
    mark = {True: "✅ ", False: "❌ ", None: ""}[result.passed]
    return f"{mark}{wording.score(result.score)}"


def details(view: View, limit: int) -> Iterator[str]:
    """Rows in full, those that break first."""
    chosen = detailed(view, limit)
    if not chosen:
        return
    yield "## Details\n\n"
    for line in chosen:
        yield "".join(detail(line, view))
    left = sum(target.compared for target in view.targets) // len(view.targets) - len(chosen)
    if left > 0:
        yield f"_{wording.plural(left, 'more row')} in the HTML and JSON reports._\n\n"


def detailed(view: View, limit: int) -> list[Line]:
    """At most ``limit`` rows with answers: those that break, then those nobody judged, then the others."""
    order = {"breaks": 0, "unjudged": 1, "holds": 2}
    found: list[list[Line]] = [[], [], []]
    for line in view.lines():
        ranks = [order[came] for row in line.rows if row and (came := outcome(row, view.judges)) in order]
        if ranks and len(found[min(ranks)]) < limit:
            found[min(ranks)].append(line)
    chosen = [line for group in found for line in group][:limit]
    return chosen if len(chosen) == limit else sorted(chosen, key=lambda line: line.number)


def detail(line: Line, view: View) -> Iterator[str]:
    """One row: the question, the answers, what each comparator says."""
    row = line.first
    yield f"### {line.number}. {plain(row.prompt_preview)}\n\n"
    told = [one for one in line.rows if one is not None and one.status == "ok"]
    for one in told:
        category = f" · category {code(one.category)}" if one.category else ""
        yield f"{code(one.baseline_id)} → {code(one.migration_id)}"
        yield f" · semantic key {code(one.semantic_key)}{category}\n"
        yield from (f"- _{plain(note)}_\n" for note in one.notes)
        yield "\n"
        for result in one.comparisons:
            why = f" — {plain(result.detail)}" if result.detail else ""
            yield f"- **{plain(result.comparator)}** {_mark(result)}{why}\n"
        yield "\n"
    yield folded("Prompt", row.prompt_text or row.prompt_preview)
    yield folded(f"Baseline ({row.baseline_model or 'unknown'})", said(row.baseline_text, row.baseline))
    for one in told:
        yield folded(f"Target ({one.target_model})", said(one.target_text or "", one.target))


def skipped(view: View) -> Iterator[str]:
    """What was not compared, by its reason."""
    groups = [(target, group) for target in view.targets for group in target.reasons]
    if not groups:
        return
    yield "## Skipped & errors\n\n"
    yield from table(
        ("Cassette", "Status", "Rows", "Reason"),
        (
            (
                ", ".join(code(name) for name in group.examples)
                + (
                    f" and {group.count - len(group.examples)} more"
                    if group.count > len(group.examples)
                    else ""
                ),
                group.status,
                str(group.count),
                plain(group.text),
            )
            for _, group in groups
        ),
        words=4,
    )


def _rate(rate: Rate) -> str:
    return f"{wording.percent(rate.value)} ({wording.tallied(rate)})" if rate.judged else wording.NOTHING


def _ratio(ratio: RatioView | None) -> str:
    if ratio is None:
        return wording.NOTHING
    within = wording.times_range(ratio.interval)
    return f"{wording.times(ratio.value)} ({within})" if within else wording.times(ratio.value)


def table(heads: Sequence[str], rows: Iterable[Iterable[str]], words: int = 1) -> Iterator[str]:
    """A table; the first ``words`` columns to the left."""
    yield f"| {' | '.join(heads)} |\n"
    yield f"|{'|'.join('---' if place < words else '---:' for place in range(len(heads)))}|\n"
    for row in rows:
        yield f"| {' | '.join(row)} |\n"
    yield "\n"


def plain(text: str) -> str:
    """A text on one line that Markdown takes for words: no markup, no images, no end of a table cell."""
    return _SPECIAL.sub(r"\\\1", " ".join(inert(text).split()))


def code(text: str) -> str:
    """A name as code, whatever is in it."""
    line = " ".join(inert(text).split())
    if "`" in line or "|" in line or "\\" in line:
        return plain(line)
    return f"`{line}`"


def folded(title: str, text: str) -> str:
    """A text to be unfolded; its fence is longer than any in it."""
    text = inert(text)
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    summary = escape(inert(" ".join(title.split())))  # HTML to its end: backslashes escape nothing here
    return f"<details><summary>{summary}</summary>\n\n{ticks}text\n{text}\n{ticks}\n\n</details>\n\n"
