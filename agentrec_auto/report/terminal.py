"""The report on a terminal: rich tables, the verdict first."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agentrec_auto.corpus.inert import inert
from agentrec_auto.report import wording
from agentrec_auto.report.view import RatioView, TargetView, View


def parts(view: View) -> Iterator[RenderableType]:
    """The report, piece by piece; nothing of it is markup."""
    broken = any(target.breaks for target in view.targets)
    yield _text(f"{view.baseline} → {view.names}", "dim")
    yield _text(wording.headline(view), "bold red" if broken else "bold")
    for target in view.targets:
        of = f"{target.model}: " if len(view.targets) > 1 else ""
        said = " ".join(filter(None, (wording.because(view, target), wording.uncovered(target))))
        if said:
            yield _text(of + said)
        if target.report.stopped:
            yield _text(f"{of}stopped early: {target.report.stopped}", "yellow")
    for pair in view.paired:
        yield _text(wording.paired(pair))
    yield ""
    yield _comparators(view)
    if (ratios := _ratios(view)).row_count:
        yield ""
        yield ratios
    if any(target.categories for target in view.targets):
        yield ""
        yield _categories(view)
    for target in view.targets:
        for one in target.comparators:
            if one.errors:
                yield _text(f"{one.name}: {wording.failed_to_compare(one)}", "red")
        for group in target.reasons:
            yield _text(f"{group.count:,} {group.status}: {group.text}", "dim")


def _comparators(view: View) -> Table:
    made = _table(
        "comparator", "target", "passed", "rate", "95% interval", "mean score", "baseline with itself"
    )
    for target in view.targets:
        for one in target.comparators:
            made.add_row(
                _text(one.name),
                _text(target.model),
                wording.tallied(one.rate),
                wording.percent(one.rate.value),
                wording.percents(one.rate.interval) or wording.NOTHING,
                wording.score(one.mean_score),
                wording.percent(one.agreement.value) if one.agreement else wording.NOTHING,
                style="" if one.decides else "dim",
            )
    return made


def _ratios(view: View) -> Table:
    made = _table("target over baseline", "target", "ratio", "95% interval", "prompts")
    for target in view.targets:
        for name, ratio in _named(target):
            if ratio is not None:
                made.add_row(
                    name, _text(target.model), wording.times(ratio.value),
                    wording.times_range(ratio.interval) or wording.NOTHING, f"{ratio.rows:,}",
                )  # fmt: skip
    return made


def _named(target: TargetView) -> Iterator[tuple[str, RatioView | None]]:
    yield "cost", target.cost
    yield "time", target.latency
    yield "time to first chunk", target.first_chunk
    yield "output tokens", target.out_tokens


def _categories(view: View) -> Table:
    made = _table("category", "target", "prompts", "hold", "95% interval", "cost", "time")
    for target in view.targets:
        for one in target.categories:
            made.add_row(
                _text(one.name), _text(target.model), f"{one.prompts:,}", wording.percent(one.holds.value),
                wording.percents(one.holds.interval) or wording.NOTHING,
                *(wording.ratio(ratio) for ratio in (one.cost, one.latency)),
            )  # fmt: skip
    return made


def _table(*heads: str) -> Table:
    made = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for place, head in enumerate(heads):
        made.add_column(head, overflow="fold", justify="left" if place < 2 else "right")
    return made


def _text(words: str, style: str = "") -> Text:
    return Text(inert(words), style)
