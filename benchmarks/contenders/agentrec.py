"""agentrec 1.x: its clients in a cassette scope over a FileStore, as its README has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.contenders.base import Contender, recorded_all
from benchmarks.job import Corpus
from benchmarks.workload import Cell

_ready: list[Any] = []


def prepare(cell: Cell, corpus: Corpus) -> None:
    """Import it, and make its next client."""
    _ready.append(client_for(cell))


def client_for(cell: Cell) -> Any:
    """Its client; for httpx2 that library is put under httpx's name first, the way its own docs give."""
    if _ready:
        return _ready.pop()
    if cell.library == "httpx2":
        import httpx2

        httpx2.alias_httpx()
    import agentrec

    return (agentrec.sync_client if cell.style == "sync" else agentrec.async_client)(timeout=60)


@contextmanager
def scope(cell: Cell, path: str, mode: str) -> Iterator[Any]:
    """Its client in a scope of ``mode``."""
    client = client_for(cell)
    import agentrec

    with agentrec.cassette(agentrec.FileStore(path), mode=mode):
        yield client


def replaying(cell: Cell, corpus: Corpus) -> Any:
    """From a folder."""
    return scope(cell, corpus.path, "replay")


def recording(cell: Cell, path: str) -> Any:
    """To a folder."""
    return scope(cell, path, "record")


def fill(corpus: Corpus) -> None:
    """By recording."""
    cell = Cell("httpx", "sync")
    recorded_all(recording(cell, corpus.path), cell, corpus)


AGENTREC = Contender(
    "agentrec",
    "agentrec: `sync_client`/`async_client` in a `cassette` over a FileStore; httpx2 by `alias_httpx()`",
    replaying=replaying,
    recording=recording,
    fill=fill,
    prepare=prepare,
    distribution="agentrec",
    modules=("agentrec",),
    brings_client=True,
    threads_need_context=True,
)
