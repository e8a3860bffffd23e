"""One SQLite file (``sqlite:///corpus.db``), for corpora past some ten thousand recordings.

    recording(number, name, run, document)     document: the same JSON that a folder keeps in a file
    secret(name)                               names of the API-key variables that were set

How it keeps its promises:

* Every change is one transaction that takes the write lock first (``BEGIN IMMEDIATE``), so that among
  processes the first writer of a take wins, and one that is killed leaves all of a recording or nothing.
* The log is written ahead (WAL): readers and writers don't wait for each other. Writers wait up to
  `database.BUSY_S` for their turn.
* What is looked up is looked up by index; `number` grows with each writing, newest is highest.
* A database that others must not touch after a fork is not touched: a child opens its own.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import BrokenRecordingError, StoreBusyError, StoreError
from agentrec_auto.keying.identity import Key
from agentrec_auto.store import document
from agentrec_auto.store.base import Recording, Store, in_asked_order, name_of, split_name
from agentrec_auto.store.database import ProcessConnection, cure, is_busy

SECRETS = ".agentrec-keys"
"""Ending of the file beside the database that start-up reads without SQLite."""

_LAST = 2**63 - 1
_PAGE = 1000


class SQLiteStore(Store):
    """Interactions in a database file, which is made at the first `add`."""

    def __init__(self, path: str, *, warn: Callable[[str], None] = lambda text: None) -> None:
        self.path = path
        self.where = path
        self._warn = warn
        self._connection = ProcessConnection()
        self.unread: set[str] = set()

    def takes(self, key: Key) -> Sequence[Recording]:
        found = []
        for take in count(1):
            name = name_of(key, take)
            try:
                found.append(Recording(name, self.load(name)))
            except KeyError:
                break
            except BrokenRecordingError as error:
                self.unread.add(name)
                self._warn(str(error))
        return in_asked_order(found) if len(found) > 1 else found

    def add(
        self, key: Key, interaction: CapturedInteraction, *, take: int, run: str, replace: bool
    ) -> str | None:
        text = _text(interaction)
        with self._writing() as database:
            while (there := _run_of(database, name_of(key, take))) is not None:
                if there == (run,):
                    return None
                if replace:
                    _forget_from(database, key, take, run)
                    break
                take += 1
            _put(database, name_of(key, take), run, text)
        return name_of(key, take)

    def rewrite(self, name: str, interaction: CapturedInteraction) -> None:
        run, text = interaction.metadata.get("run"), _text(interaction)
        with self._writing() as database:
            database.execute("DELETE FROM recording WHERE name = ?", (name,))
            _put(database, name, run if isinstance(run, str) else None, text)

    def remove(self, name: str) -> None:
        key, take = split_name(name)
        if not os.path.exists(self.path):
            return
        with self._writing() as database:
            database.execute("DELETE FROM recording WHERE name = ?", (name,))
            for later in count(take + 1):
                moved = database.execute(
                    "UPDATE recording SET name = ? WHERE name = ?",
                    (name_of(key, later - 1), name_of(key, later)),
                )
                if not moved.rowcount:
                    break

    def names(self, prefix: str = "") -> Iterator[str]:
        if prefix:  # by a range, which the index answers; LIKE and GLOB give meanings to characters
            query = "SELECT name FROM recording WHERE name >= ? AND name < ? ORDER BY number DESC"
            yield from (str(name) for (name,) in self._all(query, prefix, prefix + "\U0010ffff"))
            return
        query = "SELECT number, name FROM recording WHERE number < ? ORDER BY number DESC LIMIT ?"
        before = _LAST
        while page := self._all(query, before, _PAGE):
            for number, name in page:
                yield str(name)
                before = int(str(number))

    def load(self, name: str) -> CapturedInteraction:
        return document.loads(*self._document(name))

    def load_in_one(self, name: str) -> CapturedInteraction:
        return document.loads(*self._document(name), in_one=True)

    def _document(self, name: str) -> tuple[bytes, str]:
        """A document's bytes, and what to call it; KeyError for none."""
        rows = self._all("SELECT document FROM recording WHERE name = ?", name)
        if not rows:
            raise KeyError(name)
        text = rows[0][0]
        data = text if isinstance(text, bytes) else str(text).encode()
        return data, f"{self.where}: {name}"

    def note_secrets(self, names: Sequence[str]) -> None:
        fresh = sorted(set(names) - set(self.noted_secrets()))
        if not fresh:
            return
        with self._writing() as database:
            database.executemany("INSERT OR IGNORE INTO secret VALUES (?)", [(name,) for name in fresh])
            known = [name for (name,) in database.execute("SELECT name FROM secret ORDER BY name")]
            temporary = f"{self.path}{SECRETS}.{os.getpid()}.tmp"
            with open(temporary, "w", encoding="utf-8") as file:
                file.write("".join(f"{name}\n" for name in known))
            os.replace(temporary, self.path + SECRETS)

    def noted_secrets(self) -> Sequence[str]:
        return [str(name) for (name,) in self._all("SELECT name FROM secret ORDER BY name")]

    def __contains__(self, name: object) -> bool:
        return bool(self._all("SELECT 1 FROM recording WHERE name = ?", str(name)))

    def _all(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """The rows of a query; none where there is no database yet, for looking makes nothing."""
        with self._open(create=False) as database:
            return [] if database is None else database.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its beginning."""
        with self._open(create=True) as database:
            assert database is not None
            self._connection.waits(self.patience_s)
            try:
                _undo(database)  # what a signal cut in two, whose exception the app still holds
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
            except BaseException:
                _undo(database)
                raise

    @contextlib.contextmanager
    def _open(self, *, create: bool) -> Iterator[sqlite3.Connection | None]:
        """This process's connection, for one thread at a time; `StoreError` for what goes wrong with it."""
        if self._connection.owner != os.getpid():
            self._connection = ProcessConnection()
        connection = self._connection
        try:
            with connection.lock:
                is_open = connection.is_open_at(self.path)
                if not is_open and (create or os.path.exists(self.path)):
                    connection.connect(self.path, self.patience_s)
                yield connection.database
        except sqlite3.Error as error:
            if is_busy(error):
                told = f"the corpus {self.where} is in use: another process holds it ({error})"
                raise StoreBusyError(told) from error
            raise StoreError(f"the corpus {self.where} can't be used: {error}{cure(error)}") from error


def _undo(database: sqlite3.Connection) -> None:
    """Take back what was changed in a transaction that is open, if one is."""
    if database.in_transaction:
        database.execute("ROLLBACK")


def _run_of(database: sqlite3.Connection, name: str) -> tuple[str | None] | None:
    """The run of a take, in a row; None for no take."""
    row: tuple[str | None] | None = database.execute(
        "SELECT run FROM recording WHERE name = ?", (name,)
    ).fetchone()
    return row


def _forget_from(database: sqlite3.Connection, key: str, take: int, run: str) -> None:
    """Delete a take and those behind it, up to one of this run."""
    for later in count(take):
        if _run_of(database, name_of(key, later)) in (None, (run,)):
            return
        database.execute("DELETE FROM recording WHERE name = ?", (name_of(key, later),))


def _put(database: sqlite3.Connection, name: str, run: str | None, text: str | bytes) -> None:
    database.execute("INSERT INTO recording (name, run, document) VALUES (?, ?, ?)", (name, run, text))


def _text(interaction: CapturedInteraction) -> str | bytes:
    """The document as text, for SQL's JSON functions; as bytes where it holds half a surrogate pair."""
    data = document.dumps(interaction)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
