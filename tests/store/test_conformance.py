"""Every store keeps the promises of a store."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from agentrec_auto.store.base import Store
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.location import open_store
from agentrec_auto.store.memory import MemoryStore
from agentrec_auto.testing import StoreConformance


class TestMemory(StoreConformance):
    """Interactions in a dictionary."""

    is_shared = False

    def open(self, folder: Path) -> Store:
        return MemoryStore()


class TestFolder(StoreConformance):
    """A folder of files."""

    def open(self, folder: Path) -> Store:
        return FolderStore(str(folder / "corpus"))

    def damage(self, folder: Path, name: str) -> bool:
        (folder / "corpus" / f"{name}.json").write_text("{")
        return True


class TestSQLite(StoreConformance):
    """One database file."""

    def open(self, folder: Path) -> Store:
        return open_store(f"sqlite:///{folder}/new/corpus.db")

    def damage(self, folder: Path, name: str) -> bool:
        database = sqlite3.connect(folder / "new" / "corpus.db")
        with database:
            database.execute("UPDATE recording SET document = '{' WHERE name = ?", (name,))
        database.close()
        return True
