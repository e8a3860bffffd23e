"""A response of some kilobytes recorded as one of many megabytes would be, and what was written meanwhile."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from redaction.test_repeats import CREDENTIAL, chat

from agentrec_auto import spool
from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow import keeping
from agentrec_auto.flow.ledger import Ledger
from agentrec_auto.flow.plan import Record
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.flow.tap import Tap
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import RedactSettings, Settings
from agentrec_auto.store.base import Store
from agentrec_auto.store.file import FolderStore

SSE = [(b"content-type", b"text/event-stream"), (b"transfer-encoding", b"chunked")]
FILL = chat("Good day, it is fine", 0, 0).encode()
DONE = b"data: [DONE]\n\n"


def recorder(store: Store, mode: str = "record", run: str = "r1", **redact: Any) -> Recorder:
    wanted = Settings(mode=mode, corpus=store.where, redact=RedactSettings(**redact))
    return Recorder(wanted, store, Redactor(wanted.redact, {}), Ledger(), run=run)


def asked(recorder: Recorder, text: str = "Hi", head: list[tuple[bytes, bytes]] = SSE) -> Tap:
    """The tap of a call, at which the head of the response has come."""
    body = {"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": text}]}
    headers = [(b"authorization", b"Bearer " + CREDENTIAL.encode()), (b"content-type", b"application/json")]
    url = "https://api.openai.com/v1/chat/completions"
    plan = recorder.plan(CapturedRequest("POST", url, headers, json.dumps(body).encode()), "lib")
    assert isinstance(plan, Record)
    plan.tap.head(200, head, {"http_version": b"HTTP/1.1"})
    return plan.tap


def filled(recorder: Recorder, count: int = 100) -> Tap:
    """The tap of a long response: so many events were seen, and it goes on."""
    seen = asked(recorder)
    for _ in range(count):
        seen.see(FILL)
    return seen


def cut(body: bytes, sizes: Sequence[int]) -> list[bytes]:
    """The body in chunks of these sizes, again and again."""
    chunks: list[bytes] = []
    at = 0
    while at < len(body):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(body[at : at + size])
        at += size
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


def open_files() -> set[str]:
    """What this process has open."""
    gc.collect()
    found = set()
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found.add(f"{number} {os.readlink(f'/proc/self/fd/{number}')}")
    return found


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return fail
