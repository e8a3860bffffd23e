"""``agentrec import``: recordings of other tools, into a corpus."""

from __future__ import annotations

import os

import typer
from rich.table import Table

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus.held import Corpus
from agentrec_auto.errors import StoreError
from agentrec_auto.importers.importing import Arrived, Imported, Skipped, import_files
from agentrec_auto.importers.table import AUTO, SOURCES
from agentrec_auto.store.copying import copy
from agentrec_auto.store.location import open_store, path_of, scheme_of


def register(app: typer.Typer) -> None:
    """Add ``import``."""
    app.command("import")(import_)


def import_(
    sources: list[str] = typer.Argument(
        None, metavar="FROM…", help="Files, folders, `-` for stdin, or a store URL.", show_default=False
    ),
    given: list[str] = typer.Option(
        None, "--input", metavar="FROM", help="The same, as an option.", show_default=False
    ),
    source: str = typer.Option(AUTO, "--source", metavar="NAME", help=", ".join((AUTO, *SOURCES)) + "."),
    category: str = typer.Option(
        "", "--category", metavar="NAME", help="The category to give them.", show_default=False
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be imported, and do nothing."),
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Bring recordings of other tools into a corpus.

    Cassettes of vcrpy, pytest-recording and cassetter, HAR, corpora of the agentrec library, exports of
    Langfuse, LangSmith and OpenTelemetry; folders are searched. What they are is told by their content. They
    are redacted and keyed like what is recorded, and replayed like it; what is there already stays. From a
    store of our own (`sqlite:///old.db`) everything is copied as it stands. Exits with 1 where nothing could
    be imported.

    Example: `agentrec import tests/cassettes --category tests --dry-run`
    """
    sources = [*(sources or ()), *(given or ())]
    if not sources:
        raise typer.BadParameter("name files, folders, - for stdin, or a store URL", param_hint="FROM")
    opened = opening.target_corpus(corpus, config)
    told = Imported()
    files = [one for one in sources if not _is_store(one)]
    for one in sources:
        if _is_store(one):
            if category:
                raise typer.BadParameter(
                    f"{one} is copied as it stands: `agentrec annotate --tag category={category}` afterwards",
                    param_hint="--category",
                )
            _copy(one, opened, told, writes=not dry_run)
    if files:
        imported = import_files(opened, files, source=source, category=category or None, writes=not dry_run)
        told = _both(told, imported)
    _show(opened, told, dry_run, as_json)
    if not (told.new or told.there):
        raise typer.Exit(1)


def _is_store(location: str) -> bool:
    return location != "-" and scheme_of(location) not in ("", "file")


def _copy(location: str, target: Corpus, told: Imported, *, writes: bool) -> None:
    """All that a store holds, byte for byte."""
    path = path_of(location)
    if path is not None and not os.path.exists(path):
        raise StoreError(f"there is no store {location}")
    done = copy(open_store(location), target.store, writes=writes)
    told.files += 1
    told.new += [Arrived(name, location, name, "agentrec") for name in done.copied]
    told.there += [Arrived(name, location, name, "agentrec") for name in done.same]
    told.skipped += [
        Skipped(location, name, "another recording is there under its name: it stays") for name in done.kept
    ]
    told.skipped += [Skipped(location, "", text) for text in done.broken]


def _both(one: Imported, other: Imported) -> Imported:
    return Imported(
        one.files + other.files,
        one.new + other.new,
        one.there + other.there,
        one.aside + other.aside,
        one.skipped + other.skipped,
        one.passed_over + other.passed_over,
    )


def _show(corpus: Corpus, told: Imported, dry_run: bool, as_json: bool) -> None:
    if as_json:
        facts = {"corpus": corpus.where, "written": not dry_run, "looked_at": told.looked_at}
        output.emit_json(
            {
                **facts,
                "files": told.files,
                "imported": told.new,
                "there": told.there,
                "aside": told.aside,
                "skipped": told.skipped,
                "passed_over": told.passed_over,
            }
        )
        return
    if told.new:
        output.emit(_table(told.new))
    if output.is_terminal() and len(told.new) > output.SHOWN:
        output.note(f"and {len(told.new) - output.SHOWN:,} more")
    for one in told.skipped[: _room()]:
        output.note(f"skipped: {' '.join(filter(None, (one.file, one.position)))}: {one.why}")
    if len(told.skipped) > _room():
        output.note(f"and {len(told.skipped) - _room():,} more skipped (--json has all)")
    for line in _summary(corpus, told, dry_run):
        output.note(line)


def _room() -> int:
    return output.SHOWN if output.is_terminal() else output.PIPED


def _table(arrived: list[Arrived]) -> Table:
    made = output.table("recording", "from", "note")
    for one in arrived[: _room()]:
        where = f"{one.file} {one.position}".rstrip() if one.position != one.name else one.file
        made.add_row(output.cell(one.name), output.cell(where, "dim"), output.cell(_note(one), "dim"))
    return made


def _note(one: Arrived) -> str:
    """What is to be known of how it came to be."""
    if one.synthesised:
        return "synthesised"
    return f"inferred: {', '.join(one.inferred)}" if one.inferred else ""


def _summary(corpus: Corpus, told: Imported, dry_run: bool) -> list[str]:
    verb = "would be imported" if dry_run else "imported"
    parts = [f"{verb}: {len(told.new):,} of {output.plural(told.looked_at, 'record')}"]
    parts[0] += f" in {output.plural(told.files, 'file')}, into {corpus.where}"
    if told.there:
        parts.append(f"already there: {len(told.there):,}")
    if told.aside:
        most = ", ".join(f"{what} {count:,}" for what, count in told.aside.most_common(5))
        more = f" and {len(told.aside) - 5} more" if len(told.aside) > 5 else ""
        parts.append(f"no calls of a model: {told.aside.total():,} ({most}{more})")
    if told.skipped:
        parts.append(f"skipped: {len(told.skipped):,}, for the reasons above")
    if told.passed_over:
        parts.append(f"passed over, of no known format: {output.plural(len(told.passed_over), 'file')}")
    if synthesised := sum(one.synthesised for one in told.new):
        parts.append(
            f"synthesised: {synthesised:,}, after conversations without bytes: to read, compare and migrate, "
            "not to replay byte by byte"
        )
    return parts
