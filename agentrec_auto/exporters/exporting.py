"""Recordings of a corpus, out of it: to a file in a format, as they are chosen, oldest first."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from agentrec_auto.corpus.held import Broken, Corpus, Held
from agentrec_auto.corpus.listing import newest_first, sorted_out
from agentrec_auto.corpus.query import Query
from agentrec_auto.corpus.scrubbing import scrubbed
from agentrec_auto.errors import StoreError, UndecodableBodyError
from agentrec_auto.exporters.format import Format, Left
from agentrec_auto.store.base import split_name


@dataclass(slots=True)
class Exported:
    """What became of everything."""

    written: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    """Recordings that have no place in the format, and why."""

    broken: list[Broken] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    """Of a copy: what the other store holds already, the same."""

    bytes: int = 0


def export(corpus: Corpus, query: Query, form: Format, out: str | None) -> Exported:
    """Write what ``query`` means to the file ``out`` (``-``: stdout; None: nowhere, only say what would be).

    A file is whole or not there: it takes its name when all of it is written.
    """
    told = Exported()
    with _opened(out) as write:
        for piece in form.pieces(_recordings(corpus, query, told)):
            if isinstance(piece, Left):
                told.left.append(piece)
                continue
            write(piece.data)
            told.bytes += len(piece.data)
            if piece.name:
                told.written.append(piece.name)
    return told


def in_order(corpus: Corpus, query: Query) -> tuple[list[str], tuple[Broken, ...]]:
    """The names that a query means, oldest first, the takes of a key in their order."""
    found = sorted_out(corpus, query)
    names = newest_first(corpus, found.names)[::-1]
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        first.setdefault(split_name(name)[0], place)
    return sorted(names, key=lambda name: (first[split_name(name)[0]], split_name(name)[1])), found.broken


def _recordings(corpus: Corpus, query: Query, told: Exported) -> Iterator[Held]:
    names, broken = in_order(corpus, query)
    told.broken += broken
    for held in corpus.read(names):
        if isinstance(held, Broken):
            told.broken.append(held)
            continue
        try:
            yield Held(held.name, scrubbed(held.interaction, corpus.redactor))
        except UndecodableBodyError as error:
            told.left.append(Left(held.name, str(error)))


@contextlib.contextmanager
def _opened(out: str | None) -> Iterator[Callable[[bytes], object]]:
    if out is None:
        yield len
        return
    if out == "-":
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    temporary = f"{out}.{os.getpid()}.tmp"
    try:
        with open(temporary, "wb") as file:
            yield file.write
        os.replace(temporary, out)
    except OSError as error:
        raise StoreError(f"can't write {out}: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
