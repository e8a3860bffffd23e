"""``agentrec ls``: what is recorded, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import typer
from rich.table import Table
from rich.text import Text

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus import when
from agentrec_auto.corpus.facts import Facts
from agentrec_auto.corpus.held import digest_of
from agentrec_auto.corpus.listing import Listing, Row, listed
from agentrec_auto.corpus.plain import plain


def register(app: typer.Typer) -> None:
    """Add ``ls``."""
    app.command("ls")(ls)


def ls(
    words: list[str] = opening.FILTER,
    limit: int = typer.Option(
        None,
        "--limit",
        "-n",
        min=0,
        help="So many; 0 for all (default: 50 on a terminal).",
        show_default=False,
    ),
    offset: int = typer.Option(0, "--offset", min=0, help="Leave out so many of the newest."),
    names: bool = typer.Option(False, "--names", "-q", help="Names only, one a line."),
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """List what is recorded, newest first.

    A filter is `field:value`, and all must hold: `provider:openai model:gpt-4o*,o3* status:4xx stream:true
    ending:abandoned tag:team=search since:7d 'latency:>2' site:app/extract.py`; `!` in front of one means the
    opposite. Other words are looked for in question, answer and name. `docs/corpus.md` has them all.
    Exits with 1 where nothing is meant.

    Example: `agentrec ls since:yesterday '!status:200'`
    """
    query = opening.query_of(words)
    opened = opening.open_corpus(corpus, config)
    if limit is None:
        limit = output.SHOWN if output.is_terminal() and not (names or as_json) else 0
    listing = listed(opened, query, limit=limit or None, offset=offset)
    if as_json:
        output.emit_json({"corpus": opened.where, "query": str(query), **_facts(listing)})
    elif names:
        for row in listing.rows:
            typer.echo(output.inert(row.facts.name))
    elif listing.rows:
        output.emit(_table(listing.rows, output.width()))
        _note_page(listing, offset)
    output.note_broken(listing.broken)
    if not listing.matched:
        output.note(f"nothing in {opened.where} is meant by: {query}")
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    head: str
    cell: Callable[[Row], Text]
    ratio: int = 0
    """Its share of the room that is left; 0 for one that takes what it needs."""

    at_right: bool = False


def _columns(rows: Sequence[Row], width: int) -> list[Column]:
    """What there is room for, a column in which nothing stands left out."""
    present = when.now()
    is_wide, is_piped = width >= 110, width == output.PIPED
    columns = [
        Column(
            "recording",
            lambda row: output.cell(row.facts.name if is_piped else _short(row.facts.name), "cyan"),
        ),
        Column("when", lambda row: output.cell(_when(row.facts, present, is_piped), "dim")),
        Column("model", lambda row: output.cell(row.facts.model or row.facts.dialect)),
    ]
    if is_piped or not all(row.facts.is_well for row in rows):
        columns.append(Column("ended", lambda row: _ended(row.facts)))
    if is_wide and any(row.facts.category for row in rows):
        columns.append(Column("category", lambda row: output.cell(row.facts.category or "")))
    columns.append(Column("question", lambda row: output.cell(row.question), ratio=3))
    if width >= 96:
        columns.append(Column("answer", lambda row: output.cell(row.answer), ratio=3))
    if is_wide:
        columns.append(Column("tokens", lambda row: output.cell(_tokens(row), "dim"), at_right=True))
        columns.append(Column("took", lambda row: output.cell(_took(row.facts), "dim"), at_right=True))
    return columns


def _table(rows: Sequence[Row], width: int) -> Table:
    columns = _columns(rows, width)
    made = Table(
        box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", expand=width != output.PIPED
    )
    for column in columns:
        made.add_column(
            column.head,
            no_wrap=True,
            justify="right" if column.at_right else "left",
            ratio=column.ratio or None,
        )
    for row in rows:
        made.add_row(*(column.cell(row) for column in columns))
    return made


def _short(name: str) -> str:
    """As much of a name as `agentrec show` needs: the beginning of its digest."""
    digest, dot, take = digest_of(name).partition(".")
    return digest[:8] + dot + take if len(digest) == 16 else name


def _when(facts: Facts, present: object, is_piped: bool) -> str:
    if facts.recorded_at is None:
        return ""
    return (
        f"{facts.recorded_at:%Y-%m-%dT%H:%M:%S%z}" if is_piped else when.told(facts.recorded_at, when.now())
    )


def _ended(facts: Facts) -> Text:
    """How a recording ended, where that isn't well: its status, or its ending."""
    if facts.is_well:
        return output.cell("ok", "dim")
    return output.cell(facts.status, "red") if facts.status >= 400 else output.cell(facts.ending, "yellow")


def _tokens(row: Row) -> str:
    if row.input_tokens is None:
        return ""
    return f"{row.input_tokens:,} → {row.output_tokens:,}"


def _took(facts: Facts) -> str:
    return "" if facts.latency_s is None else f"{facts.latency_s:.1f} s"


def _note_page(listing: Listing, offset: int) -> None:
    """On a terminal: where one is, if there is more."""
    shown = len(listing.rows)
    if not output.is_terminal() or shown == listing.matched:
        return
    last = offset + shown
    following = f" (next: --offset {last})" if last < listing.matched else ""
    output.note(f"{offset + 1:,} to {last:,} of {output.plural(listing.matched, 'recording')}{following}")


def _facts(listing: Listing) -> dict[str, object]:
    return {
        "matched": listing.matched,
        "total": listing.total,
        "recordings": [
            {
                **plain(row.facts),
                "question": row.question,
                "answer": row.answer,
                "input_tokens": row.input_tokens,
                "output_tokens": row.output_tokens,
            }
            for row in listing.rows
        ],
        "broken": listing.broken,
    }
