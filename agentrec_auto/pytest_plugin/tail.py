"""Reads a run's ledger while the run goes on: what all its processes have noted since the last look."""

from __future__ import annotations

import os
from collections.abc import Iterator

from agentrec_auto.flow.ledger import Event
from agentrec_auto.flow.tally import events_in


class Tail:
    """The growth of the ledger files in a folder, each event given once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._seen: dict[str, int] = {}
        """File → how much of it was read."""

    def new(self, *, below: bool = False) -> list[Event]:
        """The events noted since the last call; those in folders ``below`` only if asked for.

        There lie the ledgers of pytest runs inside the run: of xdist workers, which look for themselves.
        """
        return list(self._new(self._folder, below))

    def _new(self, folder: str, below: bool) -> Iterator[Event]:
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return
        for entry in found:
            if entry.name.endswith(".jsonl"):
                yield from self._events(entry.path)
            elif below and entry.is_dir(follow_symlinks=False):
                yield from self._new(entry.path, below)

    def _events(self, path: str) -> Iterator[Event]:
        start = self._seen.get(path, 0)
        try:
            with open(path, "rb") as file:
                if os.fstat(file.fileno()).st_size == start:
                    return
                file.seek(start)
                data = file.read()
        except OSError:
            return
        whole = data[: data.rfind(b"\n") + 1]  # a line may be on its way
        self._seen[path] = start + len(whole)
        yield from events_in(whole.splitlines())
