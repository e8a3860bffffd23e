"""``agentrec hook``: the opt-in start-up file, put in place, taken away, or asked after."""

from __future__ import annotations

import sys

import typer

from agentrec_auto.bootstrap import startup_files
from agentrec_auto.bootstrap.startup_files import FILES, INSTALLED, Interpreter

PYTHON = typer.Option(
    "", "--python", metavar="PATH", help="For this interpreter (default: ours).", show_default=False
)
DRY_RUN = typer.Option(False, "--dry-run", help="Say what would be done, and do nothing.")


def register(app: typer.Typer) -> None:
    """Add ``hook`` and its commands."""
    group = typer.Typer(
        help="Start-up file for one environment: `AGENTREC_MODE=… python app.py` works by itself.",
        no_args_is_help=True,
        rich_markup_mode="markdown",
    )
    for command in (install, remove, status):
        group.command()(command)
    app.add_typer(group, name="hook")


def install(
    python: str = PYTHON,
    system: bool = typer.Option(False, "--system", help="Outside a virtual environment, too."),
    dry_run: bool = DRY_RUN,
) -> None:
    """Write the start-up files, and show them. They do nothing while AGENTREC_MODE is unset.

    Example: `agentrec hook install --dry-run`
    """
    interpreter = _asked(python)
    startup_files.install(interpreter, system=system, dry_run=dry_run)
    for name, content in FILES.items():
        typer.echo(f"{'would write' if dry_run else 'wrote'} {interpreter.folder}/{name}:")
        typer.echo("".join(f"    {line}\n" for line in content.splitlines()))
    if not dry_run:
        typer.echo("now: AGENTREC_MODE=auto python app.py (`agentrec hook remove` takes the files away)")


def remove(python: str = PYTHON, dry_run: bool = DRY_RUN) -> None:
    """Take the start-up files away.

    Example: `agentrec hook remove --python .venv/bin/python`
    """
    interpreter = _asked(python)
    removed = startup_files.remove(interpreter, dry_run=dry_run)
    for name in removed:
        typer.echo(f"{'would remove' if dry_run else 'removed'} {interpreter.folder}/{name}")
    if not removed:
        typer.echo(f"nothing to remove in {interpreter.folder}")


def status(python: str = PYTHON) -> None:
    """Say whether the start-up files are there; exit with 1 where they aren't.

    Example: `agentrec hook status && AGENTREC_MODE=replay python app.py`
    """
    interpreter = _asked(python)
    states = startup_files.status(interpreter)
    for name, state in states.items():
        typer.echo(f"{state:<9}  {interpreter.folder}/{name}")
    if set(states.values()) != {INSTALLED}:
        raise typer.Exit(1)


def _asked(python: str) -> Interpreter:
    return startup_files.ask(python or sys.executable)
