"""Nothing of a secret gets into the file of a long body, and none into the corpus."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redaction.test_repeats import CREDENTIAL, FORMS, KEY, chat, spoken
from spool.spooling import (
    DONE,
    FILL,
    SSE,
    Writings,
    asked,
    cut,
    filled,
    in_memory,
    recorded,
    recorder,
)

from agentrec_auto.capture import CapturedInteraction, CapturedRequest
from agentrec_auto.redaction import windows
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import RedactSettings, Replacement
from agentrec_auto.spool import Spool
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore

pytestmark = pytest.mark.skipif(not hasattr(os, "pread"), reason="no spool here")


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


def test_not_under_other_rules():
    """A body that was told clean under some rules is searched under others."""
    seen = filled(recorder(MemoryStore()))
    chunks = seen.chunks
    assert isinstance(chunks, Spool) and chunks.ends()
    told = CapturedInteraction(CapturedRequest("GET", "https://host/", [], b""), 200, SSE, {}, chunks)  # type: ignore[arg-type]
    other = Redactor(RedactSettings(patterns=(Replacement("Good day", "Bad day"),)), {})
    assert other.response(told).body == FILL.replace(b"Good", b"Bad") * 100
