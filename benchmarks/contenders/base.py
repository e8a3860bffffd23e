"""What a contender is: how it is switched on, and what it can't do."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.asking import asking
from benchmarks.job import Corpus
from benchmarks.workload import Cell

Clients = Callable[[Cell, Corpus], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Contender:
    """One that takes part; the functions are called in its own process."""

    name: str
    says: str
    """What it is and how it is set up, for the table's legend."""

    replaying: Clients | None = None
    """A client that is answered from a corpus."""

    recording: Callable[[Cell, str], AbstractContextManager[Any]] | None = None
    """A client whose calls are recorded under a path; all is saved when the context ends."""

    fill: Callable[[Corpus], None] | None = None
    """Makes a corpus, with a server at its URL."""

    started: Callable[[str, str], Sequence[str]] = lambda mode, path: ()
    """The command, in a mode and with a corpus, under which its process starts."""

    prepare: Callable[[Cell, Corpus], object] = lambda cell, corpus: None
    """Imports what it would at the first call: a cold start is of recordings, not of modules."""

    distribution: str = ""
    modules: tuple[str, ...] = ()
    brings_client: bool = False
    """Works through a client of its own, which an SDK must be given; else it is in the library itself."""

    threads_need_context: bool = False
    """Its scope does not reach threads: what runs there must be given a copy of the context."""

    scans: bool = False
    """Looks every recording over for each request: its measures are cut short."""

    lacks: Callable[[int], str | None] = lambda count: None
    """Why it has no figure where so many are recorded."""

    def absent(self) -> str | None:
        """Why it can't take part here at all."""
        missing = [name for name in self.modules if importlib.util.find_spec(name) is None]
        return f"{', '.join(missing)} not installed" if missing else None

    @property
    def version(self) -> str:
        """Of its distribution, or of nothing."""
        try:
            return version(self.distribution) if self.distribution else ""
        except PackageNotFoundError:
            return ""


def recorded_all(client: AbstractContextManager[Any], cell: Cell, corpus: Corpus) -> None:
    """Ask a server every question of a corpus through a client that records."""
    with client as opened, asking(opened, cell, corpus.url, corpus.kind) as ask:
        for number in range(corpus.count):
            whole = len(ask([number])[0])
            if corpus.kind == "stream" and not whole:
                raise RuntimeError(f"question {number} was not answered")
