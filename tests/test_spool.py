"""A long body is recorded as a short one is, with little of it in memory and nothing of a secret in a file."""

from __future__ import annotations

import copy
import errno
import gc
import gzip
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import ServerProcess
from processes import Run

from agentrec_auto import spool
from agentrec_auto.capture import CapturedInteraction, CapturedRequest, Ending
from agentrec_auto.flow import keeping, tap
from agentrec_auto.flow.ledger import Ledger
from agentrec_auto.flow.plan import Record
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.flow.tap import Tap
from agentrec_auto.redaction import repeats, streams, windows
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import RedactSettings, Replacement, Settings
from agentrec_auto.spool import Spool
from agentrec_auto.store.base import Store
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore
from tests.redaction.test_repeats import CREDENTIAL, FORMS, KEY, chat, spoken

pytestmark = pytest.mark.skipif(not hasattr(os, "pread"), reason="no spool here")

SSE = [(b"content-type", b"text/event-stream"), (b"transfer-encoding", b"chunked")]
FILL = chat("Good day, it is fine", 0, 0).encode()
DONE = b"data: [DONE]\n\n"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes megabytes elsewhere takes kilobytes here."""
    for module, name, value in (
        (tap, "LONG", 2000),
        (tap, "WINDOW", 300),
        (spool, "WINDOW", 300),
        (windows, "_WINDOW", 300),
        (windows, "LONG", 2000),
        (windows, "_BEHIND", 1500),
        (repeats, "_OVERLAP", 120),
        (spool, "_READ_AT_ONCE", 700),
    ):
        monkeypatch.setattr(module, name, value)


def recorder(store: Store, mode: str = "record", **redact: Any) -> Recorder:
    wanted = Settings(mode=mode, corpus=store.where, redact=RedactSettings(**redact))
    return Recorder(wanted, store, Redactor(wanted.redact, {}), Ledger(), run="r1")


def asked(recorder: Recorder, text: str = "Hi", head: list[tuple[bytes, bytes]] = SSE) -> Tap:
    """The tap of a call, at which the head of the response has come."""
    body = {"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": text}]}
    headers = [(b"authorization", b"Bearer " + CREDENTIAL.encode()), (b"content-type", b"application/json")]
    url = "https://api.openai.com/v1/chat/completions"
    plan = recorder.plan(CapturedRequest("POST", url, headers, json.dumps(body).encode()), "lib")
    assert isinstance(plan, Record)
    plan.tap.head(200, head, {"http_version": b"HTTP/1.1"})
    return plan.tap


def cut(body: bytes, sizes: Sequence[int]) -> list[bytes]:
    """The body in chunks of these sizes, again and again."""
    chunks: list[bytes] = []
    while body:
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(body[:size])
        body = body[size:]
    return chunks


def kept(folder: Path) -> dict[str, Any]:
    """The one recording of a folder, as it is there; without what differs from call to call."""
    (path,) = folder.glob("*.json")
    told: dict[str, Any] = json.loads(path.read_bytes())
    for volatile in ("recorded_at", "latency_s", "latency_first_chunk_s"):
        told["metadata"].pop(volatile, None)
    told.get("summary", {}).pop("recorded_at", None)
    for chunk in told["chunks"]:
        assert chunk.pop("timestamp_offset") >= 0
    return told


def recorded(folder: Path, chunks: Sequence[bytes], head: list[tuple[bytes, bytes]] = SSE) -> dict[str, Any]:
    """What is stored of a response in these chunks."""
    seen = asked(recorder(FolderStore(str(folder))), head=head)
    for chunk in chunks:
        seen.see(chunk)
    seen.finished()
    seen.closed()
    return kept(folder)


def in_memory(folder: Path, chunks: Sequence[bytes], head: list[tuple[bytes, bytes]] = SSE) -> dict[str, Any]:
    """The same without a spool."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping.Keeping, "spool", lambda *_: None)
        return recorded(folder, chunks, head)


class Writings:
    """All that was written to temporary files."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.of: dict[int, bytes] = {}
        real = os.pwrite

        def noted(descriptor: int, data: Any, at: int) -> int:
            written = real(descriptor, data, at)
            before = self.of.get(os.fstat(descriptor).st_ino, b"")
            self.of[os.fstat(descriptor).st_ino] = before[:at].ljust(at, b"\0") + bytes(data)[:written]
            return written

        patch.setattr(spool.os, "pwrite", noted)  # type: ignore[attr-defined]

    @property
    def all(self) -> bytes:
        return b"".join(self.of.values())


@pytest.fixture
def writings(monkeypatch: pytest.MonkeyPatch) -> Writings:
    return Writings(monkeypatch)


def open_files() -> set[str]:
    """What this process has open."""
    gc.collect()
    found = set()
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found.add(f"{number} {os.readlink(f'/proc/self/fd/{number}')}")
    return found


SECRETS = st.sampled_from(["", KEY, CREDENTIAL, '"api_key": "x1y2z3"', "https://ann:hunter2secret@host/x"])


@st.composite
def bodies(draw: Any) -> tuple[bytes, str]:
    """A long body, and the secret in it: in one text, or letter by letter over many events."""
    secret, form = draw(SECRETS), draw(st.sampled_from(FORMS))
    before, behind = draw(st.integers(0, 60)), draw(st.integers(0, 60))
    if draw(st.booleans()):
        text = "".join(form(part, at, 0) for at, part in enumerate(["fine"] * before + [f"ok {secret}."]))
        text += "".join(form("fine", 1, 0) for _ in range(behind))
    elif draw(st.booleans()):
        parts = [*["fine"] * before, *f" {secret}", *["fine"] * behind]
        text = "".join(form(part, at, 0) for at, part in enumerate(parts))
    else:
        text = json.dumps({"content": f"{'x' * 90 * before} {secret} {'x' * 90 * behind}"})
    return text.encode(), secret


@settings(max_examples=250, deadline=None)
@given(bodies(), st.lists(st.integers(1, 500), min_size=1, max_size=4))
def test_as_in_memory(tmp_path_factory, body, sizes):
    """What is stored is what would be without a spool; and what was in its file is clean by itself."""
    text, secret = body
    chunks = cut(text, sizes)
    with pytest.MonkeyPatch.context() as patch:
        written = Writings(patch)
        told = recorded(tmp_path_factory.mktemp("spooled"), chunks)
    assert told == in_memory(tmp_path_factory.mktemp("held"), chunks)
    assert text.startswith(written.all)
    if secret:
        assert secret.encode() not in written.all
        if written.all:
            (alone,) = in_memory(tmp_path_factory.mktemp("alone"), [written.all])["chunks"]
            assert alone["data"].encode() == written.all


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


@pytest.mark.parametrize("secret", [KEY, CREDENTIAL])
@pytest.mark.parametrize("place", range(8000, 9200, 97))
def test_nothing_of_a_secret(place, secret, tmp_path, writings, monkeypatch):
    """Wherever a secret begins, in one text or letter by letter, not even its beginning was written."""
    monkeypatch.setattr(windows, "_BEHIND", 6000)
    head = json.dumps({"content": "x" * place + " "})[:-2].encode()
    letters = FILL * (place // len(FILL)), spoken(chat, secret, "Good", 0).encode()
    for name, before, rest in (
        ("text", head, f"{secret} {'y' * 5000}".encode()),
        ("letters", letters[0], letters[1] + FILL * 40),
    ):
        told = recorded(tmp_path / name, cut(before + rest, [130]))
        assert secret not in json.dumps(told)
        assert 0 < len(writings.all) <= len(before)
        writings.of.clear()


def test_far_apart(tmp_path, writings):
    """Letters of a secret that are further apart than what is held back: never enough of them are written."""
    text = b"".join(chat(letter, 0, 0).encode() + chat("", 0, 0).encode() * 20 for letter in KEY)
    told = recorded(tmp_path, cut(text, [200]))
    said = "".join(json.loads(line[6:])["choices"][0]["delta"]["content"] for line in events_of(told))
    assert said == "[REDACTED-OPENAI-KEY]"
    assert 0 < writings.all.count(b'"content": "') / 21 < len("sk-proj-") + 16


def events_of(told: dict[str, Any]) -> Iterator[str]:
    body = "".join(chunk["data"] for chunk in told["chunks"])
    return (line for line in body.split("\n\n") if line)


def test_secret_at_the_end(tmp_path, writings):
    """A secret in the very last bytes is found."""
    told = recorded(tmp_path, cut(FILL * 100 + chat(KEY, 0, 0).encode().rstrip(), [90]))
    assert KEY not in json.dumps(told) and len(writings.all) > 5000


def test_behind_the_last_event(tmp_path):
    """What comes after the last event is stored, too, and looked at."""
    store = FolderStore(str(tmp_path))
    for number, (more, told) in enumerate(((": bye\n\n", ": bye"), (f": {KEY}\n\n", "[REDACTED-OPENAI"))):
        seen = asked(recorder(store), f"{number}")
        for chunk in [*[FILL] * 60, DONE, more.encode()]:
            seen.see(chunk)
        seen.finished()
        (path,) = tmp_path.glob("*.json")
        text = path.read_text()
        assert text.partition('"chunks"')[2].count("Good day") == 60 and told in text and KEY not in text
        path.unlink()


@pytest.mark.parametrize("end", ["closed", "broke", "dropped"])
def test_ended_early(end, tmp_path):
    """A response that was left early or broke off is stored up to there; no file stays open."""
    before = open_files()
    ours = recorder(FolderStore(str(tmp_path)))
    seen = asked(ours)
    for _ in range(100):
        seen.see(FILL)
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


def test_forked(tmp_path):
    """A child that reads on in a response of its parent's changes nothing of what the parent stores."""
    seen = asked(recorder(FolderStore(str(tmp_path))))
    for _ in range(60):
        seen.see(FILL)
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
    seen = asked(recorder(MemoryStore()))
    for _ in range(100):
        seen.see(FILL)
    assert isinstance(seen.chunks, Spool) and seen.chunks._size
    assert not list(tmp_path.iterdir())


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return fail


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
    seen = asked(ours)
    for _ in range(100):
        seen.see(FILL)
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
    seen = asked(recorder(store))
    for _ in range(100):
        seen.see(FILL)
    seen.finished()
    (interaction,) = [store.load(name) for name in store.names()]
    assert type(interaction.chunks) is list and interaction.body == FILL * 100


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


def test_not_under_other_rules():
    """A body that was told clean under some rules is searched under others."""
    seen = asked(recorder(MemoryStore()))
    for _ in range(100):
        seen.see(FILL)
    chunks = seen.chunks
    assert isinstance(chunks, Spool) and chunks.ends()
    told = CapturedInteraction(CapturedRequest("GET", "https://host/", [], b""), 200, SSE, {}, chunks)  # type: ignore[arg-type]
    other = Redactor(RedactSettings(patterns=(Replacement("Good day", "Bad day"),)), {})
    assert other.response(told).body == FILL.replace(b"Good", b"Bad") * 100


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
    """To record 24 MiB takes a fraction of it."""
    (tmp_path / "app.py").write_text(PROGRAM.format(library=library))
    urls = [server_process.at(say="hi"), server_process.at(mib=24, token=5000)]
    ran = run_python("app.py", *urls, env={"AGENTREC_MODE": "record", "AGENTREC_CORPUS": "corpus"})
    assert ran.code == 0, ran.stderr
    told = json.loads(ran.stdout)
    stored = max((tmp_path / "corpus").glob("*.json"), key=lambda path: path.stat().st_size)
    body = b"".join(chunk["data"].encode() for chunk in json.loads(stored.read_bytes())["chunks"])
    assert len(body) > 24 * 2**20 and hashlib.sha256(body).hexdigest() == told["digest"]
    assert told["mib"] < 10
