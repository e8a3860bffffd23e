"""What a recording tells of its question and answer, in its file and in its metadata."""

import json
import subprocess
import sys

import pytest
from providers.spoken import OPENAI_CHAT
from providers.spoken.said import interaction

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow.ledger import Ledger
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.keying.semantic import SEMANTIC_KEY_VERSION
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import Settings
from agentrec_auto.store import document
from agentrec_auto.store.file import FolderStore

SECRET = "sk-" + "proj-" + "a1B2" * 8


@pytest.fixture
def kept(tmp_path):
    """``kept(body, stream)``: the file and the metadata of a streamed call that was recorded."""

    def record(ask=OPENAI_CHAT.ask, stream=OPENAI_CHAT.stream, kind=Recorder):
        settings = Settings(mode="record", corpus=str(tmp_path))
        store = FolderStore(str(tmp_path))
        recorder = kind(settings, store, Redactor(settings.redact, {}), Ledger(), run="r")
        head = [(b"content-type", b"application/json")]
        plan = recorder.plan(
            CapturedRequest("POST", OPENAI_CHAT.url, head, json.dumps({**ask, "stream": True}).encode()),
            "lib",
        )
        plan.tap.head(200, [(b"content-type", b"text/event-stream")], {})
        for at in range(0, len(stream), 50):
            plan.tap.see(stream[at : at + 50])
        plan.tap.finished()
        (name,) = store.names()
        return json.loads((tmp_path / f"{name}.json").read_bytes()), store.metadata(name)

    return record


def test_summary_first(kept):
    """The file begins with what was asked and answered; the metadata doesn't say it again."""
    file, metadata = kept()
    assert next(iter(file)) == "summary"
    assert [*file["summary"]] == ["provider", "model", "prompt", "response", "semantic_key", "recorded_at"]
    assert (file["summary"]["prompt"], file["summary"]["response"]) == (
        "[system] Be brief.\n\n[user] Weather in Nice?",
        "Sunny ☀.",
    )
    assert "summary" not in metadata == file["metadata"]


def test_usage(kept):
    """The metadata has the usage, in buckets."""
    assert kept()[1]["usage"] == {
        "input": 9, "cache_read": 0, "cache_write": 0, "output": 4, "reasoning": 0,
    }  # fmt: skip


def test_semantic_key(kept):
    """And the key of the question, with the version of its algorithm."""
    file, metadata = kept()
    assert metadata["semantic_key_version"] == SEMANTIC_KEY_VERSION
    assert metadata["semantic_key"] == file["summary"]["semantic_key"]


class Saying(Recorder):
    """A recorder of a program that gives questions keys of its own."""

    def _program_metadata(self, identity):
        return {"semantic_key": "0" * 32}


def test_key_of_anothers(kept):
    """A key that the program gave has no version of ours."""
    _, metadata = kept(kind=Saying)
    assert metadata["semantic_key"] == "0" * 32
    assert "semantic_key_version" not in metadata


def test_split_secret(kept):
    """A secret that two parts of a message make only together isn't put together in the summary."""
    parts = [{"type": "text", "text": SECRET[:9]}, {"type": "text", "text": SECRET[9:]}]
    file, _ = kept({"model": "m", "messages": [{"role": "user", "content": parts}]})
    assert SECRET not in json.dumps(file["summary"])
    assert "REDACTED" in file["summary"]["prompt"]


def test_unread(kept):
    """A recording that nobody reads has no summary."""
    file, _ = kept({"hello": "world"}, b"data: {}\n\n")
    assert next(iter(file)) == "metadata"


def test_given_summary():
    """Whoever writes a file may say its summary; else it is made of the bytes."""
    told = interaction(OPENAI_CHAT)
    assert json.loads(document.dumps(told))["summary"]["response"] == "Sunny ☀."
    assert json.loads(document.dumps(told, summary={"prompt": "p"}))["summary"] == {"prompt": "p"}
    assert "summary" not in json.loads(document.dumps(told, summary={}))
    assert document.loads(document.dumps(told, summary={"a": 1}), "x") == told


def test_replay_loads_no_dialect(kept, tmp_path):
    """Replay reads no question and no answer: not one dialect is loaded for it."""
    kept()
    program = f"""
import sys
from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow.ledger import Ledger
from agentrec_auto.flow.plan import Replay
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import Settings
from agentrec_auto.store.file import FolderStore
settings = Settings(mode="replay", corpus={str(tmp_path)!r})
store = FolderStore(settings.corpus)
request = store.load(next(iter(store.names()))).request
plan = Recorder(settings, store, Redactor(settings.redact, {{}}), Ledger(), run="s").plan(request, "lib")
assert isinstance(plan, Replay), plan
print(*[name for name in sys.modules if name.startswith("agentrec_auto.providers.")])
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {name.rpartition(".")[2] for name in ran.stdout.split()} <= {"hosts", "shapes", "endings"}
