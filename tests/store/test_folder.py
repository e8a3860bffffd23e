"""The folder of cassettes: atomic, first writer wins, nothing lost, nothing fatal."""

import errno
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading

import pytest

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.fingerprint import Key
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore

KEY = Key("openai_gpt-4o_0123456789abcdef")


def said(text, *, run="r1", order=1, size=1):
    return CapturedInteraction(
        CapturedRequest("POST", "https://a/b", [], b"{}"),
        200,
        [],
        {},
        [CapturedChunk(text.encode())] * size,
        {"run": run, "order": order},
    )


def texts(store, key=KEY):
    return [recording.interaction.body.decode() for recording in store.takes(key)]


@pytest.fixture(params=["folder", "memory"])
def store(request, tmp_path):
    return FolderStore(str(tmp_path / "corpus")) if request.param == "folder" else MemoryStore()


class TestTakes:
    """What every store promises of takes."""

    def test_none(self, store):
        """A key nobody recorded has no takes, and asking for them makes nothing."""
        assert store.takes(KEY) == [] and list(store.names()) == []

    def test_names(self, store):
        """The first take has the key's name, the next say their number."""
        assert store.add(KEY, said("a"), take=1, run="r1", replace=False) == KEY
        assert store.add(KEY, said("b"), take=2, run="r1", replace=False) == f"{KEY}.take2"
        assert texts(store) == ["a", "b"]

    def test_first_writer_wins(self, store):
        """Of two who record the same take in one run, the first is kept, in record mode too."""
        store.add(KEY, said("a"), take=1, run="r1", replace=False)
        for replace in (False, True):
            assert store.add(KEY, said("b"), take=1, run="r1", replace=replace) is None
        assert texts(store) == ["a"]

    def test_later_run_replaces(self, store):
        """A later run in record mode replaces all takes of the earlier one."""
        for take, text in enumerate("abc", 1):
            store.add(KEY, said(text), take=take, run="r1", replace=False)
        store.add(KEY, said("x", run="r2"), take=1, run="r2", replace=True)
        store.add(KEY, said("y", run="r2"), take=2, run="r2", replace=True)
        assert texts(store) == ["x", "y"]

    def test_later_run_adds(self, store):
        """A later run that doesn't replace takes the next number."""
        store.add(KEY, said("a"), take=1, run="r1", replace=False)
        assert store.add(KEY, said("b", run="r2"), take=1, run="r2", replace=False) == f"{KEY}.take2"
        assert texts(store) == ["a", "b"]

    def test_asked_order(self, store):
        """Takes come in the order they were asked, whichever was answered first."""
        store.add(KEY, said("second", order=2), take=1, run="r1", replace=False)
        store.add(KEY, said("first", order=1), take=2, run="r1", replace=False)
        assert texts(store) == ["first", "second"]

    def test_rewrite(self, store):
        """What is rewritten stands under the same name."""
        name = store.add(KEY, said("a"), take=1, run="r1", replace=False)
        store.rewrite(name, said("longer"))
        assert texts(store) == ["longer"] and list(store.names()) == [KEY]


@pytest.fixture
def folder(tmp_path):
    warned = []
    store = FolderStore(str(tmp_path / "corpus"), warn=warned.append)
    store.warned = warned
    return store


def files(folder):
    return sorted(os.listdir(folder.where))


def test_leaves_nothing_else(folder):
    """Beside the cassettes there is nothing: no temporary file, no index."""
    folder.add(KEY, said("a"), take=1, run="r1", replace=False)
    folder.add(KEY, said("b"), take=1, run="r1", replace=False)
    assert files(folder) == [f"{KEY}.json"]


@pytest.mark.parametrize("garbage", [b"", b"{", b"\x00\xff", b"[]", b'{"request": 3}'])
def test_broken_file(folder, garbage):
    """A broken file is named and passed over; it is not overwritten, and its later takes are found."""
    folder.add(KEY, said("a"), take=1, run="r1", replace=False)
    folder.add(KEY, said("b"), take=2, run="r1", replace=False)
    path = os.path.join(folder.where, f"{KEY}.json")
    with open(path, "wb") as file:
        file.write(garbage)
    assert texts(folder) == ["b"]
    assert len(folder.warned) == 1 and path in folder.warned[0]
    folder.add(KEY, said("c", run="r2"), take=1, run="r2", replace=False)
    assert texts(folder) == ["b", "c"]
    assert open(path, "rb").read() == garbage


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", ".hidden", "", "a\0b"])
def test_no_escape(folder, name):
    """A name that leads out of the folder, or hides in it, is no name."""
    with pytest.raises(KeyError):
        folder.load(name)


def test_unreadable(folder):
    """A folder in a cassette's place is a broken recording, not a crash."""
    os.makedirs(os.path.join(folder.where, f"{KEY}.json"))
    with pytest.raises(BrokenRecordingError):
        folder.load(KEY)
    assert folder.takes(KEY) == []


def test_without_links(folder, monkeypatch):
    """On a file system without hard links, the first writer wins all the same."""

    def no_link(*args):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    assert folder.add(KEY, said("a"), take=1, run="r1", replace=False) == KEY
    assert folder.add(KEY, said("b"), take=1, run="r1", replace=False) is None
    assert texts(folder) == ["a"]


def test_full_disk(folder, monkeypatch):
    """A write that fails half-way leaves no file behind."""
    folder.add(KEY, said("a"), take=1, run="r1", replace=False)
    real, fail = os.write, OSError(errno.ENOSPC, "No space left on device")

    def short(descriptor, data):
        if len(data) > 20:
            return real(descriptor, data[:20])
        raise fail

    monkeypatch.setattr(os, "write", short)
    with pytest.raises(OSError, match="No space left"):
        folder.add(KEY, said("b"), take=2, run="r1", replace=False)
    monkeypatch.undo()
    assert files(folder) == [f"{KEY}.json"] and texts(folder) == ["a"]


def test_corpus_deleted_meanwhile(folder):
    """A folder that goes away during a run is made again."""
    folder.add(KEY, said("a"), take=1, run="r1", replace=False)
    os.unlink(os.path.join(folder.where, f"{KEY}.json"))
    os.rmdir(folder.where)
    assert folder.add(KEY, said("b"), take=1, run="r1", replace=False) == KEY


def test_lookup_opens_by_name(folder):
    """A look-up lists nothing: it opens names, one more than there are takes, in a corpus of any size."""
    folder.add(KEY, said("a"), take=1, run="r1", replace=False)
    for number in range(300):
        folder.add(Key(f"other_{number}"), said("x"), take=1, run="r1", replace=False)
    seen = []
    sys.addaudithook(lambda event, args: seen.append((event, args)) if watching else None)
    watching = True
    assert texts(folder) == ["a"]
    watching = False
    assert [event for event, _ in seen if event in ("open", "os.listdir", "os.scandir")] == ["open", "open"]


def test_key_names(folder):
    """Names of key variables are noted once each, over several stores on one folder."""
    folder.note_secrets(["OPENAI_API_KEY"])
    FolderStore(folder.where).note_secrets(["OPENAI_API_KEY", "HF_TOKEN"])
    path = os.path.join(folder.where, ".agentrec-keys")
    assert open(path).read().split() == ["OPENAI_API_KEY", "HF_TOKEN"]


def _record(where, worker, run, replace, keys):
    store = FolderStore(where)
    for number in range(keys):
        for take in (1, 2):
            key = Key(f"shared_{number}")
            store.add(key, said(f"{worker}-{number}-{take}", run=run), take=take, run=run, replace=replace)
        store.add(Key(f"own-{worker}_{number}"), said(str(number), run=run), take=1, run=run, replace=replace)


@pytest.mark.parametrize("replace", [False, True])
def test_eight_processes(folder, replace):
    """Eight processes that record the same and different requests lose nothing and tear nothing."""
    if replace:
        _record(folder.where, "old", "r0", False, 20)
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=_record, args=(folder.where, worker, "r1", replace, 20)) for worker in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    for number in range(20):
        shared = folder.takes(Key(f"shared_{number}"))
        assert [recording.interaction.metadata["run"] for recording in shared] == ["r1", "r1"]
        for worker in range(8):
            assert texts(folder, Key(f"own-{worker}_{number}")) == [str(number)]
    assert not [name for name in files(folder) if name.endswith(".tmp")]


def test_threads(folder):
    """Eight threads with one store: every take is there once, whole."""

    def work(worker):
        for number in range(25):
            folder.add(Key(f"k-{worker}-{number}"), said("x" * 1000), take=1, run="r1", replace=False)
            folder.add(KEY, said("same"), take=1, run="r1", replace=False)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(folder)) == 8 * 25 + 1 and texts(folder) == ["same"]


_ENDLESS = """
import sys
sys.path.insert(0, sys.argv[1])
from test_folder import *
from test_folder import _record
store = FolderStore(sys.argv[2])
number = 0
while True:
    name = store.add(Key(f"k_{number}"), said("x" * 200, size=200), take=1, run="r1", replace=False)
    print(name, flush=True)
    number += 1
"""


@pytest.mark.parametrize("seed", range(5))
def test_kill_nine(folder, seed):
    """Killed at any moment: each recording whose `add` returned is there, and every file is whole."""
    command = [sys.executable, "-c", _ENDLESS, os.path.dirname(__file__), folder.where]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    returned = [worker.stdout.readline().strip() for _ in range(random.Random(seed).randint(1, 60))]
    worker.send_signal(signal.SIGKILL)
    returned += worker.stdout.read().split()
    worker.wait()
    whole = returned[:-1]  # the last line may be cut off
    assert whole
    for name in whole:
        assert len(folder.load(name).chunks) == 200
    assert set(whole) <= set(folder.names())
    assert folder.takes(Key(returned[-1])) is not None and folder.warned == []
