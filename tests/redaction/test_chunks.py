"""Chunks: a secret split by the network, at any byte, leaves the chunks as many and cut where they were cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redaction.dialects import chat, cut, joined, stream
from redaction.planted import secrets

from agentrec_auto.redaction import streams
from agentrec_auto.redaction.bodies import Rules

SSE = "text/event-stream"


def redacted(chunks):
    return [chunk.decode() for chunk in streams.redacted([chunk.encode() for chunk in chunks], SSE, Rules())]


BODY = "".join(
    [chat("é "), chat("the key is " + "sk" + "-0123456789abcdefghij."), chat("😀"), "data: [DONE]\n\n"]
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 10_000])
def test_chunks(size):
    """However the network cuts the body, the same is left of it, cut where it was cut."""
    body = BODY.encode()
    whole = b"".join(streams.redacted([body], SSE, Rules()))
    assert b"the key is [REDACTED-OPENAI-KEY]." in whole
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    told = streams.redacted(chunks, SSE, Rules())
    assert b"".join(told) == whole
    assert len(told) == len(chunks)
    if size < 100:
        assert (told[0], told[-1]) == (chunks[0], chunks[-1])


def test_cut_at_every_byte():
    """Cut in two at any byte: what is before and behind the secret stays in its chunk."""
    body = BODY.encode()
    start = body.index(b"sk-")
    end = body.index(b".", start)
    placeholder = b"[REDACTED-OPENAI-KEY]"
    for at in range(len(body) + 1):
        first, second = streams.redacted([body[:at], body[at:]], SSE, Rules())
        if at <= start:
            assert (first, second) == (body[:at], body[at:start] + placeholder + body[end:])
        elif at < end:
            assert (first, second) == (body[:start] + placeholder, body[end:])
        else:
            assert (first, second) == (body[:start] + placeholder + body[end:at], body[at:])


@given(secrets, st.lists(st.integers(0, 10_000), max_size=30), st.lists(st.integers(0, 10_000), max_size=30))
def test_pieces_and_chunks(secret, pieces, chunks):
    """Cut by the model and by the network at once, the result depends on the model's cut alone."""
    text = "".join(stream(chat, cut(f"ok {secret} bye", pieces)))
    told = redacted(cut(text, chunks))
    assert "".join(told) == "".join(redacted([text]))
    assert secret not in "".join(joined(told))
    again = redacted(told)
    assert again == told
