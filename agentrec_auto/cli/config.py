"""``agentrec config``: write the file, show what holds, check it, describe it to editors."""

from __future__ import annotations

import json
import os
import sys

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from agentrec_auto.config import find, starter, view
from agentrec_auto.config.keys import SETTINGS
from agentrec_auto.config.load import Loaded, load
from agentrec_auto.errors import ConfigError
from agentrec_auto.store import location

_PIPED = 400
"""Columns of a table that goes into a pipe: nothing folded, nothing cut."""

ConfigFile = typer.Option(
    "", "--config", metavar="FILE", help="This file, not the one found.", show_default=False
)


def register(app: typer.Typer) -> None:
    """Add ``config`` and its commands."""
    group = typer.Typer(
        help="Write, show and check `agentrec.toml`.", no_args_is_help=True, rich_markup_mode="markdown"
    )
    for command in (init, show, check, schema):
        group.command()(command)
    app.add_typer(group, name="config")


def init(
    pyproject: bool = typer.Option(
        False, "--pyproject", help="Add [tool.agentrec] to pyproject.toml instead."
    ),
    force: bool = typer.Option(False, "--force", help="Overwrite an agentrec.toml that is there."),
) -> None:
    """Write a commented `agentrec.toml` into the working directory.

    Example: `agentrec config init && agentrec config show`
    """
    folder = os.getcwd()
    before = find.found(folder)
    path = starter.append(folder) if pyproject else starter.write(folder, force=force)
    typer.echo(f"added [tool.agentrec] to {find.SHARED}" if pyproject else f"wrote {find.OURS}")
    holds = find.found(folder)
    if holds != path:
        typer.echo(f"but {find.short(holds, folder)} comes first: take one of the two away")
    elif before not in ("", path):
        typer.echo(f"from here on it holds, and {find.short(before, folder)} doesn't")
    typer.echo("next: agentrec config show, then agentrec run -- python app.py")


def show(
    config: str = ConfigFile,
    as_json: bool = typer.Option(False, "--json", help="As JSON, for programs."),
) -> None:
    """Show every setting that holds here, and what said it: file, environment, or nobody.

    Example: `AGENTREC_MODE=replay agentrec config show`
    """
    loaded, notes = _load(config), view.notes(os.environ)
    if as_json:
        settings = {row.name: {"value": row.value, "origin": row.origin} for row in view.rows(loaded)}
        typer.echo(json.dumps({"file": loaded.file or None, "settings": settings, "notes": notes}, indent=2))
        return
    typer.echo(f"{loaded.file or _no_file()}\n")
    _print(_table(loaded))
    for note in notes:
        typer.secho(f"\nnote: {note}", fg="yellow")


def check(config: str = ConfigFile) -> None:
    """Check the file, and the AGENTREC_ variables; say every problem, one a line, and exit with 2.

    Example: `agentrec config check || exit 1`
    """
    try:
        loaded = _load(config)
        location.check(loaded.settings.corpus, loaded.origins["corpus"])
    except ConfigError as error:
        for sentence in error.sentences:
            typer.secho(sentence, err=True)
        count = len(error.sentences)
        typer.secho(f"{count} problem{'s' if count > 1 else ''}", fg="red", err=True)
        raise typer.Exit(2) from None
    for note in view.notes(os.environ):
        typer.secho(f"note: {note}", fg="yellow", err=True)
    name = find.short(loaded.file, os.getcwd()) if loaded.file else _no_file()
    typer.echo(f"{name}: no problems")


def schema() -> None:
    """Print the JSON Schema of `agentrec.toml`, by which editors complete and check it.

    Example: `agentrec config schema > agentrec.schema.json`, and `#:schema agentrec.schema.json` as the
    first line of the file.
    """
    from agentrec_auto.config.schema import json_schema  # pydantic: only here

    typer.echo(json.dumps(json_schema(), indent=2))


def _load(config: str) -> Loaded:
    """What holds here; read afresh, whatever a run around us has handed down."""
    environ = {name: value for name, value in os.environ.items() if name != SETTINGS}
    return load(environ, flags={"config": config} if config else {})


def _no_file() -> str:
    return f"no {find.OURS} and no [tool.agentrec] in a {find.SHARED} here or above: the defaults"


def _table(loaded: Loaded) -> Table:
    """What was said stands out; what nobody said is dim."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for head in ("setting", "value", "said by"):
        table.add_column(head, overflow="fold", no_wrap=head == "setting")
    for row in view.rows(loaded):
        name, value, origin = ("dim",) * 3 if row.is_default else ("", "bold", "cyan")
        table.add_row(Text(row.name, name), Text("\n".join(row.lines), value), Text(row.origin, origin))
    return table


def _print(table: Table) -> None:
    """On a terminal, folded to its width; in a pipe, plain and whole: one line a line, however long."""
    if sys.stdout.isatty():
        Console().print(table)
        return
    console = Console(width=_PIPED, color_system=None)
    with console.capture() as captured:
        console.print(table)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
