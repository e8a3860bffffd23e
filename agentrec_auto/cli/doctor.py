"""``agentrec doctor``: would this command's calls be recorded, and if not, why."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from agentrec_auto.bootstrap.options import UsageError
from agentrec_auto.doctor.examine import examine
from agentrec_auto.doctor.finding import Finding, Report, State

_PIPED = 400
"""Columns of what goes into a pipe: nothing folded, nothing cut."""

_STYLES = {
    State.IN_THE_WAY: "red",
    State.UNSEEN: "red",
    State.NOT_COVERED: "yellow",
    State.COVERED: "green",
    State.NOTE: "cyan",
}


def register(app: typer.Typer) -> None:
    """Add ``doctor``."""
    app.command("doctor", context_settings={"allow_interspersed_args": False})(doctor)


def doctor(
    command: list[str] = typer.Argument(
        None, metavar="CMD…", help="The command that `agentrec run` would start.", show_default=False
    ),
    mode: str = typer.Option("", "--mode", help="As for `agentrec run`.", show_default=False),
    corpus: str = typer.Option(
        "", "--corpus", metavar="DIR", help="As for `agentrec run`.", show_default=False
    ),
    config: str = typer.Option(
        "", "--config", metavar="FILE", help="As for `agentrec run`.", show_default=False
    ),
    as_json: bool = typer.Option(False, "--json", help="As JSON, for programs."),
) -> None:
    """Say whether a command's calls to LLM APIs would be recorded, and if not, why.

    Asks the Python that the command would start, in the environment of `agentrec run`; the command itself is
    not run. Without a command: this Python. Exits with 0 where calls are recorded or replayed, 1 where not.

    Example: `agentrec doctor -- gunicorn app:app`
    """
    try:
        report = examine(command or (), {"mode": mode, "corpus": corpus, "config": config})
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        typer.echo(json.dumps(_facts(report), indent=2))
    else:
        _print(Group(_verdict(report), _table(report), *_cures(report)))
    raise typer.Exit(0 if report.is_covered else 1)


def _verdict(report: Report) -> RenderableType:
    return Text(report.verdict, "bold green" if report.is_covered else "bold red")


def _table(report: Report) -> RenderableType:
    """The findings, under what they mean for the answer."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for state in State:
        if findings := report.of(state):
            table.add_row("")
            table.add_row(Text(state.value, f"bold {_STYLES[state]}"))
            for finding in findings:
                table.add_row(Text(f"  {finding.subject}"), Text(finding.text))
    return table


def _cures(report: Report) -> list[RenderableType]:
    if not report.cures:
        return []
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=False)
    for cure in report.cures:
        table.add_row("  -", Text(cure))
    return [Text("\nwhat to do", "bold"), table]


def _print(content: RenderableType) -> None:
    """On a terminal, folded to its width; in a pipe, plain and whole: one line a line, however long."""
    if sys.stdout.isatty():
        Console(highlight=False).print(content)
        return
    console = Console(width=_PIPED, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(content)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _facts(report: Report) -> dict[str, object]:
    return {
        "covered": report.is_covered,
        "verdict": report.verdict,
        "subject": report.subject,
        "mode": report.mode,
        "corpus": report.corpus,
        "findings": [_finding(finding) for finding in report.findings],
        "cures": report.cures,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "state": finding.state.name.lower()}
