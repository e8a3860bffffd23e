"""What is true of the database beside what every store promises (`test_conformance`)."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from agentrec_auto import forks
from agentrec_auto.errors import StoreBusyError, StoreError
from agentrec_auto.keying.identity import Key
from agentrec_auto.store import sqlite
from agentrec_auto.store.sqlite import SQLiteStore
from agentrec_auto.testing.stores import KEY, said, texts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "corpus.db"


@pytest.fixture
def database(path: Path) -> SQLiteStore:
    return SQLiteStore(str(path))


def keep(store: SQLiteStore, text: str = "a", key: Key = KEY) -> str | None:
    return store.add(key, said(text), take=1, run="r1", replace=False)


def test_one_file(path: Path) -> None:
    """A process that ends leaves one file: its log is written back."""
    program = (
        "import sys; from agentrec_auto.store.sqlite import SQLiteStore\n"
        "from agentrec_auto.testing.stores import KEY, said\n"
        "SQLiteStore(sys.argv[1]).add(KEY, said('a'), take=1, run='r1', replace=False)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)
    assert os.listdir(path.parent) == ["corpus.db"]
    assert texts(SQLiteStore(str(path))) == ["a"]


def test_readable_by_sql(path: Path, database: SQLiteStore) -> None:
    """What is stored is the cassette's JSON, for SQL to look into."""
    keep(database)
    found = sqlite3.connect(path).execute("SELECT json_extract(document, '$.response_status') FROM recording")
    assert found.fetchall() == [(200,)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT document FROM recording WHERE name = 'x'",
        "SELECT run FROM recording WHERE name = 'x'",
        "SELECT name FROM recording WHERE name >= 'x' AND name < 'y' ORDER BY number DESC",
    ],
)
def test_looks_up_by_index(path: Path, database: SQLiteStore, query: str) -> None:
    """Nothing is looked for by reading the whole table."""
    keep(database)
    plan = sqlite3.connect(path).execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert any("SEARCH" in row[3] for row in plan) and not any("SCAN" in row[3] for row in plan)


def test_pages(database: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names come a page at a time, none left out, newest first."""
    monkeypatch.setattr("agentrec_auto.store.sqlite._PAGE", 3)
    for number in range(8):
        keep(database, key=Key(f"k{number}"))
    assert list(database.names()) == [f"k{number}" for number in reversed(range(8))]


def test_looking_makes_nothing(path: Path, database: SQLiteStore) -> None:
    """Asking a database that isn't there makes no file."""
    assert list(database.names()) == [] and KEY not in database and database.noted_secrets() == []
    database.remove(KEY)
    assert not path.exists()


def test_deleted_meanwhile(path: Path, database: SQLiteStore) -> None:
    """A file that goes away during a run is made again; nothing is written into the one that is gone."""
    keep(database)
    for file in path.parent.iterdir():
        file.unlink()
    assert KEY not in database
    assert keep(database, "b") == KEY
    assert texts(SQLiteStore(str(path))) == ["b"]


@pytest.mark.parametrize(
    "content", [b"not a database at all, but some text", b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_no_database(path: Path, database: SQLiteStore, content: bytes) -> None:
    """A file that is no database is named, and left as it is."""
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"corpus\.db can't be used: .*; it is damaged"):
        database.load(KEY)
    with pytest.raises(StoreError, match=r"corpus\.db"):
        keep(database)
    assert path.read_bytes() == content


def test_of_the_future(path: Path, database: SQLiteStore) -> None:
    """A database of a later version is not written to."""
    keep(database)
    sqlite3.connect(path).execute("PRAGMA user_version = 2")
    with pytest.raises(StoreError, match="version 2"):
        keep(SQLiteStore(str(path)), "b")


def test_read_only(path: Path, database: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A corpus that can't be written to can be read, and says why it can't be written to."""
    keep(database)
    database._connection.database.close()  # type: ignore[union-attr]
    # Not by permissions: the tests may run as root, for whom there are none
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    store = SQLiteStore(str(path))
    assert texts(store) == ["a"] and os.listdir(path.parent) == ["corpus.db"]
    with pytest.raises(StoreError, match="make it and its folder writable"):
        keep(store, "b", Key("other"))


def test_busy(path: Path, database: SQLiteStore) -> None:
    """A writer that others keep waiting for too long says so."""
    keep(database)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for store in (database, SQLiteStore(str(path))):
        store.patience_s = 0.05
        with pytest.raises(StoreBusyError, match="another process holds it"):
            keep(store, "b")
    assert texts(SQLiteStore(str(path))) == ["a"]


def test_key_names_beside_it(path: Path, database: SQLiteStore) -> None:
    """Names of key variables are in a file beside it, too, for the start-up of a replay."""
    database.note_secrets(["OPENAI_API_KEY"])
    SQLiteStore(str(path)).note_secrets(["HF_TOKEN"])
    assert Path(f"{path}.agentrec-keys").read_text().split() == ["HF_TOKEN", "OPENAI_API_KEY"]


def test_half_a_surrogate_pair(database: SQLiteStore) -> None:
    """Text that is no valid Unicode is kept as it was."""
    odd = said("a")
    odd.metadata["call_site"] = "\ud83d"
    database.rewrite(KEY, odd)
    assert database.load(KEY).metadata["call_site"] == "\ud83d"


def test_nobody_writes_while_we_look(
    path: Path, database: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the look at what is there to the end of a change nobody else can write: no first writer is overtaken."""
    keep(database)
    other, looked = sqlite3.connect(path, timeout=0, isolation_level=None), []

    def look(*asked: Any) -> Any:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        looked.append(asked)
        return run_of(*asked)

    run_of = sqlite._run_of
    monkeypatch.setattr(sqlite, "_run_of", look)
    database.add(KEY, said("b"), take=1, run="r2", replace=False)
    assert texts(database) == ["a", "b"] and len(looked) == 2


def test_waits_to_switch(path: Path, database: SQLiteStore) -> None:
    """The first to open a file waits for who is writing to it, where SQLite by itself would give up at once."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.2, lambda: other.execute("ROLLBACK")).start()
    assert keep(database) == KEY


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork_while_in_use(database: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child opens the file for itself, though a thread of the parent was using it when it was forked."""
    monkeypatch.setattr(forks, "_PATIENCE_S", 0.1)  # the thread waits for the one that forks
    keep(database)
    mine, held, over = database._connection, threading.Event(), threading.Event()

    def use() -> None:
        with mine.lock:
            held.set()
            over.wait()

    thread = threading.Thread(target=use)
    thread.start()
    held.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # it would wait for ever for a lock whose owner isn't there
        ok = texts(database) == ["a"] and database._connection is not mine and mine.database is not None
        os._exit(0 if ok else 1)
    over.set()
    thread.join()
    _, status = os.waitpid(child, 0)
    assert status == 0 and database._connection is mine and texts(database) == ["a"]
