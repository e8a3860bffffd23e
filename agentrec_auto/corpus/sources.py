"""Files as bytes, to be scanned: those of a corpus, or those that are named."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

from agentrec_auto.corpus.held import Broken, Corpus
from agentrec_auto.errors import StoreError
from agentrec_auto.store import document
from agentrec_auto.store.file import FolderStore

Source = tuple[str, bytes]
"""What to call it, and what is in it."""


def of_corpus(corpus: Corpus) -> Iterator[Source]:
    """The recordings as they lie on disk, torn ones too; of other stores, as a folder would hold them."""
    if isinstance(corpus.store, FolderStore):
        for name in corpus.names:
            path = os.path.join(corpus.where, f"{name}.json")
            if os.path.isfile(path):  # `agentrec verify` names what can't be read
                with suppress(StoreError):
                    yield from of_files([path])
        return
    for held in corpus.read():
        if not isinstance(held, Broken):
            yield held.name, document.dumps(held.interaction)


def of_files(paths: Iterable[str]) -> Iterator[Source]:
    """These files, and ``.json`` files in and below these folders; `StoreError` for what can't be read."""
    for path in paths:
        for file in _below(path) if os.path.isdir(path) else (path,):
            try:
                with open(file, "rb") as opened:
                    data = opened.read()
            except OSError as error:
                raise StoreError(f"can't read {file}: {error.strerror}") from error
            yield file, data


def _below(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        paths = (os.path.join(place, name) for name in sorted(names) if name.endswith(".json"))
        yield from filter(os.path.isfile, paths)  # a pipe, or a link to a device, may have no end
