"""Long bodies that are told clean window by window: never one in which the search finds something."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redaction.test_repeats import CREDENTIAL, KEY, RULES, bodies, chat, searched, spoken
from spool.spooling import cut

from agentrec_auto.redaction import repeats, streams, windows
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.finder import Finder
from agentrec_auto.redaction.values import known


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Windows of some hundred bytes, for bodies of as many thousand."""
    monkeypatch.setattr(windows, "LONG", 64)
    monkeypatch.setattr(windows, "_WINDOW", 300)
    monkeypatch.setattr(repeats, "_OVERLAP", 120)


def one_document(text: str) -> str:
    return json.dumps({"choices": [{"message": {"content": text}}]}, ensure_ascii=False)


documents = st.builds(
    lambda before, secret, after: one_document("word " * before + secret + " word" * after),
    st.integers(0, 200),
    st.sampled_from(["", KEY, CREDENTIAL, '"password": "x1y2"', "https://ann:hunter2secret@host/x"]),
    st.integers(0, 200),
)


@settings(max_examples=400, deadline=None)
@given(bodies() | documents, st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_sound(text, sizes):
    """Whatever is told clean is clean, also when it is searched as a whole."""
    chunks = cut(text.encode(), sizes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "LONG", 1 << 30)
        clean = b"".join(searched(text, patch))
    if windows.is_clean(chunks, "text/event-stream", RULES):
        assert clean == text.encode()
    assert b"".join(streams.redacted(chunks, "text/event-stream", RULES)) == clean


@pytest.mark.parametrize("size", [1, 37, 300, 5000])
@pytest.mark.parametrize("secret", [KEY, CREDENTIAL])
def test_across_windows(size, secret):
    """A secret that begins in one window and ends in another is found, in a document and in pieces."""
    for fill in range(0, 300, 17):
        for text in (
            one_document("x" * fill + f" {secret} " + "y" * 900),
            spoken(chat, secret, "Good", fill),
        ):
            assert not windows.is_clean(cut(text.encode(), [size]), "text/event-stream", RULES)


def test_long_credential():
    """A credential longer than a window is found, wherever it begins."""
    secret = "".join(f"{number:04}aZ" for number in range(200))
    rules = Rules(Finder(known=known([(secret, "[REDACTED]")])))
    for fill in range(0, 2000, 111):
        text = one_document("x" * fill + f" {secret} " + "y" * 3000)
        assert not windows.is_clean(cut(text.encode(), [90]), "application/json", rules)
        assert not windows.is_clean(
            cut(spoken(chat, secret, "Good", 20).encode(), [900]), "application/json", rules
        )


@pytest.mark.parametrize(
    "text",
    [spoken(chat, "", "Good", 100), one_document("word " * 900), "\0binary\xff" * 900],
    ids=["stream", "document", "bytes"],
)
def test_spares(text):
    """Bodies without a secret are told clean."""
    assert windows.is_clean(cut(text.encode(), [50]), "text/event-stream", RULES)


@settings(max_examples=300, deadline=None)
@given(bodies() | documents, st.integers(1, 400), st.integers(0, 60), st.sampled_from([1, 2000, 4000]))
def test_let_go(text, size, fill, behind):
    """Of a body that comes bit by bit, what may be let go of holds no secret by itself, and, if it lags behind
    by more than a secret's pieces are apart, nothing of one that shows later."""
    lags_enough = behind > len(text)
    if text.startswith("data: "):
        text = chat(" fine", 0, 0) * fill + text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "_BEHIND", behind)
        patch.setattr(windows, "LONG", 1 << 30)
        clean = b"".join(searched(text, patch))
        watch = windows.watching("text/event-stream", RULES)
        free = 0
        for chunk in cut(text.encode(), [size]):
            if not watch.sees(chunk):
                break
            free = max(free, watch.free)
        gone = text.encode()[:free].decode("utf-8", "surrogateescape")
        assert b"".join(searched(gone, patch)) == gone.encode("utf-8", "surrogateescape")
    if lags_enough or text.startswith('{"choices": [{"message"'):
        assert clean.startswith(gone.encode("utf-8", "surrogateescape"))


def test_let_go_of_a_document_that_turns_out_a_stream(monkeypatch):
    """A line of plain text, then a secret letter by letter in events: none of these is let go of before."""
    monkeypatch.setattr(windows, "_BEHIND", 3000)
    for fill in range(4000, 4900, 50):
        text = "x" * fill + "\n" + spoken(chat, KEY, "Good", 0)
        watch = windows.watching("text/event-stream", RULES)
        assert not all(map(watch.sees, cut(text.encode(), [90])))
        assert 0 < watch.free < text.index('"content": "s"')


def test_let_go_of_a_long_line(monkeypatch):
    """Of a line of a stream that hasn't ended yet, nothing is let go of."""
    monkeypatch.setattr(windows, "_BEHIND", 1)
    before = spoken(chat, "", "Good", 30)
    text = before + chat("x" * 900 + f" {KEY} " + "y" * 900, 0, 0)
    for size in range(70, 400, 30):
        watch = windows.watching("text/event-stream", RULES)
        for chunk in cut(text.encode(), [size]):
            is_clean = watch.sees(chunk)
            assert watch.free <= len(before)
        assert not is_clean


def test_begins_before_the_second_event():
    """What the first event said of a secret is remembered, however many windows it took."""
    for fill in range(0, 900, 50):
        text = chat("x" * fill + f" {KEY[:14]}", 0, 0) + chat(KEY[14:], 1, 0) + spoken(chat, "", "Good", 9)
        assert not windows.is_clean(cut(text.encode(), [70]), "text/event-stream", RULES)


def test_across_lines():
    """A secret that its name gives away, a line before: wherever a window ends."""
    for fill in range(0, 330, 5):
        text = spoken(chat, "", "Good", 9) + "x" * fill + '\n"api_key"\n: "x1y2z3"\n' + chat("Good", 0, 0) * 9
        assert b"x1y2z3" not in b"".join(
            streams.redacted(cut(text.encode(), [17]), "text/event-stream", RULES)
        )


def test_goes_on_after_its_end():
    """More may come behind the last event, and is looked at, too; behind a line that was cut it can't be told."""
    fill = spoken(chat, "", "Good", 30).encode()
    for more, clean in ((fill, True), (spoken(chat, KEY, "Good", 3).encode(), False)):
        watch = windows.watching("text/event-stream", RULES)
        assert watch.sees(fill) and watch.ends()
        assert (watch.sees(more) and watch.ends()) is clean
    watch = windows.watching("text/event-stream", RULES)
    assert watch.sees(fill[:-30]) and watch.ends()
    assert not watch.sees(fill[-30:])


def test_memory(monkeypatch):
    """Looking a long body through takes a fraction of its size."""
    monkeypatch.undo()
    chunks = [chat("word " * 200, at, 0).encode() for at in range(16_000)]
    tracemalloc.start()
    assert streams.redacted(chunks, "text/event-stream", RULES) is chunks
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < sum(map(len, chunks)) / 2
