"""Streams that are told clean without being searched: never one in which the search finds something."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentrec_auto.redaction import repeats, signs, streams
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.finder import Finder
from agentrec_auto.redaction.values import known

KEY = "sk-" + "proj-" + "a1B2" * 8
CREDENTIAL = "tenant-credential-0123456789"
RULES = Rules(Finder(known=known([(CREDENTIAL, "[REDACTED]")])))
WORDS = ("Good", " day", ",", " it", "\n", " is", ' "so"', " fine", " ", "é", "\\")


def chat(text: str, at: int, index: int) -> str:
    choice = {"index": index, "delta": {"content": text}, "finish_reason": None}
    return f"data: {json.dumps({'id': 'c-1', 'model': 'gpt-4o', 'choices': [choice]})}\n\n"


def compact(text: str, at: int, index: int) -> str:
    choice = {"index": index, "delta": {"content": text}, "finish_reason": None}
    return f"data: {json.dumps({'id': 'c-1', 'choices': [choice]}, separators=(',', ':'))}\n\n"


def message(text: str, at: int, index: int) -> str:
    told = {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}}
    return f"event: content_block_delta\ndata: {json.dumps(told, separators=(',', ':'))}\n\n"


def response(text: str, at: int, index: int) -> str:
    told = {"type": "response.output_text.delta", "sequence_number": at, "item_id": "m", "output_index": 0}
    return f"data: {json.dumps({**told, 'content_index': index, 'delta': text, 'logprobs': []})}\n\n"


def ollama(text: str, at: int, index: int) -> str:
    told = {"model": "m", "created_at": f"2026-11-23T10:00:00.{at}Z", "message": {"content": text}}
    return json.dumps({**told, "choice_index": index}, ensure_ascii=False, separators=(",", ":")) + "\n"


def array(text: str, at: int, index: int) -> str:
    return f"{',' if at else '['}{json.dumps({'content': text, 'more': [{'index': index}]})}\n"


def padded(text: str, at: int, index: int) -> str:
    told = {
        "id": "c-1",
        "choices": [{"index": index, "delta": {"content": text}}],
        "obfuscation": "aB3" * (at % 3),
    }
    return f"data: {json.dumps(told, separators=(',', ':'))}\n\n"


def twice(text: str, at: int, index: int) -> str:
    told = {"id": "x", "one": {"text": WORDS[at % len(WORDS)]}, "other": {"text": text}, "index": index}
    return f"data: {json.dumps(told)}\r\n\r\n"


def indented(text: str, at: int, index: int) -> str:
    return json.dumps({"content": text, "more": {"content": "-"}}, indent=1) + "\n"


FORMS = (chat, compact, message, response, padded, ollama, array, twice, indented)


def pieces_of(draw: Any) -> list[tuple[str, int]]:
    """(text, index) of each event: filler, and perhaps a secret cut somewhere."""
    indices = st.integers(0, draw(st.integers(0, 1)))
    fill = st.tuples(st.sampled_from(WORDS), indices)
    secret = draw(
        st.sampled_from(["", KEY, CREDENTIAL, "https://ann:hunter2secret@host/x", '"api_key": "x1"'])
    )
    cuts = sorted(draw(st.sets(st.integers(0, len(secret)), max_size=6)))
    parts = [secret[a:b] for a, b in zip([0, *cuts], [*cuts, len(secret)], strict=True)]
    index = draw(indices)
    between = draw(st.lists(fill, max_size=2)) if draw(st.booleans()) else []
    cut: list[tuple[str, int]] = []
    for part in parts:
        cut += [(part, index), *[(text, 1 - index) for text, _ in between]]
    return [*draw(st.lists(fill, min_size=6, max_size=14)), *cut, *draw(st.lists(fill, max_size=14))]


@st.composite
def bodies(draw: Any) -> str:
    form = draw(st.sampled_from(FORMS))
    return "".join(form(text, at, index) for at, (text, index) in enumerate(pieces_of(draw)))


def searched(text: str, monkeypatch: pytest.MonkeyPatch) -> Sequence[bytes]:
    with monkeypatch.context() as patch:
        patch.setattr(repeats, "is_clean", lambda text, finder: False)
        return streams.redacted([text.encode("utf-8", "surrogateescape")], "text/event-stream", RULES)


@settings(max_examples=500, deadline=None)
@given(bodies())
@example("".join(chat(letter, 0, 0) for letter in "Good day. " + KEY))
def test_sound(text):
    """Whatever is told clean is clean, also when it is searched."""
    with pytest.MonkeyPatch.context() as patch:
        clean = searched(text, patch)
    if repeats.is_clean(text, RULES.finder):
        assert clean == [text.encode()]
    assert streams.redacted([text.encode()], "text/event-stream", RULES) == clean


def spoken(form: Callable[[str, int, int], str], secret: str, fill: str, count: int = 40) -> str:
    """Filler, a secret letter by letter, and filler, which is in the middle too."""
    letters = [*[fill] * count, *f" {secret}", *[fill] * count * 3]
    return "".join(form(letter, at, 0) for at, letter in enumerate(letters))


TRAPS = {
    "each event has two texts": spoken(twice, KEY, "Good"),
    "a text over lines": spoken(indented, KEY, "Good"),
    "the filler is a letter of the secret": spoken(compact, CREDENTIAL, "0"),
    "a piece by itself, behind a letter": "".join(compact(text, 0, 0) for text in ["ask"] * 20 + [KEY, "a"]),
    "in what is there to be different": spoken(padded, "", "Good").replace("aB3aB3", "AKIA" + "Z7" * 8, 1),
}


@pytest.mark.parametrize("text", TRAPS.values(), ids=TRAPS)
def test_traps(text, monkeypatch):
    """What hides a secret from a look at all pieces of a name together is searched."""
    assert searched(text, monkeypatch) != [text.encode()]
    assert not repeats.is_clean(text, RULES.finder)


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("form", [chat, message, response, padded, ollama], ids=lambda form: form.__name__)
def test_spares(form, index):
    """Plain streams are told clean; with a secret in pieces they are not, be it of one text among others."""
    fill = [form(WORDS[at % 8], at, index) for at in range(40)]
    assert repeats.is_clean("".join(fill), RULES.finder)
    spoken = [form(letter, at, index) for at, letter in enumerate(f" {KEY}")]
    assert not repeats.is_clean("".join([*fill, *spoken]), RULES.finder)
    at_once = [form(letter, at, index) + form("0", at, 1 - index) for at, letter in enumerate(f" {KEY}")]
    # A choice_index is none of the indices that keep texts apart, here or where streams are searched.
    assert form is ollama or not repeats.is_clean("".join([*fill, *at_once]), RULES.finder)


def test_literals_stay_whole():
    """No literal of a gate is cut where a beginning ends: behind a comma or an opening brace."""
    assert not [literal for literal in signs._LITERALS if set(literal) & set(",{\n")]
