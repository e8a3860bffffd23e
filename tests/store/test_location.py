"""A corpus is named by a folder or a URL."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from agentrec_auto.errors import ConfigError
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.location import open_store, path_of, placed
from agentrec_auto.store.memory import MemoryStore
from agentrec_auto.store.sqlite import SQLiteStore


@pytest.mark.parametrize(
    ("location", "kind", "where"),
    [
        ("corpus", FolderStore, "corpus"),
        ("/data/corpus", FolderStore, "/data/corpus"),
        ("C:\\corpus", FolderStore, "C:\\corpus"),
        ("file:corpus", FolderStore, "corpus"),
        ("file:///data/my%20corpus", FolderStore, "/data/my corpus"),
        ("file://localhost/data/corpus", FolderStore, "/data/corpus"),
        ("sqlite:///corpus.db", SQLiteStore, "corpus.db"),
        ("sqlite:////data/corpus.db", SQLiteStore, "/data/corpus.db"),
        ("sqlite:///C:/data/corpus.db", SQLiteStore, "C:/data/corpus.db"),
        ("memory:", MemoryStore, "memory:"),
    ],
)
def test_opens(location: str, kind: type, where: str) -> None:
    """The scheme says which store it is; without one it is a folder."""
    store = open_store(location)
    assert type(store) is kind and store.where == where


def test_opens_a_path(tmp_path: Path) -> None:
    """A path is a folder, too."""
    assert open_store(tmp_path).where == str(tmp_path)


def test_home() -> None:
    """``~`` is the home folder, in a folder and in a database."""
    assert path_of("~/corpus") == os.path.expanduser("~/corpus")
    assert path_of("sqlite:///~/corpus.db") == os.path.expanduser("~/corpus.db")


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("corpus", "/base/corpus"),
        ("sqlite:///corpus.db", "sqlite:////base/corpus.db"),
        ("sqlite:////data/corpus.db", "sqlite:////data/corpus.db"),
        ("file:corpus", "/base/corpus"),
        ("memory:", "memory:"),
        ("s3+https://bucket/x", "s3+https://bucket/x"),
    ],
)
def test_placed(location: str, found: str) -> None:
    """What is relative is made absolute, so that every process of a run finds the same."""
    assert placed(location, "/base") == found
    assert placed(found, "/elsewhere") == found


@pytest.mark.parametrize(
    "location", ["sqlite:corpus.db", "sqlite://corpus.db", "sqlite:///", "file://host/x", "ftp://x"]
)
def test_unknown(location: str) -> None:
    """What no store answers to is refused, and what would be is told."""
    with pytest.raises(ConfigError, match=r"corpus '.*': expected .*"):
        open_store(location)


def test_of_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package brings a store by an entry point called like the scheme."""
    point = EntryPoint("shelf", f"{__name__}:Shelf", "agentrec_auto.stores")
    monkeypatch.setattr(EntryPoint, "load", lambda self: Shelf)
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda **said: [point] if said["name"] == "shelf" else []
    )
    assert isinstance(store := open_store("shelf://top/left"), Shelf) and store.where == "shelf://top/left"
    with pytest.raises(ConfigError, match="unknown store 'drawer'"):
        open_store("drawer://x")


class Shelf(MemoryStore):
    """A store that somebody else wrote."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where
