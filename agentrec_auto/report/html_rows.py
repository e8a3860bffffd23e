"""The second half of the page: filters, the table of rows, and the drawer for one of them.

The first rows are written out, to be read where scripts are off; the page's script takes the table over.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from markupsafe import Markup

from agentrec_auto.comparators.base import ComparisonResult
from agentrec_auto.corpus.inert import inert
from agentrec_auto.migration.rows import UNCATEGORIZED, RowResult
from agentrec_auto.report.lines import Line, outcome, results, said
from agentrec_auto.report.view import View

_LOOKS = {"holds": "pass", "breaks": "fail", "unjudged": "meta", "skipped": "meta", "error": "err"}
_SHOWN = 300
"""Characters of a text in the table; the whole of it is below, in the details."""

_AROUND = Markup(
    """<h2 id='rows-title' tabindex='-1'>Results</h2>
<p class='no-script meta'>The first {written} of {prompts} rows. With scripts on, all can be searched and compared.</p>
<div class='filters' role='search' aria-label='Filter the rows'>
<input id='search' type='search' placeholder='Search questions and answers' aria-label='Search questions and answers'>
<span class='group' role='group' aria-label='Only'><button type='button' data-toggle='changed' data-value='only' aria-pressed='false'>Changed</button><button type='button' data-toggle='show' data-value='breaks' aria-pressed='false'>Broken</button></span>
<select id='show' aria-label='Status'><option value=''>any status</option><option value='breaks'>breaks</option><option value='holds'>holds</option><option value='unjudged'>no verdict</option><option value='skipped'>skipped</option><option value='error'>error</option></select>
<select id='by' aria-label='Comparator'><option value=''>any comparator</option>{comparators}</select>
{categories}{targets}<select id='sort' aria-label='Order'><option value=''>as recorded</option><option value='score'>lowest score first</option><option value='cost'>dearest first</option><option value='latency'>slowest first</option></select>
<button type='button' id='clear'>Clear</button>
</div>
<div class='status'><span id='found' role='status'></span>{pager}</div>
<table id='rows'><thead><tr><th scope='col' class='number'>#</th><th scope='col'>Question</th><th scope='col'>{baseline}</th>{heads}</tr></thead>
<tbody>
"""  # noqa: E501  # lines of HTML
)

_PAGER = Markup(
    "<nav class='pager' aria-label='Pages' hidden><button type='button' data-go='-1'>Previous</button>"
    "<span></span><button type='button' data-go='1'>Next</button></nav>"
)

_AFTER = Markup(
    """</tbody></table>
<p id='nothing' class='meta' hidden>No row is like that.</p>
<div class='status'>{pager}</div>
{details}
<dialog id='drawer' aria-labelledby='drawer-title'>
<div class='drawer-head'><h2 id='drawer-title'></h2><button type='button' id='before' aria-label='Previous row'>↑</button><button type='button' id='after' aria-label='Next row'>↓</button><button type='button' id='close' aria-label='Close'>Close</button></div>
<div id='drawer-body' tabindex='0' autofocus aria-label='The row'></div>
</dialog>
<dialog id='help' aria-labelledby='help-title'><h2 id='help-title'>Keys</h2>
<dl><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next and previous row</dd><dt><kbd>Enter</kbd></dt><dd>open the row</dd><dt><kbd>Esc</kbd></dt><dd>close it, leave the search</dd><dt><kbd>/</kbd></dt><dd>search</dd><dt><kbd>?</kbd></dt><dd>these keys</dd></dl>
<button type='button' id='help-close'>Close</button></dialog>
"""  # noqa: E501
)


def parts(view: View, written: int) -> Iterator[Markup]:
    """The rows; the first ``written`` of them as text."""
    yield _AROUND.format(
        written=min(written, view.prompts),
        prompts=f"{view.prompts:,}",
        comparators=Markup("").join(
            Markup("<option value='{0}'>fails {0}</option>").format(inert(name)) for name in view.comparators
        ),
        categories=_categories(view),
        targets=_targets(view),
        pager=_PAGER,
        baseline=inert(view.baseline if len(view.baseline_models) == 1 else "Baseline"),
        heads=Markup("").join(
            Markup("<th scope='col'>{}</th>").format(inert(target.model)) for target in view.targets
        )
        + (Markup("<th scope='col' class='scores'>Verdict</th>") if len(view.targets) == 1 else ""),
    )
    for line in islice(view.lines(), written):
        yield _line(line, view)
    details = (_details(line) for line in islice(view.lines(), written))
    yield _AFTER.format(
        pager=_PAGER,
        details=Markup("<section class='no-script'><h2>Details</h2>{}</section>").format(
            Markup("").join(details)
        ),
    )


def _categories(view: View) -> Markup:
    names = sorted({one.name for target in view.targets for one in target.categories})
    if not names:
        return Markup()
    options = (
        Markup("<option value='{}'>{}</option>").format(
            "-" if name == UNCATEGORIZED else f"={inert(name)}", inert(name)
        )
        for name in names
    )
    return Markup(
        "<select id='category' aria-label='Category'><option value=''>any category</option>{}</select>\n"
    ).format(Markup("").join(options))


def _targets(view: View) -> Markup:
    if len(view.targets) == 1:
        return Markup()
    options = (
        Markup("<option value='{}'>{}</option>").format(place, inert(target.model))
        for place, target in enumerate(view.targets)
    )
    return Markup(
        "<select id='target' aria-label='Target'><option value=''>any target</option>{}</select>\n"
    ).format(Markup("").join(options))


def _line(line: Line, view: View) -> Markup:
    row = line.first
    tag = Markup("<span class='tag'>{}</span>").format(inert(row.category)) if row.category else ""
    return Markup(
        "<tr><td class='number'>{}</td><td class='prompt' dir='auto'>{} {}</td>"
        "<td class='answer' dir='auto'>{}</td>{}</tr>\n"
    ).format(
        line.number,
        inert(row.prompt_preview),
        tag,
        _short(said(row.baseline_text, row.baseline)),
        Markup("").join(_result(one, view) for one in line.rows),
    )


def _result(row: RowResult | None, view: View) -> Markup:
    """With one target an answer and its verdict; with several, a cell each."""
    between = Markup("</td><td class='scores'>") if len(view.targets) == 1 else Markup(" ")
    if row is None:
        return Markup("<td class='meta'>not asked{}</td>").format(between)
    came_to = outcome(row, view.judges)
    badge = Markup("<span class='badge {}'>{}</span>").format(_LOOKS[came_to], came_to)
    if row.status != "ok":
        return Markup("<td class='meta'>{}{}{}</td>").format(_short(row.reason or ""), between, badge)
    found = results(row)
    scores = Markup(" ").join(_score(found[name]) for name in view.comparators if name in found)
    text = _short(said(row.target_text or "", row.target))
    return Markup("<td class='answer' dir='auto'>{}{}{} {}</td>").format(text, between, badge, scores)


def _score(result: ComparisonResult) -> Markup:
    if result.error:
        return Markup("<span class='err'>{} failed</span>").format(inert(result.comparator))
    look, mark = {True: ("pass", "✓"), False: ("fail", "✗"), None: ("meta", "")}[result.passed]
    return Markup("<span class='{}'>{} {} {:.2f}</span>").format(
        look, mark, inert(result.comparator), result.score
    )


def _details(line: Line) -> Markup:
    row = line.first
    sides = [("Baseline", row.baseline_model or "", said(row.baseline_text, row.baseline))]
    sides += [
        ("Target", one.target_model, said(one.target_text or one.reason or "", one.target))
        for one in line.rows
        if one is not None
    ]
    panes = (
        Markup("<section class='pane'><h3>{} {}</h3><pre>{}</pre></section>").format(
            name, inert(model), inert(text)
        )
        for name, model, text in sides
    )
    return Markup(
        "<details><summary>{}. {}</summary><pre>{}</pre><div class='panes'>{}</div></details>\n"
    ).format(line.number, inert(row.prompt_preview), inert(row.prompt_text), Markup("").join(panes))


def _short(text: str) -> str:
    return inert(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
