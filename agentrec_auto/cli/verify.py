"""``agentrec verify``: can this corpus be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus.scanning import Scan
from agentrec_auto.corpus.verifying import Problem, problems


def register(app: typer.Typer) -> None:
    """Add ``verify``."""
    app.command("verify")(verify)


def verify(
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Check whether a corpus can be trusted, offline.

    Files load, keys are true, no take is missing, nothing is torn, no secret is in it. Exits with 1 if
    something is wrong; what is merely worth knowing doesn't count. Another thing is `agentrec run --mode
    verify`: it asks the API again, and compares.

    Example: `agentrec verify && git add corpus`
    """
    opened = opening.open_corpus(corpus, config)
    found = list(problems(opened, Scan(opened.redactor)))
    faults = [one for one in found if one.is_fault]
    notes = [one for one in found if not one.is_fault]
    if as_json:
        output.emit_json(
            {"corpus": opened.where, "looked_at": len(opened.names), "faults": faults, "notes": notes}
        )
    else:
        _show(faults, "red")
        _show(notes, "dim")
    counted = output.plural(len(opened.names), "recording")
    if faults:
        output.note(f"{output.plural(len(faults), 'fault')} in {counted}")
        raise typer.Exit(1)
    output.note(f"{counted} in {opened.where}: all well")


def _show(found: Sequence[Problem], style: str) -> None:
    if not found:
        return
    room = output.SHOWN if output.is_terminal() else output.PIPED
    made = output.table("", "", "", header=False)
    for one in found[:room]:
        text = output.cell(one.text, style)
        if one.cure:
            text.append(f": {one.cure}", "not bold dim")
        made.add_row(output.cell(one.kind, "bold"), output.cell(one.name), text)
    output.emit(made)
    if len(found) > room:
        output.note(f"and {len(found) - room:,} more")
