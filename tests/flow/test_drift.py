"""What counts as drift between a recorded and a live answer."""

import json

import pytest

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.flow.drift import drift


def answer(*chunks, status=200):
    request = CapturedRequest("POST", "https://a", [], b"")
    return CapturedInteraction(request, status, [], {}, [CapturedChunk(chunk) for chunk in chunks])


def chat(text, *, id="1", finish="stop"):
    choice = {"index": 0, "message": {"content": text}, "finish_reason": finish}
    return answer(json.dumps({"id": id, "created": int(id), "choices": [choice]}).encode())


def stream(*deltas, id="1"):
    events = [
        {"id": id, "model": "m", "choices": [{"index": 0, "delta": {"content": delta}}]} for delta in deltas
    ]
    return answer(
        *(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events), b"data: [DONE]\n\n"
    )


def test_ids_and_times():
    """Ids and times are new in every answer; they are no drift."""
    assert drift(chat("Paris", id="1"), chat("Paris", id="2")) == []


@pytest.mark.parametrize("usage", [
    lambda hit: {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": hit}},
    lambda hit: {"input_tokens": 9, "input_tokens_details": {"cached_tokens": hit}},
    lambda hit: {"input_tokens": 9 - hit, "cache_read_input_tokens": hit, "cache_creation_input_tokens": 9 - hit},
    lambda hit: {"promptTokenCount": 9, "cachedContentTokenCount": hit},
])  # fmt: skip
def test_caches(usage):
    """How much of a question the provider had in its cache is no drift; what was read and written is."""
    before, now = (answer(json.dumps({"usage": usage(hit)}).encode()) for hit in (0, 7))
    assert drift(before, now) == []
    more = answer(json.dumps({"usage": {**usage(0), "prompt_tokens": 10}}).encode())
    assert (
        "usage.prompt_tokens" in drift(before, more)[0]
        if "prompt_tokens" in usage(0)
        else drift(before, more)
    )


def test_text():
    """Another text is drift, told by its path."""
    assert drift(chat("Paris"), chat("Lyon")) == ['choices[0].message.content: "Paris" → "Lyon"']


def test_status():
    """Another status is all there is to say."""
    assert drift(chat("Paris"), answer(b"{}", status=404)) == ["status: 200 → 404"]


def test_new_field():
    """A field that appears is drift."""
    assert drift(answer(b'{"a": 1}'), answer(b'{"a": 1, "b": 2}')) == ["b: absent → 2"]


def test_stream_cut_otherwise():
    """The same text in other pieces is the same answer."""
    assert drift(stream("Pa", "ris", "ris"), stream("Paris", "ris", id="2")) == []
    assert drift(stream("Pa", "ris"), stream("Ly", "on")) == ['choices[0].delta.content: "Paris" → "Lyon"']


def test_no_json():
    """Bodies that are no JSON are compared as they are."""
    assert drift(answer(b"a"), answer(b"a")) == []
    assert drift(answer(b"a"), answer(b"b")) == ['body: "a" → "b"']
