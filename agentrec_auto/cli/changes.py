"""Showing what a change would do, and doing it when told to: `scrub` and `rekey` alike."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from agentrec_auto.cli import output
from agentrec_auto.corpus.changing import Change, Plan, Remake, carry_out, plan
from agentrec_auto.corpus.held import Corpus
from agentrec_auto.corpus.listing import chosen
from agentrec_auto.corpus.query import Query


def make(
    corpus: Corpus,
    query: Query,
    remake: Remake,
    done: str,
    *,
    write: bool,
    as_json: bool,
    closes_gaps: bool = False,
) -> None:
    """Plan, show and, if ``write``, carry out; ``done`` is what was done then: ``rekeyed``."""
    planned = plan(corpus, chosen(corpus, query), remake, closes_gaps=closes_gaps)
    if write:
        for _ in carry_out(corpus, planned, remake):
            pass
    if as_json:
        output.emit_json(_facts(corpus, planned, write))
    elif planned.changes:
        output.emit(_table(planned.changes))
        if len(planned.changes) > _room():
            output.note(f"and {len(planned.changes) - _room():,} more")
    output.note_broken(planned.broken)
    output.note(_summary(planned, done, write))


def _room() -> int:
    return output.SHOWN if output.is_terminal() else output.PIPED


def _table(changes: Sequence[Change]) -> Table:
    made = output.table("recording", "becomes", "because")
    for change in changes[: _room()]:
        becomes = (
            output.cell("stays there, rewritten", "dim")
            if change.to == change.name
            else output.cell(change.to)
        )
        made.add_row(output.cell(change.name), becomes, output.cell(change.why, "dim"))
    return made


def _summary(planned: Plan, done: str, write: bool) -> str:
    of = f"of {output.plural(planned.looked_at, 'recording')}"
    count = len(planned.changes)
    if not count:
        return f"nothing to be {done}, {of}"
    moved = f", {planned.moves:,} under another key" if planned.moves else ""
    if write:
        return f"{done} {count:,} {of}{moved}"
    return f"would be {done}: {count:,} {of}{moved}. Nothing was written: --write does it"


def _facts(corpus: Corpus, planned: Plan, write: bool) -> dict[str, object]:
    return {
        "corpus": corpus.where,
        "written": write,
        "looked_at": planned.looked_at,
        "changes": planned.changes,
        "broken": planned.broken,
    }
