"""What commands print: for people on a terminal, whole and plain into a pipe, JSON for programs.

What models and files say is never trusted: no escape sequence of theirs reaches the terminal, and nothing
of it is taken for markup.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from agentrec_auto.corpus.inert import inert as inert
from agentrec_auto.corpus.jsonable import jsonable

PIPED = 100_000
"""Columns of what goes into a pipe: nothing folded, nothing cut."""

SHOWN = 50
"""Rows that a terminal is given unless more are asked for."""


def cell(text: object, style: str = "") -> Text:
    """A text for a table or a page, made inert."""
    return Text(inert(str(text)), style)


def table(*heads: str | tuple[str, dict[str, Any]], header: bool = True, gap: int = 3) -> Table:
    """A table without lines; a head may come with options of its column."""
    made = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold", show_header=header)
    for head in heads:
        name, options = (head, {}) if isinstance(head, str) else head
        made.add_column(name, **{"overflow": "fold", **options})
    return made


def pairs(rows: Iterable[tuple[str, RenderableType]]) -> Table:
    """Names and what they say, the names dim."""
    made = table(("", {"no_wrap": True}), "", header=False)
    for name, said in rows:
        made.add_row(Text(name, "dim"), said)
    return made


def is_terminal() -> bool:
    """Whether a person reads along."""
    return sys.stdout.isatty()


def width() -> int:
    """Columns that there are."""
    return Console().width if is_terminal() else PIPED


def emit(*content: RenderableType) -> None:
    """Print; on a terminal folded to its width, in a pipe plain and whole, one line a line."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a stdout in ASCII must not end in a traceback
        sys.stdout.reconfigure(errors="replace")
    if is_terminal():
        console = Console(highlight=False)
        for one in content:
            console.print(one)
        return
    console = Console(width=PIPED, color_system=None, highlight=False, force_terminal=False)
    with console.capture() as captured:
        for one in content:
            console.print(one)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def emit_json(value: Any) -> None:
    """Print a value as JSON; dataclasses are objects."""
    typer.echo(json.dumps(jsonable(value), indent=2))


def note(text: str) -> None:
    """A line on stderr, beside what was asked for."""
    typer.echo(inert(text), err=True)


def note_broken(broken: Sequence[Any]) -> None:
    """Name what couldn't be read, and how much it was."""
    for one in broken[:SHOWN]:
        note(f"can't be read: {one.name}: {one.why}")
    if len(broken) > SHOWN:
        note(f"and {len(broken) - SHOWN:,} more")
    if broken:
        note(f"{plural(len(broken), 'recording')} passed over: `agentrec verify` says more")


def plural(count: int, noun: str) -> str:
    """``1 recording``, ``2,000 recordings``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def section(title: str, *content: RenderableType) -> Group:
    """A part of a page under its title."""
    return Group("", Text(title, "bold"), *content)
