"""The first half of the page: the answer, three numbers, plots, categories, what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from agentrec_auto.corpus.inert import inert
from agentrec_auto.migration.rows import UNCATEGORIZED
from agentrec_auto.report import plots, wording
from agentrec_auto.report.view import Group, Rate, RatioView, TargetView, View


def parts(view: View) -> Iterator[Markup]:
    """From the top of the page to the rows."""
    yield Markup(
        "<header class='masthead'><p>Migration report · {corpus} · {when}</p>"
        "<button type='button' id='help-open' class='needs-script'>Keys</button>"
        "<button type='button' id='theme' class='needs-script'>Light / dark</button>"
        "</header>\n<main>\n"
    ).format(corpus=inert(view.first.report.corpus), when=_when(view.first.report.generated_at))
    yield _verdict(view)
    yield _tiles(view.first) if len(view.targets) == 1 else _side_by_side(view)
    yield _figures(view)
    yield _summary(view)
    yield from (_categories(view, target) for target in view.targets if target.categories)


def _verdict(view: View) -> Markup:
    if len(view.targets) == 1:
        because: list[str] = [wording.because(view, view.first), wording.uncovered(view.first)]
    else:
        because = [*map(wording.paired, view.paired), wording.frugal(view)]
    stopped = [
        Markup("<p class='stopped'>The run with {} ended early: {}. This is about the rows so far.</p>")
        .format(inert(target.model), inert(target.report.stopped))
        for target in view.targets
        if target.report.stopped
    ]  # fmt: skip
    return Markup(
        "<section class='verdict' aria-label='Verdict'><p class='models'>{base} → <b>{names}</b></p>"
        "<h1 class='headline'>{headline}</h1>{because}{stopped}</section>\n"
    ).format(
        base=inert(view.baseline),
        names=inert(view.names),
        headline=inert(wording.headline(view)),
        because=Markup("<p class='because'>{}</p>").format(inert(" ".join(filter(None, because)))),
        stopped=_joined(stopped),
    )


def _tiles(target: TargetView) -> Markup:
    held = target.holds
    rate = f"{held.passed:,} of {held.judged:,}"
    if held.interval is not None:
        rate += f" · 95% interval {wording.percents(held.interval)}"
    return Markup("<div class='tiles'>{}{}{}</div>\n").format(
        _tile("Prompts that hold", wording.percent(held.value), rate, _itself(target)),
        _ratio_tile("Cost", target.cost, wording.money, "in all", "no price or no usage is known"),
        _ratio_tile("Time to the whole answer", target.latency, wording.seconds, "on average", "not recorded",
                    target.first_chunk),
    )  # fmt: skip


def _itself(target: TargetView) -> str:
    return "; ".join(
        f"the baseline with itself, {one.name}: {wording.percent(one.agreement.value)}"
        for one in target.comparators
        if one.agreement is not None and one.decides
    )


def _tile(name: str, figure: str, *lines: str) -> Markup:
    return Markup("<div class='tile'><h2>{}</h2><div class='figure'>{}</div>{}</div>").format(
        name, figure, _joined(Markup("<p>{}</p>").format(inert(line)) for line in lines if line)
    )


def _ratio_tile(
    name: str,
    ratio: RatioView | None,
    told: object,
    how: str,
    missing: str,
    first_chunk: RatioView | None = None,
) -> Markup:
    if ratio is None:
        return _tile(name, wording.NOTHING, missing)
    assert callable(told)
    old, new = (ratio.baseline, ratio.target) if how == "in all" else wording.mean(ratio)
    lines = [f"{told(old)} → {told(new)} {how}, {wording.plural(ratio.rows, 'prompt')}"]
    if ratio.interval is not None:
        lines.append(f"95% interval {wording.times_range(ratio.interval)}")
    if first_chunk is not None:
        lines.append(f"to the first chunk: {wording.times(first_chunk.value)}")
    return _tile(name, wording.times(ratio.value), *lines)


def _side_by_side(view: View) -> Markup:
    """The targets, one a line."""
    heads = (
        "Target",
        "Prompts that hold",
        "95% interval",
        "Changed",
        "Cost",
        "Time",
        "To first chunk",
        "Not compared",
    )
    lines = [
        (
            Markup("<b>{}</b>").format(inert(target.model)),
            Markup("<b>{}</b> <span class='meta'>{}</span>").format(
                wording.percent(target.holds.value), wording.tallied(target.holds)
            ),
            wording.percents(target.holds.interval) or wording.NOTHING,
            f"{target.changed:,}",
            _with_interval(target.cost),
            _with_interval(target.latency),
            _with_interval(target.first_chunk),
            f"{target.skipped + target.errors:,}",
        )
        for target in view.targets
    ]
    return Markup("<h2>Side by side</h2>{}").format(_table(heads, lines))


def _with_interval(ratio: RatioView | None) -> Markup:
    if ratio is None:
        return Markup(wording.NOTHING)
    return Markup("<b>{}</b> <span class='meta'>{}</span>").format(
        wording.times(ratio.value), wording.times_range(ratio.interval)
    )


def _figures(view: View) -> Markup:
    drawn = [
        _figure(
            "Pass rate by comparator",
            "Bars with 95% intervals"
            + (
                "; the dashed line is how often the baseline agrees with itself."
                if any(one.agreement for target in view.targets for one in target.comparators)
                else "."
            ),
            plots.pass_rates(view),
        )
    ]
    drawn.extend(
        _figure(
            f"Scores: {title}", "How many answers score how high: 0 is nothing in common, 1 the same.", plot
        )
        for title, plot in plots.distributions(view)
    )
    frame = plots.frame_of(view)
    drawn.extend(
        _figure(
            f"Cost and time, {target.model}" if len(view.targets) > 1 else "Cost and time",
            Markup(
                "Each prompt against its baseline. <span class='key holds'></span>holds "
                "<span class='key others'></span>does not. Larger marks stand for several prompts."
            ),
            plots.scatter(target, frame),
        )
        for target in view.targets
        if target.dots
    )
    return Markup("<h2>In pictures</h2><div class='figures'>{}</div>\n").format(_joined(drawn))


def _figure(title: str, note: str, plot: Markup) -> Markup:
    return Markup("<figure><figcaption>{}</figcaption><p>{}</p>{}</figure>").format(inert(title), note, plot)


def _summary(view: View) -> Markup:
    several = len(view.targets) > 1
    heads = (
        *(("Target",) if several else ()),
        "Comparator", "Compared", "Passed", "Pass rate", "95% interval", "Mean score", "Baseline with itself",
        "Errors",
    )  # fmt: skip
    lines = [
        (
            *((inert(target.model),) if several else ()),
            inert(one.name) + ("" if one.decides else " *"),
            f"{one.compared:,}",
            wording.tallied(one.rate),
            wording.percent(one.rate.value),
            wording.percents(one.rate.interval) or wording.NOTHING,
            wording.score(one.mean_score),
            f"{wording.percent(one.agreement.value)} of {one.agreement.judged:,}"
            if one.agreement
            else wording.NOTHING,
            f"{one.errors:,}",
        )
        for target in view.targets
        for one in target.comparators
    ]
    aside = wording.exact_aside(view)
    note = Markup("<p class='meta'>* {}</p>").format(aside) if aside else ""
    return Markup("<h2>Summary</h2>{}{}\n").format(_table(heads, lines, words=2 if several else 1), note)


def _categories(view: View, target: TargetView) -> Markup:
    of = f" with {target.model}" if len(view.targets) > 1 else ""
    heads = ("Category", "Prompts", "Hold", "95% interval", *view.comparators, "Cost", "Time", "Out tokens")
    lines = [
        (
            Markup("<button type='button' class='tag' data-category='{}'>{}</button>").format(
                "-" if one.name == UNCATEGORIZED else f"={inert(one.name)}", inert(one.name)
            ),
            f"{one.prompts:,}",
            wording.percent(one.holds.value),
            wording.percents(one.holds.interval) or wording.NOTHING,
            *(_rate_and_score(rate, mean) for rate, mean in zip(one.rates, one.mean_scores, strict=True)),
            *(wording.ratio(ratio) for ratio in (one.cost, one.latency, one.out_tokens)),
        )
        for one in target.categories
    ]  # fmt: skip
    return Markup("<h2>By category{}</h2>{}\n").format(inert(of), _table(heads, lines))


def _rate_and_score(rate: Rate, mean: float | None) -> str:
    return wording.percent(rate.value) if rate.judged else wording.score(mean)


def about(view: View) -> Markup:
    """What was left out, what should be known, and where it all comes from."""
    left_out = [
        (inert(group.text), group.status, f"{group.count:,}", inert(_examples(group)))
        for target in view.targets
        for group in target.reasons
    ]
    notes = [
        Markup("<li>{} <span class='meta'>({})</span></li>").format(
            inert(group.text), wording.plural(group.count, "row")
        )
        for target in view.targets
        for group in target.notes
    ]
    sections = []
    if left_out:
        table = _table(("Reason", "Status", "Rows", "Cassettes"), left_out, words=4)
        sections.append(Markup("<h2>Skipped &amp; errors</h2>{}").format(table))
    if notes:
        sections.append(Markup("<h2>Notes</h2><ul>{}</ul>").format(_joined(notes)))
    return Markup("{}</main>\n<footer>{}</footer>\n").format(_joined(sections), _provenance(view))


def _provenance(view: View) -> Markup:
    said = [
        f"Comparators: {', '.join(view.comparators)}.",
        "Intervals are at 95%: Wilson's for rates, bootstrap for ratios. A ratio is the target's sum over "
        "the baseline's, of the prompts where both are known.",
    ]
    for target in view.targets:
        read = f"{target.cached:,} answers from the corpus, {target.live:,} asked live"
        said.append(
            f"{target.model} ({target.report.target_provider}): {read}, {target.report.generated_at}."
        )
        if target.report.pricing:
            said.append(f"Prices: {target.report.pricing}.")
        if target.out_tokens is not None:
            old, new = target.out_tokens.baseline, target.out_tokens.target
            ratio, rows = (
                wording.times(target.out_tokens.value),
                wording.plural(target.out_tokens.rows, "prompt"),
            )
            said.append(f"Output tokens: baseline {old:,.0f} → target {new:,.0f} ({ratio} over {rows}).")
    return _joined(Markup("<p>{}</p>").format(inert(line)) for line in dict.fromkeys(said))


def _examples(group: Group) -> str:
    more = group.count - len(group.examples)
    return ", ".join(group.examples) + (f" and {more:,} more" if more else "")


def _table(heads: Iterable[str], lines: Iterable[Iterable[str]], words: int = 1) -> Markup:
    """The first ``words`` columns are words, the others numbers."""
    head = _joined(
        Markup("<th scope='col'{}>{}</th>").format(_look(place, words), inert(name))
        for place, name in enumerate(heads)
    )
    body = _joined(
        Markup("<tr>{}</tr>").format(
            _joined(
                Markup("<td{}>{}</td>").format(_look(place, words), cell) for place, cell in enumerate(line)
            )
        )
        for line in lines
    )
    return Markup(
        "<div class='scrolls'><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(head, body)


def _look(place: int, words: int) -> Markup:
    return Markup("" if place < words else " class='figure'")


def _joined(parts: Iterable[str]) -> Markup:
    return Markup("").join(parts)


def _when(generated_at: str) -> str:
    return inert(generated_at[:16].replace("T", " "))
