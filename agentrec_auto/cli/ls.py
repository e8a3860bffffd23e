"""``agentrec ls``: what is recorded, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import typer
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus import when
from agentrec_auto.corpus.facts import Facts
from agentrec_auto.corpus.held import Broken, digest_of
from agentrec_auto.corpus.jsonable import jsonable
from agentrec_auto.corpus.listing import Row, rows, sorted_out


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
    Exits with 1 where nothing matches.

    Example: `agentrec ls since:yesterday '!status:200'`
    """
    query = opening.query_of(words)
    opened = opening.open_corpus(corpus, config)
    if limit is None:
        limit = output.SHOWN if output.is_terminal() and not (names or as_json) else 0
    found = sorted_out(opened, query)
    page = found.names[offset:][: limit or None]
    broken = list(found.broken)
    if names:
        for name in page:
            typer.echo(output.inert(name))
    elif as_json:
        read = list(rows(opened, page))
        broken += (row for row in read if isinstance(row, Broken))
        told = {
            "corpus": opened.where,
            "query": str(query),
            "matched": len(found.names),
            "total": len(opened.names),
        }
        recordings = [_facts(row) for row in read if isinstance(row, Row)]
        output.emit_json({**told, "recordings": recordings, "broken": broken})
    elif output.is_terminal():
        read = list(rows(opened, page))
        broken += (row for row in read if isinstance(row, Broken))
        _show([row for row in read if isinstance(row, Row)])
        _note_page(len(page), offset, len(found.names))
    else:
        for row in rows(opened, page):
            if isinstance(row, Broken):
                broken.append(row)
            else:
                typer.echo("\t".join(output.inert(" ".join(field.split())) for field in _fields(row)))
    output.note_broken(broken)
    if not found.names:
        output.note(f"nothing in {opened.where} matches: {query}")
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
    is_wide = width >= 110
    columns = [
        Column("recording", lambda row: output.cell(_short(row.facts.name), "cyan")),
        Column("when", lambda row: output.cell(_when(row.facts, present), "dim")),
        Column("model", lambda row: output.cell(row.facts.model or row.facts.dialect)),
    ]
    if not all(row.facts.is_well for row in rows):
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


def _show(rows: Sequence[Row]) -> None:
    if not rows:
        return
    columns = _columns(rows, output.width())
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", expand=True)
    for column in columns:
        justify: JustifyMethod = "right" if column.at_right else "left"
        made.add_column(column.head, no_wrap=True, justify=justify, ratio=column.ratio or None)
    names = made.columns[0]  # long, of a migration's answers: no column may take the room of the others
    names.no_wrap, names.overflow, names.max_width = False, "fold", max(16, output.width() // 4)
    for row in rows:
        made.add_row(*(column.cell(row) for column in columns))
    output.emit(made)


def _fields(row: Row) -> list[str]:
    """A row for a pipe: name, time, model, status, ending, tokens in and out, seconds, question, answer."""
    facts = row.facts
    numbers = (facts.status, facts.ending, row.input_tokens, row.output_tokens, facts.latency_s)
    at = facts.recorded_at.isoformat(timespec="seconds") if facts.recorded_at else ""
    told = ("" if number is None else str(number) for number in numbers)
    return [facts.name, at, facts.model or facts.dialect, *told, row.question, row.answer]


def _short(name: str) -> str:
    """As much of a name as `agentrec show` needs: the beginning of its digest."""
    digest, dot, take = digest_of(name).partition(".")
    return digest[:8] + dot + take if len(digest) == 16 else name


def _when(facts: Facts, present: datetime) -> str:
    return "" if facts.recorded_at is None else when.told(facts.recorded_at, present)


def _ended(facts: Facts) -> Text:
    """How a recording ended, where that isn't well: its status, or its ending."""
    if facts.is_well:
        return output.cell("ok", "dim")
    return output.cell(facts.status, "red") if facts.status >= 400 else output.cell(facts.ending, "yellow")


def _tokens(row: Row) -> str:
    return "" if row.input_tokens is None else f"{row.input_tokens:,} → {row.output_tokens:,}"


def _took(facts: Facts) -> str:
    return "" if facts.latency_s is None else f"{facts.latency_s:.1f} s"


def _note_page(shown: int, offset: int, matched: int) -> None:
    """Where one is, if there is more."""
    if not shown or shown == matched:
        return
    last = offset + shown
    following = f" (next: --offset {last})" if last < matched else ""
    output.note(f"{offset + 1:,} to {last:,} of {output.plural(matched, 'recording')}{following}")


def _facts(row: Row) -> dict[str, object]:
    tokens = {"input_tokens": row.input_tokens, "output_tokens": row.output_tokens}
    return {**jsonable(row.facts), "question": row.question, "answer": row.answer, **tokens}
