"""A process's connection to a SQLite file: opened, prepared, and never shared across a fork."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import weakref
from time import monotonic, sleep
from urllib.parse import quote

from agentrec_auto.forks import forkless

_VERSION = 1
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS recording (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE, run TEXT, document TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY) WITHOUT ROWID",
)


class ProcessConnection:
    """This process's connection and the lock around it: a fork waits until no thread is inside SQLite."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.lock = forkless()
        self.database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._patience_s = -1.0
        self._opened: list[sqlite3.Connection] = []
        # What is closed tidily leaves one file, without a log beside it. What begins last ends first at exit:
        # so it begins here, for whoever has the store may write into it at its own end.
        weakref.finalize(self, _close, self._opened, self.owner)

    def is_open_at(self, path: str) -> bool:
        """Whether the connection leads to the file that is at ``path`` now, and not to one deleted since."""
        if self.database is not None and self._file != _file(path):
            self.database.close()
            self.database = None
            self._opened.clear()
        return self.database is not None

    def connect(self, path: str, patience_s: float) -> None:
        """Open the file, with its tables; read-only where it can't be written to."""
        self._patience_s = patience_s
        folder = os.path.dirname(os.path.abspath(path))
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(path) and not (os.access(path, os.W_OK) and os.access(folder, os.W_OK)):
            database = _connect(f"{_uri(path)}?immutable=1", patience_s, uri=True)
        else:
            database = _connect(path, patience_s, uri=False)
            try:
                _prepare(database, patience_s)
            except BaseException:
                database.close()
                raise
        self.database, self._file = database, _file(path)
        self._opened.append(database)

    def waits(self, patience_s: float) -> None:
        """Wait no longer for others from now on."""
        if self.database is not None and patience_s != self._patience_s:
            self.database.execute(f"PRAGMA busy_timeout = {patience_s * 1000:.0f}")
            self._patience_s = patience_s


def _file(path: str) -> tuple[int, int] | None:
    try:
        there = os.stat(path)
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _connect(path: str, patience_s: float, *, uri: bool) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=patience_s, isolation_level=None, check_same_thread=False, uri=uri)


def _prepare(database: sqlite3.Connection, patience_s: float) -> None:
    _write_ahead(database, patience_s)
    database.execute("PRAGMA synchronous = NORMAL")  # a crash of the process loses nothing, in WAL
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise sqlite3.DatabaseError(f"it is of version {version}, and this agentrec reads {_VERSION}")
    if version < _VERSION:
        database.execute("BEGIN IMMEDIATE")  # a connection that fails here is closed by whoever made it
        for statement in _SCHEMA:
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {_VERSION}")
        database.execute("COMMIT")


def _write_ahead(database: sqlite3.Connection, patience_s: float) -> None:
    """Switch to WAL, once for a file. Of several who do so at once SQLite turns some away, busy timeout or
    not (it can't wait for a lock that it has to upgrade)."""
    deadline = monotonic() + patience_s
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


def _close(opened: list[sqlite3.Connection], owner: int) -> None:
    if os.getpid() != owner:
        _inherited.extend(opened)
        return
    for database in opened:
        with contextlib.suppress(sqlite3.Error):
            database.close()


_inherited: list[sqlite3.Connection] = []
"""Connections of a parent process: closing them here would let go of its locks."""


def _uri(path: str) -> str:
    return "file:" + quote(os.path.abspath(path))


def is_busy(error: sqlite3.Error) -> bool:
    """Whether it is another process that stands in the way."""
    return "locked" in str(error)


def cure(error: sqlite3.Error) -> str:
    """What to do about an error, to be put behind it; empty where there is nothing to say."""
    told = str(error)
    if "not a database" in told or "malformed" in told:
        return "; it is damaged, or no corpus: restore it, or name another"
    if "readonly" in told or "read-only" in told:
        return "; make it and its folder writable, or replay only"
    return ""
