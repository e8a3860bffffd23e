"""What is to be imported, as files: those that are named, those in and below folders, stdin."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agentrec_auto.decoding import decode
from agentrec_auto.errors import StoreError, UndecodableBodyError
from agentrec_auto.importers.record import UnreadableError
from agentrec_auto.store.location import path_of, scheme_of

_ENDINGS = (".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".har", ".toml")
"""Of files that are looked at in folders; ``.gz`` may follow. A file that is named may be called anything."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to import."""

    name: str
    """What to call it: the path as it was given, ``-`` for stdin."""

    is_named: bool
    """Whether it was named itself; else it stood in a folder, and need not be a recording at all."""

    def read(self) -> bytes:
        """Its bytes, gunzipped; `UnreadableError` where they can't be had."""
        try:
            data = sys.stdin.buffer.read() if self.name == "-" else _read(self.name)
            return decode(data, b"gzip") if data[:2] == b"\x1f\x8b" else data
        except OSError as error:
            raise UnreadableError(f"can't be read: {error.strerror}") from error
        except UndecodableBodyError as error:
            raise UnreadableError(f"is no gzip that can be unpacked: {error}") from error


def files(paths: Iterable[str]) -> Iterator[File]:
    """The files that are meant, folders in alphabetical order; `StoreError` for a path with nothing there."""
    for path in paths:
        if os.path.isdir(path):
            yield from (File(name, is_named=False) for name in _below(path))
        elif path == "-" or os.path.exists(path):
            yield File(path, is_named=True)
        else:
            raise StoreError(f"no file or folder is called {path!r}: name one, or - for stdin")


def local(path: str) -> str:
    """A path, also where it was written as a store URL (``file:corpus``)."""
    return path_of(path) or path if scheme_of(path) == "file" else path


def told(name: str) -> str:
    """What to say of a file in a recording: its path from here, and no other part of where it lies."""
    path = os.path.relpath(name) if name != "-" else name
    return os.path.basename(name) if path.startswith("..") else path


def _below(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # What migrations keep is named after recordings that must be known by then.
        for name in sorted(names, key=lambda name: (name.startswith("migration__"), name)):
            path = os.path.join(place, name)
            # A pipe, or a link to a device, may have no end; one that is named itself (``<(…)``) is meant.
            if _is_export(name) and os.path.isfile(path):
                yield path


def _is_export(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(_ENDINGS) and not name.startswith(".")


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
