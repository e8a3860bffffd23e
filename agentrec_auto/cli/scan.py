"""``agentrec scan``: is there a secret in the corpus, or in these files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby

import typer
from rich.console import RenderableType

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus import kingfisher, sources
from agentrec_auto.corpus.generic import Generic
from agentrec_auto.corpus.scanning import REDACTION, Finding, Rules, Scan
from agentrec_auto.redaction.redactor import Redactor

WAYS = (REDACTION, "kingfisher", "generic")


def register(app: typer.Typer) -> None:
    """Add ``scan``."""
    app.command("scan")(scan)


def scan(
    files: list[str] = typer.Argument(
        None, metavar="FILE…", help="These files or folders, not the corpus.", show_default=False
    ),
    only: list[str] = typer.Option(
        None, "--only", metavar="WAY", help="Only so: redaction, kingfisher, generic.", show_default=False
    ),
    allow: list[str] = typer.Option(
        None, "--allow", metavar="REGEX", help="What it matches is no secret.", show_default=False
    ),
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Look for secrets, and say where they are without saying what.

    Exits with 1 if there is one. Three ways: what redaction would replace under the present settings
    (`agentrec scrub` does it), what looks like a password by its name or the words before it, and the rules
    of kingfisher where `pip install 'agentrec-auto[scan]'` has brought it. JSON files that are no recordings
    are passed over, so that it can be a pre-commit hook.

    Example: `agentrec scan`, and `agentrec scan $(git diff --cached --name-only -- '*.json')`
    """
    ways = only or list(WAYS)
    if unknown := sorted(set(ways) - set(WAYS)):
        raise typer.BadParameter(f"no way {unknown[0]!r}: expected {', '.join(WAYS)}", param_hint="--only")
    redactor = Redactor(opening.settings_of(corpus, config).redact, os.environ)
    looking = Scan(redactor, tuple(_rules(ways, asked=bool(only))), allow or ())
    source = sources.of_files(files) if files else sources.of_corpus(opening.open_corpus(corpus, config))
    looked_at, findings = 0, list[Finding]()
    for where, data in source:
        looked_at += 1
        findings += (one for one in looking.file(data, where) if one.rule in ways)
    if as_json:
        output.emit_json({"looked_at": looked_at, "findings": findings})
    elif findings:
        output.emit(*_report(findings))
    output.note(
        f"{output.plural(len(findings), 'secret')} in {output.plural(looked_at, 'file')}{_cure(findings)}"
    )
    raise typer.Exit(1 if findings else 0)


def _rules(ways: Sequence[str], *, asked: bool) -> Iterator[Rules]:
    if "kingfisher" in ways and kingfisher.is_installed():
        yield kingfisher.Kingfisher()
    elif "kingfisher" in ways and asked:
        raise typer.BadParameter("not installed: pip install 'agentrec-auto[scan]'", param_hint="--only")
    if "generic" in ways:
        yield Generic()


def _report(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    """File by file: where in it, of what kind, and what stands around it."""
    for where, found in groupby(findings, key=lambda finding: finding.where):
        yield output.cell(where, "bold")
        made = output.table("", "", "", header=False)
        for one in found:
            kind = one.kind if one.rule == REDACTION else f"{one.kind} ({one.rule})"
            made.add_row(
                output.cell(f"  {one.path}"), output.cell(kind, "red"), output.cell(one.excerpt, "dim")
            )
        yield made


def _cure(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    if all(finding.path.startswith("line ") for finding in findings):  # in no recording that can be read
        return ": take them out by hand, and revoke those that were committed"
    if any(finding.rule == REDACTION for finding in findings):
        return ": `agentrec scrub --write` takes out what redaction finds"
    return ": [redact] patterns and `agentrec scrub --write` take them out, --allow lets them pass"
