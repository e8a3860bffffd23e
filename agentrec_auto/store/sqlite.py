"""One SQLite file (``sqlite:///corpus.db``), for corpora past some ten thousand recordings.

    recording(number, name, run, document)     document: the same JSON that a folder keeps in a file
    secret(name)                               names of the API-key variables that were set

How it keeps its promises:

* Every change is one transaction that takes the write lock first (``BEGIN IMMEDIATE``), so that among
  processes the first writer of a take wins, and one that is killed leaves all of a recording or nothing.
* The log is written ahead (WAL): readers and writers don't wait for each other. Writers wait up to
  `BUSY_S` for their turn.
* What is looked up is looked up by index; `number` grows with each writing, newest is highest.
* A database that others must not touch after a fork is not touched: a child opens its own.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from time import monotonic, sleep

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import BrokenRecordingError, StoreError
from agentrec_auto.keying.fingerprint import Key
from agentrec_auto.store import document
from agentrec_auto.store.base import Recording, Store, in_asked_order, name_of, split_name

BUSY_S = 30.0
"""How long a writer waits for others."""

SECRETS = ".agentrec-keys"
"""Ending of the file beside the database that start-up reads without SQLite."""

_VERSION = 1
_LAST = 2**63 - 1
_PAGE = 1000
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS recording (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE, run TEXT, document TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY) WITHOUT ROWID",
)


class SQLiteStore(Store):
    """Interactions in a database file, which is made at the first `add`."""

    def __init__(self, path: str, *, warn: Callable[[str], None] = lambda text: None) -> None:
        self.path = path
        self.where = path
        self._warn = warn
        self._line = _Line()

    def takes(self, key: Key) -> Sequence[Recording]:
        found = []
        for take in count(1):
            name = name_of(key, take)
            try:
                found.append(Recording(name, self.load(name)))
            except KeyError:
                break
            except BrokenRecordingError as error:
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
        rows = self._all("SELECT document FROM recording WHERE name = ?", name)
        if not rows:
            raise KeyError(name)
        text = rows[0][0]
        data = text if isinstance(text, bytes) else str(text).encode()
        return document.loads(data, f"{self.where}: {name}")

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
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    @contextlib.contextmanager
    def _open(self, *, create: bool) -> Iterator[sqlite3.Connection | None]:
        """This process's connection, for one thread at a time; `StoreError` for what goes wrong with it."""
        if self._line.owner != os.getpid():
            self._line = _Line()
        line = self._line
        try:
            with line.lock:
                there = line.is_open_at(self.path)
                if not there and (create or os.path.exists(self.path)):
                    line.connect(self.path)
                yield line.database
        except sqlite3.Error as error:
            raise StoreError(f"the corpus {self.where} can't be used: {error}{_cure(error)}") from error


class _Line:
    """A process's connection and the lock around it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.lock = threading.RLock()
        self.database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def is_open_at(self, path: str) -> bool:
        """Whether the connection leads to the file that is at ``path`` now, and not to one deleted since."""
        if self.database is not None and self._file != _file(path):
            self.database.close()
            self.database = None
        return self.database is not None

    def connect(self, path: str) -> None:
        """Open the file, with its tables; read-only where it can't be written to."""
        folder = os.path.dirname(os.path.abspath(path))
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(path) and not (os.access(path, os.W_OK) and os.access(folder, os.W_OK)):
            database = _connect(f"{_uri(path)}?immutable=1", uri=True)
        else:
            database = _connect(path, uri=False)
            try:
                _prepare(database)
            except BaseException:
                database.close()
                raise
        self.database, self._file = database, _file(path)
        # What is closed tidily leaves one file, without a log beside it.
        weakref.finalize(self, _close, database, self.owner)


def _file(path: str) -> tuple[int, int] | None:
    try:
        there = os.stat(path)
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _connect(path: str, *, uri: bool) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=uri)


def _prepare(database: sqlite3.Connection) -> None:
    _write_ahead(database)
    database.execute("PRAGMA synchronous = NORMAL")  # a crash of the process loses nothing, in WAL
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise sqlite3.DatabaseError(f"it is of version {version}, and this agentrec reads {_VERSION}")
    if version < _VERSION:
        database.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA:
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {_VERSION}")
        database.execute("COMMIT")


def _write_ahead(database: sqlite3.Connection) -> None:
    """Switch to WAL, once for a file. Of several who do so at once SQLite turns some away, busy timeout or
    not (it can't wait for a lock that it has to upgrade)."""
    deadline = monotonic() + BUSY_S
    while (error := _refused(database, "PRAGMA journal_mode = WAL")) is not None:
        if "locked" not in str(error) or monotonic() > deadline:
            raise error
        sleep(0.01)


def _refused(database: sqlite3.Connection, statement: str) -> sqlite3.OperationalError | None:
    try:
        database.execute(statement).fetchone()
    except sqlite3.OperationalError as error:
        return error
    return None


def _close(database: sqlite3.Connection, owner: int) -> None:
    if os.getpid() == owner:
        with contextlib.suppress(sqlite3.Error):
            database.close()
    else:
        _inherited.append(database)


_inherited: list[sqlite3.Connection] = []
"""Connections of a parent process: closing them here would let go of its locks."""


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


def _uri(path: str) -> str:
    from urllib.parse import quote

    return "file:" + quote(os.path.abspath(path))


def _cure(error: sqlite3.Error) -> str:
    told = str(error)
    if "not a database" in told or "malformed" in told:
        return "; it is damaged, or no corpus: restore it, or name another"
    if "locked" in told:
        return f"; another process held it for {BUSY_S:.0f} s"
    if "readonly" in told or "read-only" in told:
        return "; make it and its folder writable, or replay only"
    return ""
