"""What stands in the way of a temporary file, or takes it away, costs memory and nothing else."""

from __future__ import annotations

import errno
import gc
import os
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from redaction.test_repeats import chat
from spool.spooling import (
    FILL,
    cut,
    failing,
    filled,
    kept,
    open_files,
    recorded,
    recorder,
)

from agentrec_auto import spool
from agentrec_auto.spool import Spool
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore

pytestmark = pytest.mark.skipif(not hasattr(os, "pread"), reason="no spool here")


def test_forked(tmp_path):
    """A child that reads on in a response of its parent's changes nothing of what the parent stores."""
    seen = filled(recorder(FolderStore(str(tmp_path))), 60)
    assert isinstance(seen.chunks, Spool) and seen.chunks._size
    child = os.fork()
    if not child:
        for _ in range(100):
            seen.see(chat("the child's", 0, 0).encode())
        os._exit(0 if isinstance(seen.chunks, list) and len(seen.chunks) == 160 else 1)
    assert os.waitpid(child, 0)[1] == 0
    for _ in range(60):
        seen.see(FILL)
    seen.finished()
    assert [chunk["data"].encode() for chunk in kept(tmp_path)["chunks"]] == [FILL] * 120


def test_leaves_no_file(tmp_path, monkeypatch):
    """The file has no name, so that nothing is left of it, whatever ends the process."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = filled(recorder(MemoryStore()))
    assert isinstance(seen.chunks, Spool) and seen.chunks._size
    assert not list(tmp_path.iterdir())


OBSTACLES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "no folder for temporary files": lambda patch: patch.setattr(tempfile, "tempdir", "/nowhere"),
    "no more files": lambda patch: patch.setattr(tempfile, "TemporaryFile", failing(errno.EMFILE)),
    "not another file": lambda patch: patch.setattr(spool.os, "dup", failing(errno.EMFILE)),  # type: ignore[attr-defined]
    "a full disk": lambda patch: patch.setattr(
        tempfile, "TemporaryFile", lambda **_: open("/dev/full", "r+b", buffering=0)
    ),
    "many spools": lambda patch: patch.setattr(spool, "_MOST", 0),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_obstacles(obstacle, tmp_path, monkeypatch, capsys):
    """Where there can be no file, the body is held in memory, and stored all the same; without a word."""
    before = open_files()
    OBSTACLES[obstacle](monkeypatch)
    chunks = [FILL] * 100
    assert [chunk["data"].encode() for chunk in recorded(tmp_path, chunks)["chunks"]] == chunks
    assert capsys.readouterr().err == ""
    assert open_files() == before


def test_disk_that_fills_up(tmp_path, monkeypatch, capsys):
    """What was written before the disk was full is read back."""
    real, room = os.pwrite, [5000]

    def filling(descriptor: int, data: Any, at: int) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room[0] -= 100
        return real(descriptor, bytes(data)[:100], at)  # and in small pieces

    monkeypatch.setattr(spool.os, "pwrite", filling)
    chunks = cut(FILL * 100, [170])
    assert [chunk["data"].encode() for chunk in recorded(tmp_path, chunks)["chunks"]] == chunks
    assert room == [0] and capsys.readouterr().err == ""


def test_closed_by_the_program(tmp_path, capsys):
    """A program that closes all files and opens its own in their place keeps those; it is told what was lost."""
    ours = recorder(FolderStore(str(tmp_path / "corpus")))
    seen = filled(ours)
    assert isinstance(seen.chunks, Spool) and seen.chunks._file is not None
    descriptor = seen.chunks._file._descriptor
    theirs = os.open(tmp_path / "theirs", os.O_RDWR | os.O_CREAT)
    os.dup2(theirs, descriptor)
    try:
        for _ in range(100):
            seen.see(FILL)
        seen.finished()
        del seen
        gc.collect()
        os.write(descriptor, b"theirs")
    finally:
        os.close(descriptor)
        os.close(theirs)
    assert (tmp_path / "theirs").read_bytes() == b"theirs"
    assert "was not recorded" in capsys.readouterr().err
