"""A key is the same whichever JSON library read and wrote the body: orjson, or the standard library's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrec_auto import compiled
from agentrec_auto.capture import CapturedRequest
from agentrec_auto.keying.canonical import is_exact
from agentrec_auto.keying.identity import Identity, Keyer

pytest.importorskip("orjson")

ODD = (
    b'{"seed": 18446744073709551615, "n": -9223372036854775808}',
    b'{"seed": 18446744073709551616}',
    b'{"seed": -9223372036854775809, "x": 1.5}',
    b'{"seed": 123456789012345678901234567890, "text": "e+"}',
    b'{"a": "Qe+abe+1Z1e+2", "b": [{"c": 184467440737095516160}], "d": "1e+20,"}',
    b'{"seed": [1, 99999999999999999999]}',
    b'{"a": 1e400, "b": -1e-400, "c": -0, "d": -0.0, "e": 1E2, "f": 1e16, "g": 5e-324}',
    b'{"a": NaN, "b": -Infinity}',
    b'{"a": "\\ud800", "b": "\\u0000", "a": "last"}',
    b'\xef\xbb\xbf{"a": 1}',
    b'{"a": 1,}',
    '{"a": "\xe9"}'.encode("latin-1"),
    '{"a": "\xe9"}'.encode("utf-16"),
    b"[" * 150 + b"]" * 150,
    b"[" * 5000 + b"]" * 5000,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def identified(body: bytes) -> Identity:
    request = CapturedRequest("POST", "https://h/v1/chat/completions", [], body)
    return Keyer().identify(request)


def both(body: bytes) -> tuple[Identity, Identity]:
    before = compiled.orjson
    try:
        fast = identified(body)
        compiled.orjson = None  # type: ignore[assignment]
        return fast, identified(body)
    finally:
        compiled.orjson = before


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_odd_bodies(body):
    """Where the two differ over a body, the standard library's reading counts."""
    fast, plain = both(body)
    assert (fast.key, fast.body) == (plain.key, plain.body)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.booleans())
def test_any_body(value, is_ascii):
    """Any JSON value has one key."""
    fast, plain = both(json.dumps({"model": "m", "x": value}, ensure_ascii=is_ascii).encode())
    assert (fast.key, fast.body) == (plain.key, plain.body)


def test_the_document_is_exact():
    """What is shown of an identity holds the integers that were sent."""
    assert identified(b'{"seed": 18446744073709551616}').document == {"seed": 18446744073709551616}


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        ({"image": "AQe+1/9e+22,"}, True),
        ({"n": [1, 2.5, None, True, "+"]}, True),
        ({"seed": 2.0**64}, False),
        ({"image": "e+", "seeds": [{"seed": 1e20}]}, False),
        (1e20, False),
    ],
)
def test_a_picture_is_exact(value, exact):
    """Base64 holds ``e+`` every 4,096 characters; only what may hold a huge integer is parsed once more."""
    assert is_exact(value, json.dumps(value)) is exact


def test_every_character():
    """orjson spells each character as the standard library does."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert [one for one in every if compiled.sorted_json(one) != encode(one)] == []


def test_order_of_names():
    """Names come in the order of their characters, beyond the first 65,536 too."""
    names = ["é", "z", "Z", "\U0001f600", "\uffff", "", "a", "aa", '"', "\n"]
    fast, plain = both(json.dumps({"model": "m", "x": dict.fromkeys(names, 1)}).encode())
    assert fast.body == plain.body


@settings(max_examples=500, deadline=None)
@given(st.floats())
def test_any_number(number):
    """Every number is spelled alike."""
    encode = json.JSONEncoder().encode
    assert compiled.sorted_json([number]) == encode([number])
