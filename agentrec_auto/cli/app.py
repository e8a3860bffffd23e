"""The typer application: each command module adds itself, and errors end here."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import TextIO

import typer

from agentrec_auto import __version__
from agentrec_auto.bootstrap import hook
from agentrec_auto.config import find
from agentrec_auto.errors import AgentrecError

COMMANDS = (
    "run",
    *("ls", "show", "view", "diff", "explain", "stats"),
    *("scan", "scrub", "rekey", "prune", "verify", "annotate"),
    *("import", "export"),
    "serve",
    *("migrate", "report"),
    *("demo", "doctor", "config", "profiles", "hook"),
)
"""Modules of this package, in the order ``--help`` lists them; each has ``register(app)``."""

_MODULES = {"import": "import_"}
"""Of commands that Python keeps the word of for itself."""

_AskedWrongly: type[typer.BadParameter] = typer.BadParameter.__mro__[2]
"""``ClickException``, of the click that typer stands on: its own copy today, the package in older ones."""


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"agentrec-auto {__version__}")
        raise typer.Exit


def build(only: str = "") -> typer.Typer:
    """The application with every command on it, or with ``only`` one: the others needn't be imported."""
    app = typer.Typer(
        name="agentrec",
        help="Record what an app says to LLM APIs and replay it offline, without touching its code.",
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def root(
        version: bool = typer.Option(
            False, "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ) -> None:
        """Options before any command."""

    for name in (only,) if only else COMMANDS:
        import_module(f"agentrec_auto.cli.{_MODULES.get(name, name)}").register(app)
    return app


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def invoke(words: list[str]) -> int:
    """Run one command; what was asked wrongly ends in one line on stderr and exit code 2."""
    asked = words[0] if words and words[0] in COMMANDS else ""
    command = typer.main.get_command(build(asked))
    if sys.stdout is None:  # closed by who called (`>&-`)
        sys.stdout = _nowhere()
    try:
        code = command.main(args=words, prog_name="agentrec", standalone_mode=False)
        sys.stdout.flush()
    except typer.Abort:
        return 130
    except _AskedWrongly as error:
        error.show()
        return error.exit_code
    except OSError as error:
        if not hook.folder():
            sys.stderr.write(f"agentrec: {find.homeless()}\n")
            return 2
        if error.errno != errno.ENOSPC:
            raise
        sys.stdout = _nowhere()  # else Python says so once more, of what is still in the buffer
        sys.stderr.write(f"agentrec: can't write: {(error.strerror or str(error)).lower()}\n")
        return 2
    except AgentrecError as error:
        from agentrec_auto.cli.output import inert  # what it names may come from anywhere

        sys.stderr.write(f"agentrec: {inert(str(error))}\n")
        return 2
    return code if isinstance(code, int) else 0
