"""A long body is stored as a short one is, with little of it in memory."""

from __future__ import annotations

import copy
import errno
import gzip
import hashlib
import json
import os
import threading
from typing import Any

import pytest
from loopback import ServerProcess
from processes import Run
from redaction.test_repeats import FORMS, chat
from spool.spooling import (
    DONE,
    FILL,
    asked,
    cut,
    failing,
    filled,
    kept,
    open_files,
    recorded,
    recorder,
)

from agentrec_auto.capture import Ending
from agentrec_auto.redaction import streams
from agentrec_auto.spool import Spool
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore

pytestmark = pytest.mark.skipif(not hasattr(os, "pread"), reason="no spool here")


@pytest.mark.parametrize("size", [40, 300, 1000])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_spools(form, size, tmp_path, writings):
    """Of a long body without a secret only the last part is in memory; it is stored as it came."""
    text = "".join(form("fine", at, 0) for at in range(200)).encode()
    told = recorded(tmp_path, chunks := cut(text, [size]))
    assert [chunk["data"].encode() for chunk in told["chunks"]] == chunks
    # Arrays aren't looked at before they are whole; nor is a stream in which a name stands twice in an event.
    if form.__name__ not in ("array", "twice", "indented"):
        assert len(writings.all) > len(text) - 5000


@pytest.mark.parametrize("end", ["closed", "broke", "dropped"])
def test_ended_early(end, tmp_path):
    """A response that was left early or broke off is stored up to there; no file stays open."""
    before = open_files()
    ours = recorder(FolderStore(str(tmp_path)))
    seen = filled(ours)
    assert isinstance(seen.chunks, Spool) and open_files() > before
    if end == "broke":
        seen.broke(KeyboardInterrupt())
    elif end == "closed":
        seen.closed()
    else:
        seen.dropped()
        ours.finish()
    told = kept(tmp_path)
    assert told["metadata"]["ending"] == Ending.ABANDONED.value and len(told["chunks"]) == 100
    assert open_files() == before


def test_two_at_once(tmp_path):
    """Responses that come at the same time are kept apart."""
    ours = recorder(FolderStore(str(tmp_path)))
    pieces = [chat(word, 0, 0).encode() for word in ("one", "two", "three")]

    def comes(number: int) -> None:
        seen = asked(ours, str(number))
        for _ in range(200):
            seen.see(pieces[number])
            with meeting:
                pass
        seen.finished()

    meeting = threading.Lock()
    threads = [threading.Thread(target=comes, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = [json.loads(path.read_bytes()) for path in tmp_path.glob("*.json")]
    told = {"".join(chunk["data"] for chunk in one["chunks"]).encode() for one in stored}
    assert told == {piece * 200 for piece in pieces}


HELD: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "text/event-stream": (b"gzip", {}, "record"),
    "multipart/mixed; boundary=x": (b"", {}, "record"),
    "application/vnd.amazon.eventstream": (b"", {}, "record"),
    "application/x-ndjson": (b"", {"paths": ("a.b",)}, "record"),
    "application/json": (b"", {}, "verify"),
}


@pytest.mark.parametrize("content_type", HELD)
def test_held(content_type, tmp_path):
    """What can't be told clean as it comes, and what is compared, is held in memory."""
    encoding, redact, mode = HELD[content_type]
    head = [
        (b"content-type", content_type.encode()),
        *([(b"content-encoding", encoding)] if encoding else []),
    ]
    store = FolderStore(str(tmp_path))
    seen = asked(recorder(store, mode, **redact), head=head)
    body = gzip.compress(b"so it goes, " * 2000, compresslevel=0) if encoding else FILL * 200
    for chunk in cut(body, [500]):
        seen.see(chunk)
    assert isinstance(seen.chunks, list)
    assert b"".join(chunk.data for chunk in seen.chunks) == body


def test_in_one_piece(tmp_path, writings):
    """A long body that the app is given in one piece isn't written anywhere: the app holds it anyway."""
    assert len(recorded(tmp_path, [FILL * 100])["chunks"]) == 1
    assert not writings.all


def test_stores_that_keep_the_object():
    """What a program's own store is given, or finds in memory, has its chunks in a list."""
    store = MemoryStore()
    seen = filled(recorder(store))
    seen.finished()
    (interaction,) = [store.load(name) for name in store.names()]
    assert type(interaction.chunks) is list and interaction.body == FILL * 100


def test_nothing_moves_after_its_end():
    """Once it has ended, no chunk goes to the file: another thread may be storing them."""
    seen = filled(recorder(MemoryStore()))
    chunks = seen.chunks
    assert isinstance(chunks, Spool) and chunks.ends()
    before = chunks._size
    for _ in range(100):
        seen.see(FILL)
    assert chunks._size == before and len(chunks) == 200


def test_recorded_anew(tmp_path, monkeypatch):
    """A recording of an earlier run is replaced without being read: it may be long."""
    monkeypatch.setattr(FolderStore, "load", failing(errno.EINVAL))
    for run in ("r1", "r2"):
        seen = asked(recorder(FolderStore(str(tmp_path)), run=run))
        seen.see(FILL)
        seen.finished()
        assert kept(tmp_path)["metadata"]["run"] == run


def test_not_searched_again(tmp_path, monkeypatch):
    """What was looked at as it came isn't looked at once more, not even where more comes after the last event."""
    monkeypatch.setattr(streams, "redacted", failing(errno.EINVAL))
    told = recorded(tmp_path, [*[FILL] * 100, DONE, b": bye\n\n"])
    assert len(told["chunks"]) == 102


def test_like_a_list():
    """Indexed, sliced, copied and compared, a spool is the list of its chunks."""
    seen = asked(recorder(MemoryStore()))
    for number in range(100):
        seen.see(chat(str(number), 0, 0).encode())
    chunks = seen.chunks
    assert isinstance(chunks, Spool) and chunks._size
    told = list(chunks)
    assert [chunk.data for chunk in told] == [chat(str(number), 0, 0).encode() for number in range(100)]
    assert [chunk.timestamp_offset for chunk in told] == sorted(chunk.timestamp_offset for chunk in told)
    assert not chunks.is_clean and chunks.ends() and chunks.is_clean
    assert len(chunks) == 100 and [chunks[at] for at in range(-100, 100)] == told + told
    assert (chunks[3:97:7], list(reversed(chunks))) == (told[3:97:7], told[::-1])
    assert copy.deepcopy(chunks) == told
    with pytest.raises(IndexError):
        chunks[100]
    seen.see(FILL)
    assert not chunks.is_clean


PROGRAM = """
import hashlib, json, sys
import agentrec_auto.auto, {library} as H

def status(name):
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith(name))

def ask(url):
    body = {{"model": "m", "stream": True, "messages": [{{"role": "user", "content": url}}]}}
    digest = hashlib.sha256()
    with H.Client(timeout=50) as client, client.stream("POST", url + "/v1/chat/completions", json=body) as response:
        for chunk in response.iter_raw():
            digest.update(chunk)
    return digest.hexdigest()

ask(sys.argv[1])
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
before = status("VmRSS")
print(json.dumps({{"digest": ask(sys.argv[2]), "mib": status("VmHWM") - before}}))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="no peak to be had")
@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_memory(library, tmp_path, run_python: Run, server_process: ServerProcess):
    """To record 24 MiB takes a fraction of it; to replay them, next to nothing."""
    (tmp_path / "app.py").write_text(PROGRAM.format(library=library))
    urls = [server_process.at(say="hi"), server_process.at(mib=24, token=5000)]
    ran = run_python("app.py", *urls, env={"AGENTREC_MODE": "record", "AGENTREC_CORPUS": "corpus"})
    assert ran.code == 0, ran.stderr
    told = json.loads(ran.stdout)
    stored = max((tmp_path / "corpus").glob("*.json"), key=lambda path: path.stat().st_size)
    body = b"".join(chunk["data"].encode() for chunk in json.loads(stored.read_bytes())["chunks"])
    assert len(body) > 24 * 2**20 and hashlib.sha256(body).hexdigest() == told["digest"]
    assert told["mib"] < 10
    server_process.stop()
    ran = run_python("app.py", *urls, env={"AGENTREC_MODE": "replay", "AGENTREC_CORPUS": "corpus"})
    assert ran.code == 0, ran.stderr
    again = json.loads(ran.stdout)
    assert again["digest"] == told["digest"] and again["mib"] < 3
