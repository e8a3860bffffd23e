"""Files of other tools into a corpus: what became of each record."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from agentrec_auto.corpus.held import Corpus
from agentrec_auto.errors import AgentrecError, ConfigError
from agentrec_auto.importers import table
from agentrec_auto.importers.documents import documents
from agentrec_auto.importers.inputs import File, files, local
from agentrec_auto.importers.inputs import told as told_of
from agentrec_auto.importers.intake import Intake
from agentrec_auto.importers.record import (
    Aside,
    Document,
    Found,
    Record,
    UnknownFormatError,
    Unread,
    UnreadableError,
)
from agentrec_auto.store.location import open_store

_MARKS = (b"request", b"response")
"""What a recording has in it, even a torn one; other files in a folder are none of our business."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A record that is in the corpus now, and where it came from."""

    name: str
    file: str
    position: str
    source: str
    inferred: tuple[str, ...] = ()
    """What the source didn't hold, and was inferred."""

    synthesised: bool = False
    """Whether there were no bytes to import, and they were written after a conversation."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record, or a whole file, that couldn't be imported."""

    file: str
    position: str
    why: str


@dataclass(slots=True)
class Imported:
    """What became of everything."""

    files: int = 0
    """How many held records."""

    new: list[Arrived] = field(default_factory=list)
    there: list[Arrived] = field(default_factory=list)
    """In the corpus already."""

    aside: Counter[str] = field(default_factory=Counter)
    """No calls of a model: where they went, or what they are → how many."""

    skipped: list[Skipped] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    """Files in folders that hold nothing of any known format."""

    @property
    def looked_at(self) -> int:
        """How many records there were."""
        return len(self.new) + len(self.there) + self.aside.total() + len(self.skipped)


def import_files(
    corpus: Corpus,
    paths: Iterable[str],
    *,
    source: str = table.AUTO,
    category: str | None = None,
    writes: bool = True,
    progress: Callable[[str], None] = lambda file: None,
) -> Imported:
    """Import files, folders and stdin (``-``) into a corpus, under its settings.

    ``progress`` is called with each file before it is read. Raises `ConfigError` for an unknown source, and
    `StoreError` for a path where nothing is; what else is the matter is told in what it gives.
    """
    if source != table.AUTO:
        table.named(source)
    intake = Intake(corpus, category=category, writes=writes)
    told = Imported()
    paths = [local(path) for path in paths]
    for file in files(paths):
        progress(file.name)
        intake.start_file()
        _import(file, source, intake, told)
    if writes and told.new:
        for folder in filter(os.path.isdir, paths):  # names of key variables lie beside recordings of ours
            corpus.store.note_secrets(open_store(folder).noted_secrets())
    return told


def _import(file: File, source: str, intake: Intake, told: Imported) -> None:
    held, data = 0, b""
    try:
        data = file.read()
        for name, found in found_in(data, file.name, source):
            held += 1
            _take(found, file.name, name, intake, told)
    except UnreadableError as error:
        is_torn = not isinstance(error, UnknownFormatError) and all(mark in data for mark in _MARKS)
        if file.is_named or held or is_torn:
            told.skipped.append(Skipped(file.name, "", str(error)))
        else:
            told.passed_over.append(file.name)
    told.files += bool(held)


def found_in(data: bytes, file: str, source: str = table.AUTO) -> Iterator[tuple[str, Found]]:
    """What is in a file's bytes, with the name of the source that reads it.

    Raises `UnreadableError` where nothing of any known format is in it.
    """
    unknown: list[Document] = []
    known = False
    for document in documents(data, file):
        if isinstance(document, Unread):
            yield "", document
            continue
        try:
            reader = table.source_of(document, source)
        except RecursionError:
            raise UnreadableError("it is nested too deeply") from None
        if reader is None:
            unknown.append(document)
            continue
        known = True
        try:
            for found in reader.records(document):
                yield reader.name, found
        except (RecursionError, ValueError, TypeError, KeyError, AttributeError) as error:
            # A source foresees much, and exports of others hold more: what is left costs its document.
            yield reader.name, Unread(document.position, f"{type(error).__name__}: {error}")
    if unknown and not known:
        sources = source if source != table.AUTO else ", ".join(table.SOURCES)
        raise UnknownFormatError(f"nothing in it is of a known format ({sources})")
    for document in unknown:
        yield "", Unread(document.position, "of no known format")


def _take(found: Found, file: str, source: str, intake: Intake, told: Imported) -> None:
    match found:
        case Unread(position, why):
            told.skipped.append(Skipped(file, position, why))
        case Aside(_, what):
            told.aside[what] += 1
        case Record():
            try:
                taken = intake.take(found, imported_from=source, imported_file=told_of(file))
            except ConfigError:
                raise
            except AgentrecError as error:
                told.skipped.append(Skipped(file, found.position, str(error)))
                return
            if isinstance(taken, Aside):
                told.aside[taken.what] += 1
                return
            arrived = Arrived(taken.name, file, found.position, source, found.inferred, found.synthesised)
            (told.new if taken.is_new else told.there).append(arrived)
