"""What is true of the folder beside what every store promises (`test_conformance`)."""

import errno
import fcntl
import os
import sys

import pytest

from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.identity import Key
from agentrec_auto.store.file import FolderStore
from agentrec_auto.testing.stores import KEY, said, texts

flock = fcntl.flock


@pytest.fixture
def folder(tmp_path):
    warned = []
    store = FolderStore(str(tmp_path / "corpus"), warn=warned.append)
    store.warned = warned
    return store


def files(folder):
    return sorted(os.listdir(folder.where))


def test_leaves_nothing_else(folder):
    """Beside the cassettes there is nothing: no temporary file, no lock, no index."""
    folder.add(KEY, said("a"), take=1, run="r1", replace=False)
    folder.add(KEY, said("b"), take=1, run="r1", replace=False)
    folder.add(KEY, said("c", run="r2"), take=1, run="r2", replace=True)
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


def only_what_can_be_written(descriptor, operation):
    """`flock` as over NFS."""
    if not fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_RDWR:
        raise OSError(errno.EBADF, "Bad file descriptor")
    flock(descriptor, operation)


def nothing(descriptor, operation):
    """`flock` where a file system has none."""
    raise OSError(errno.ENOLCK, "No locks available")


@pytest.mark.parametrize("locks", [only_what_can_be_written, nothing])
def test_locks(folder, monkeypatch, locks):
    """A take is replaced where a folder can't be locked, and where nothing can; no file stays open."""
    monkeypatch.setattr(fcntl, "flock", locks)
    folder.add(KEY, said("a"), take=1, run="r1", replace=False)
    opened = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    assert folder.add(KEY, said("b", run="r2"), take=1, run="r2", replace=True) == KEY
    assert texts(folder) == ["b"] and files(folder) == [".agentrec-lock", f"{KEY}.json"]
    assert opened is None or len(os.listdir("/proc/self/fd")) == opened


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
