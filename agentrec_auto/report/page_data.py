"""The rows as the page's script reads them: JSON inside of HTML, where nothing can end the script element."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from markupsafe import Markup

from agentrec_auto import compiled
from agentrec_auto.comparators.base import Side
from agentrec_auto.corpus.inert import inert
from agentrec_auto.migration.rows import RowResult
from agentrec_auto.report.inlined import inside
from agentrec_auto.report.lines import Line, changed, outcome, results
from agentrec_auto.report.plain_json import finite
from agentrec_auto.report.view import View

_A_BLOCK = 200
"""Rows of one script element: what the browser's parser holds in memory at a time."""


def blocks(view: View) -> Iterator[str]:
    """The script elements that hold the data, `facts` first, in pieces: a row each."""
    facts = {
        "targets": [inert(target.model) for target in view.targets],
        "comparators": [inert(name) for name in view.comparators],
        "judges": [inert(name) for name in view.judges],
    }
    yield Markup("<script type='application/json' id='facts'>{}</script>\n").format(inside(facts))
    waiting = iter(view.lines())
    while block := list(islice(waiting, _A_BLOCK)):
        before = "<script type='application/json' class='rows'>["
        for line in block:
            yield before + _row(_line(line, view))
            before = ","
        yield "]</script>\n"


def _row(told: dict[str, Any]) -> str:
    """The same of a row, in a third of the time where it is ASCII anyway, and no tool was called with NaN."""
    if not any(one and "calls" in one for one in (told["baseline"], *told["targets"])):
        quick = compiled.dumps(told)
        if quick.isascii():
            return quick.replace(b"<", b"\\u003c").decode()
    return str(inside(told))


def _line(line: Line, view: View) -> dict[str, Any]:
    row = line.first
    return _known(
        number=line.number,
        id=row.baseline_id,
        prompt=row.prompt_text or row.prompt_preview,
        category=None if row.category is None else inert(row.category),  # as the filter has it
        model=row.baseline_model,
        baseline=_side(row.baseline, row.baseline_text, row.baseline_in_tokens, row.baseline_out_tokens)
        | {"cassette": row.baseline_id},
        targets=[None if one is None else _result(one, view) for one in line.rows],
    )


def _result(row: RowResult, view: View) -> dict[str, Any]:
    came_to = outcome(row, view.judges)
    if row.status != "ok":
        return _known(outcome=came_to, reason=row.reason or "no reason was given", notes=row.notes or None)
    said = results(row)
    scores = [
        None
        if (one := said.get(name)) is None
        else [finite(one.score) or 0.0, one.passed, one.detail, one.error]
        for name in view.comparators
    ]
    return _known(
        outcome=came_to,
        changed=changed(row),
        cached=row.cached or None,
        cassette=row.migration_id,
        scores=scores,
        notes=row.notes or None,
        **_side(row.target, row.target_text or "", row.target_in_tokens, row.target_out_tokens),
    )


def _side(side: Side | None, text: str, read: int | None, written: int | None) -> dict[str, Any]:
    if side is None:
        return _known(text=text, input=read, output=written)
    return _known(
        text=text,
        calls=[[call.name, call.arguments] for call in side.tool_calls] or None,
        refusal=side.refusal,
        finish=side.finish_reason,
        torn=None if side.is_whole else True,
        latency=finite(side.latency_s),
        first=finite(side.latency_first_chunk_s),
        cost=finite(side.cost_usd),
        input=read,
        output=written,
    )


def _known(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
