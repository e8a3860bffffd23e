"""``agentrec stats``: a corpus in numbers."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from rich.console import RenderableType
from rich.table import Table

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus.jsonable import jsonable
from agentrec_auto.corpus.listing import chosen
from agentrec_auto.corpus.stats import Group, Stats, counted
from agentrec_auto.corpus.wording import size

_GROUPS = 12
"""Rows of a group on a terminal."""

_HEADS = ("count", "read", "written", "p50 s", "p90 s", "p99 s")
"""How many, tokens, and percentiles of the latency."""


def register(app: typer.Typer) -> None:
    """Add ``stats``."""
    app.command("stats")(stats)


def stats(
    words: list[str] = opening.FILTER,
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Count what is recorded: by provider, model, status, day …, with tokens and latency.

    Example: `agentrec stats since:30d`
    """
    query = opening.query_of(words)
    opened = opening.open_corpus(corpus, config)
    found = counted(chosen(opened, query))
    if as_json:
        output.emit_json({"corpus": opened.where, "query": str(query), **jsonable(found)})
    elif found.count:
        output.emit(*_page(found))
    output.note_broken(found.broken)
    if not found.count:
        output.note(f"nothing in {opened.where} matches: {query}")
        raise typer.Exit(1)


def _page(found: Stats) -> Iterator[RenderableType]:
    repeated = found.count - found.keys
    again = f", {output.plural(repeated, 'further take')}" if repeated > 0 else ""
    yield output.cell(
        f"{output.plural(found.count, 'recording')} of {output.plural(found.keys, 'request')}{again}", "bold"
    )
    rows: list[tuple[str, RenderableType]] = [
        ("questions", output.cell(f"{found.questions:,} different, whatever the model")),
        ("bytes", output.cell(f"{size(found.request_bytes)} sent, {size(found.response_bytes)} back")),
    ]
    if found.with_usage:
        everything = found.everything
        told = f"{everything.input_tokens:,} read, {everything.output_tokens:,} written"
        known = f" (known of {found.with_usage:,})" if found.with_usage < found.count else ""
        rows.append(("tokens", output.cell(told + known)))
    if spread := found.everything.latency:
        told = f"{spread.p50_s:.2f} s median, {spread.p90_s:.2f} s p90, {spread.max_s:.2f} s the longest"
        rows.append(("latency", output.cell(told)))
    yield output.pairs(rows)
    for name, groups in found.groups.items():
        yield ""
        yield _table(name, groups)


def _table(name: str, groups: tuple[Group, ...]) -> Table:
    columns = ((head, {"justify": "right"}) for head in _HEADS)
    made = output.table((name, {"min_width": 22}), *columns, gap=2)
    shown = groups[-_GROUPS:] if name == "day" else groups[:_GROUPS]
    if not output.is_terminal():
        shown = groups
    for group in shown:
        took = group.latency
        seconds = [f"{value:.2f}" for value in (took.p50_s, took.p90_s, took.p99_s)] if took else ["", "", ""]
        tokens = [f"{count:,}" if count else "" for count in (group.input_tokens, group.output_tokens)]
        made.add_row(output.cell(group.name), f"{group.count:,}", *tokens, *seconds)
    if left := len(groups) - len(shown):
        made.add_row(output.cell(f"and {left:,} more", "dim"))
    return made
