"""A stream is whole when its last event has passed, however the network cut it."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrec_auto.capture import Ending
from agentrec_auto.providers.endings import Terminator

SSE, LINES = b"text/event-stream; charset=utf-8", b"application/x-ndjson"
STREAMS = {
    "openai chat": (SSE, b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n', b"data: [DONE]\n\n"),
    "openai responses": (
        SSE,
        b'event: response.created\ndata: {"type":"response.created"}\n\n',
        b'event: response.completed\ndata: {"type":"response.completed","response":{}}\n\n',
    ),
    "responses, data lines only": (
        SSE,
        b'data: {"type":"a"}\n\n',
        b'data: {"type":"response.incomplete"}\n\n',
    ),
    "anthropic": (
        SSE,
        b"event: ping\ndata: {}\n\n",
        b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ),
    "anthropic, its stop reason": (
        SSE,
        b'data: {"type":"message_delta","delta":{"stop_reason":null}}\n\n',
        b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n',
    ),
    "gemini": (
        SSE,
        b'data: {"candidates":[{"finishReason":null}]}\r\n\r\n',
        b'data: {"candidates":[{"finishReason":"STOP"}]}\r\n\r\n',
    ),
    "gemini interactions": (
        SSE,
        b'event: step.stop\ndata: {"event_type":"step.stop"}\n\n',
        b'data: {"event_type":"interaction.completed","interaction":{}}\n\n',
    ),
    "mistral conversations": (
        SSE,
        b'event: message.output.delta\ndata: {"type":"message.output.delta"}\n\n',
        b'event: conversation.response.done\ndata: {"type":"conversation.response.done"}\n\n',
    ),
    "cohere v2": (
        SSE,
        b'data: {"type":"content-delta"}\n\n',
        b'event: message-end\ndata: {"type":"message-end"}\n\n',
    ),
    "ollama": (LINES, b'{"done":false,"message":{}}\n', b'{"done": true}\n'),
}
BAIT = (
    b'data: {"choices":[{"delta":{"content":"data: [DONE] message_stop \\"done\\":true finishReason"}}]}\n\n'
)


def pieces(body, cuts):
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    return [body[a:b] for a, b in pairwise(edges)]


@pytest.mark.parametrize("dialect", STREAMS)
@given(cuts=st.lists(st.integers(0, 1000), max_size=12))
def test_last_event(dialect, cuts):
    """The piece that completes the last event is told, once, and none before; bait in texts is not taken."""
    kind, event, last = STREAMS[dialect]
    lead = event * 2 if kind == LINES else event + BAIT + event
    terminator = Terminator(kind)
    told = [terminator.feed(piece) for piece in pieces(lead + last, cuts)]
    seen = 0
    for piece, is_last in zip(pieces(lead + last, cuts), told, strict=True):
        seen += len(piece)
        assert is_last is None or seen >= len(lead) + len(last.rstrip())
    assert [ending for ending in told if ending] == [Ending.COMPLETE]


@pytest.mark.parametrize("dialect", STREAMS)
def test_cut_short(dialect):
    """Without its closing blank line the last event hasn't passed."""
    kind, event, last = STREAMS[dialect]
    terminator = Terminator(kind)
    assert not any(terminator.feed(bytes([byte])) for byte in event + last.rstrip())


def test_cost_does_not_grow():
    """A last event of two megabytes (a Responses answer with an image) in pieces of 1 kB is looked at once.

    Joining what had come at each piece cost 20 s of CPU, in the app's own thread.
    """
    event = (
        b'event: response.completed\ndata: {"type":"response.completed","x":"' + b"a" * 2_000_000 + b'"}\n\n'
    )
    terminator = Terminator(SSE)
    began = time.process_time()
    told = [terminator.feed(event[at : at + 1000]) for at in range(0, len(event), 1000)]
    assert time.process_time() - began < 2
    assert [ending for ending in told if ending] == [Ending.COMPLETE]


@pytest.mark.parametrize(
    "event",
    [
        b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
        b'data: {"error":{"message":"The server had an error","code":500}}\n\n',
        b'event: response.failed\ndata: {"type":"response.failed","response":{"error":{"code":"server_error"}}}\n\n',
        b'event: error\ndata: {"type":"error","code":"rate_limit_exceeded"}\n\n',
    ],
)
@pytest.mark.parametrize("cut", [1, 13, 1000])
def test_error_event(event, cut):
    """An error event under a status of 200 ends the stream as failed."""
    terminator = Terminator(SSE)
    told = [terminator.feed(event[at : at + cut]) for at in range(0, len(event), cut)]
    assert [ending for ending in told if ending] == [Ending.FAILED]


def test_no_error():
    """A response event that says that there is no error, and a text about errors, end nothing."""
    terminator = Terminator(SSE)
    assert (
        terminator.feed(b'data: {"type":"response.created","response":{"error":null},"error":null}\n\n')
        is None
    )
    assert terminator.feed(b'data: {"choices":[{"delta":{"content":"\\"error\\""}}],"error":{}}\n\n') is None
