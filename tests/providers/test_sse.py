"""Events out of bodies, however they are framed."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from providers.spoken.said import frame, frames

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import eventstream, sse
from agentrec_auto.providers.sse import sse_data_lines


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines(newline):
    """All three ends of a line that the standard allows."""
    body = newline.join(["event: x", 'data: {"a":1}', "", ": a comment", "", 'data: {"b":2}', "", ""])
    assert [(event.name, event.document) for event in sse.events(body.encode())] == [
        ("x", {"a": 1}),
        ("", {"b": 2}),
    ]


def test_data_lines():
    """Lines of data within one event are joined; the space behind the colon is no part of them."""
    assert sse_data_lines(b"data: a\n\ndata:b\r\n\r\nevent: x\ndata: c\ndata:  d\n\n: hi\n\ndata: e") == [
        "a",
        "b",
        "c\n d",
        "e",
    ]


def test_byte_order_mark():
    """A byte order mark in front is passed over."""
    assert sse_data_lines(b"\xef\xbb\xbfdata: a\n\n") == ["a"]


def test_broken_characters():
    """What is no UTF-8 costs that character, not the stream."""
    assert sse_data_lines(b"data: a\xffb\n\n") == ["a\ufffdb"]


def test_torn_end():
    """An event that was cut off at the end is passed over; one in the middle is a fault."""
    assert [event.document for event in sse.events(b'data: {"a":1}\n\ndata: {"b"')] == [{"a": 1}]
    with pytest.raises(DecodeError, match="malformed event"):
        list(sse.events(b'data: {"a"\n\ndata: {"b":1}\n\n'))


def test_lines():
    """JSON by the line, the last of them torn."""
    assert [event.document for event in sse.lines(b'{"a":1}\r\n\n{"b":2}\n{"c"')] == [{"a": 1}, {"b": 2}]
    with pytest.raises(DecodeError, match="malformed line"):
        list(sse.lines(b'{"a"\n{"b":2}\n'))


def test_elements():
    """An array, bit by bit, as far as it is there."""
    body = b'[{"a":1}\n,\r\n{"b":[2]},{"c'
    assert [event.document for event in sse.elements(body)] == [{"a": 1}, {"b": [2]}]


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("text/event-stream; charset=utf-8", b"", True),
        ("**REDACTED**", b'data: {"a":1}\n\n', True),
        ("", b"event: message_start\ndata: {}\n\n", True),
        ("application/json", b'{"data: ":1}', False),
    ],
)
def test_is_sse(kind, body, told):
    """By the type or, where an importer lost that, by the first line."""
    assert sse.is_sse(kind, body) is told


def test_frames():
    """Amazon's binary events: named by their headers, exceptions apart."""
    body = frames(("a", {"x": 1}), ("b", {})) + frame("throttling", {"message": "no"}, kind="exception")
    assert [(event.name, event.document) for event in eventstream.events(body)] == [
        ("a", {"x": 1}),
        ("b", {}),
        ("exception:throttling", {"message": "no"}),
    ]


@given(st.integers(0, 400))
def test_torn_frames(cut):
    """A torn body gives the frames that are whole."""
    body = frames(*((f"e{n}", {"n": n}) for n in range(4)))
    told = [event.document["n"] for event in eventstream.events(body[:cut])]
    assert told == list(range(cut * 4 // len(body) if cut < len(body) else 4))


@given(st.binary(max_size=200))
def test_any_bytes(body):
    """Whatever the bytes, reading ends, with events or with our own error."""
    for read in (sse.events, sse.lines, sse.elements, eventstream.events):
        with suppress(DecodeError):
            assert isinstance(list(read(body)), list)
