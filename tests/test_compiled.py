"""What compiled libraries do, the standard library does as well: the same, later."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrec_auto import compiled
from agentrec_auto.compiled import Words, dumps, loads

WORDS = (b"sk-", b"csk-", b"AIza", b"a", b"aa", b"task-sk-")
values: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(params=["compiled", "alone"])
def alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the libraries, and without."""
    if request.param == "alone":
        monkeypatch.setattr(compiled, "orjson", None)
        monkeypatch.setattr(compiled, "ahocorasick_rs", None)


@given(st.binary(max_size=40) | st.lists(st.sampled_from([*WORDS, b" "]), max_size=9).map(b"".join))
def test_words(data: bytes) -> None:
    """Those that are in a text are found, one inside the other too, by both ways."""
    there = [
        (place, at)
        for place, word in enumerate(WORDS)
        for at in range(len(data))
        if data.startswith(word, at)
    ]
    fast, slow = Words(WORDS), Words(WORDS)
    slow._find = None
    for words in (fast, slow):
        assert sorted(words.all_in(data)) == there
        assert bool(words.any_in(data)) is bool(there)


def test_words_alone(alone: None) -> None:
    """Which way it goes is decided by what can be imported."""
    assert (Words(WORDS)._find is None) is (compiled.ahocorasick_rs is None)


@given(values)
def test_round_trip(value: Any) -> None:
    """What is written can be read by anybody, and is what was given."""
    assert json.loads(dumps(value)) == value
    if not _has_large(value):
        assert loads(dumps(value)) == value


def _has_large(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_large, value.values()))
    if isinstance(value, list):
        return any(map(_has_large, value))
    return isinstance(value, int) and not -(2**63) <= value < 2**64


def test_odd_json(alone: None) -> None:
    """Lone surrogates and NaN are read and written, as the standard library does."""
    assert loads('["\\ud800", NaN]')[0] == "\ud800"
    assert dumps(["\ud800", "é"]) == b'["\xed\xa0\x80","\xc3\xa9"]'
    assert dumps({"data": 'a"\n\x00\x7f', "timestamp_offset": 0.25}) == (
        b'{"data":"a\\"\\n\\u0000\x7f","timestamp_offset":0.25}'
    )


@pytest.mark.parametrize("data", [b"{", b"[1,]", b"\xff", b"[" * 100_000])
def test_no_json(alone: None, data: bytes) -> None:
    """What is none is refused by an error that callers wait for."""
    with pytest.raises((ValueError, RecursionError)):
        loads(data)
