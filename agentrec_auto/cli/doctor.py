"""``agentrec doctor``: would this command's calls be recorded, and if not, why."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agentrec_auto.bootstrap.options import HelpAsked, UsageError
from agentrec_auto.cli.output import cell, emit, emit_json, section, table
from agentrec_auto.doctor.examine import examine
from agentrec_auto.doctor.finding import Report, State

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
    except (UsageError, HelpAsked) as error:
        raise typer.BadParameter(str(error) or "--help is no run to ask about") from None
    if as_json:
        emit_json(_facts(report))
    else:
        emit(_verdict(report), _findings(report), *_cures(report))
    raise typer.Exit(0 if report.is_covered else 1)


def _verdict(report: Report) -> Text:
    return cell(report.verdict, "bold green" if report.is_covered else "bold red")


def _findings(report: Report) -> Table:
    """The findings, under what they mean for the answer."""
    made = table(("", {"no_wrap": True}), "", header=False)
    for state in State:
        if findings := report.of(state):
            made.add_row("")
            made.add_row(Text(state.value, f"bold {_STYLES[state]}"))
            for finding in findings:
                made.add_row(cell(f"  {finding.subject}"), cell(finding.text))
    return made


def _cures(report: Report) -> list[RenderableType]:
    if not report.cures:
        return []
    made = table("", "", header=False, gap=1)
    for cure in report.cures:
        made.add_row("  -", cell(cure))
    return [section("what to do", made)]


def _facts(report: Report) -> dict[str, object]:
    return {
        "covered": report.is_covered,
        "verdict": report.verdict,
        "subject": report.subject,
        "mode": report.mode,
        "corpus": report.corpus,
        "findings": [{**asdict(one), "state": one.state.name.lower()} for one in report.findings],
        "cures": report.cures,
    }
