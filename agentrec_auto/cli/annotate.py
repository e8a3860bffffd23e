"""``agentrec annotate``: say in the metadata what a recording is, and tag it."""

from __future__ import annotations

from functools import partial

import typer

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus.changing import carry_out, plan
from agentrec_auto.corpus.identity import annotated
from agentrec_auto.corpus.listing import chosen


def register(app: typer.Typer) -> None:
    """Add ``annotate``."""
    app.command("annotate")(annotate)


def annotate(
    words: list[str] = opening.FILTER,
    tag: list[str] = typer.Option(
        None,
        "--tag",
        metavar="K=V",
        help="A tag to put on; `category=…` is what reports group by.",
        show_default=False,
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be done, and do nothing."),
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Add metadata that recordings lack, and tags.

    Provider, model, semantic key and the like. What is there stays, but for tags that are given. Nothing that
    replay looks at is changed. Exits with 1 where nothing matches the filter.

    Example: `agentrec annotate --tag category=extract site:app/extract.py`
    """
    tags = _tags(tag or [])
    opened = opening.open_corpus(corpus, config)
    remake = partial(annotated, opened, tags=tags)
    query = opening.query_of(words)
    planned = plan(opened, chosen(opened, query), remake)
    if not dry_run:
        for _ in carry_out(opened, planned, remake):
            pass
    names = [change.name for change in planned.changes]
    looked_at = planned.looked_at - len(planned.broken)
    if as_json:
        told = {"corpus": opened.where, "written": not dry_run, "looked_at": looked_at, "changed": names}
        output.emit_json({**told, "broken": planned.broken})
    elif dry_run:
        typer.echo(
            f"would annotate {len(names):,} of {output.plural(looked_at, 'recording')} in {opened.where}"
        )
    else:
        typer.echo(f"Annotated {looked_at} cassette(s) in {opened.where}: {len(names)} changed")
    output.note_broken(planned.broken)
    if words and not planned.looked_at:
        output.note(f"nothing in {opened.where} matches: {query}")
        raise typer.Exit(1)


def _tags(given: list[str]) -> dict[str, str]:
    tags = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not (name.strip() and equals):
            raise typer.BadParameter(f"{one!r} is no tag: write it k=v", param_hint="--tag")
        tags[name.strip()] = value
    return tags
