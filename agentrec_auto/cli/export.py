"""``agentrec export``: a corpus, or a part of it, in the forms of other tools, or into another store."""

from __future__ import annotations

import typer

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus.held import Broken, Corpus
from agentrec_auto.corpus.query import Query
from agentrec_auto.exporters.exporting import Exported, export, in_order
from agentrec_auto.exporters.format import Left
from agentrec_auto.exporters.table import FORMATS, named
from agentrec_auto.store.copying import copy
from agentrec_auto.store.location import open_store


def register(app: typer.Typer) -> None:
    """Add ``export``."""
    app.command("export")(export_)


def export_(
    words: list[str] = opening.FILTER,
    form: str = typer.Option(
        "", "--format", metavar="NAME", help=", ".join(FORMATS) + ".", show_default="jsonl"
    ),
    out: str = typer.Option(
        "", "--out", "-o", metavar="FILE", help="Where to; `-` is stdout.", show_default="-"
    ),
    to: str = typer.Option(
        "", "--to", metavar="STORE", help="Copy into this store, as they stand.", show_default=False
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be exported, and do nothing."),
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Write recordings in the form of another tool, or copy them into another store.

    `jsonl` holds all there is, and can be imported again; `har` is for browsers' developer tools; `vcr` is a
    cassette of vcrpy; `openai-finetune` and `openai-evals` are examples made of whole answers that went well.
    Filters are those of `agentrec ls`. Exits with 1 where nothing is exported.

    Example: `agentrec export --format openai-finetune category:extract -o train.jsonl`, and
    `agentrec export --to sqlite:///corpus.db`
    """
    query = opening.query_of(words)
    opened = opening.open_corpus(corpus, config)
    if to:
        if form or out:
            raise typer.BadParameter(
                "a copy has no other form: leave out --format and --out", param_hint="--to"
            )
        told = _copied(opened, query, to, writes=not dry_run)
    else:
        chosen, out = named(form or "jsonl"), out or "-"
        if as_json and out == "-" and not dry_run:
            raise typer.BadParameter("stdout can't have both: name a file with --out", param_hint="--json")
        told = export(opened, query, chosen, None if dry_run else out)
    if as_json:
        output.emit_json(
            {
                "corpus": opened.where,
                "to": to or out,
                "written": not dry_run,
                "exported": told.written,
                "left": told.left,
                "there": told.there,
                "broken": told.broken,
            }
        )
    else:
        _say(told, to or ("stdout" if out == "-" else out), dry_run)
    if not told.written and not told.there:
        raise typer.Exit(1)


def _copied(corpus: Corpus, query: Query, to: str, *, writes: bool) -> Exported:
    """The recordings, byte for byte, under their names."""
    names, broken = in_order(corpus, query)
    done = copy(corpus.store, open_store(to), names=names[::-1], writes=writes)
    kept = [Left(name, "another recording is there under its name: it stays") for name in done.kept]
    torn = [Broken("", text) for text in done.broken]
    return Exported(list(done.copied), kept, [*broken, *torn], there=list(done.same))


def _say(told: Exported, to: str, dry_run: bool) -> None:
    room = output.SHOWN if output.is_terminal() else output.PIPED
    for one in told.left[:room]:
        output.note(f"left out: {one.name}: {one.why}")
    if len(told.left) > room:
        output.note(f"and {len(told.left) - room:,} more left out (--json has all)")
    output.note_broken(told.broken)
    verb = "would be exported" if dry_run else "exported"
    there = f", {len(told.there):,} there already" if told.there else ""
    left = f"; left out: {len(told.left):,}, for the reasons above" if told.left else ""
    output.note(f"{verb}: {output.plural(len(told.written), 'recording')} to {to}{there}{left}")
