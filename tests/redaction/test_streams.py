"""Streams: a secret split over chunks, over events, over interleaved channels; chunks and events stay as many."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redaction.dialects import (
    DIALECTS,
    anthropic,
    anthropic_json,
    chat,
    chat_tool,
    cut,
    documents,
    joined,
    responses,
    responses_arguments,
    said,
    sse,
    stream,
)
from redaction.planted import EXAMPLES, after, before, prose, secrets

from agentrec_auto.redaction import streams
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.finder import Finder, patterns
from agentrec_auto.redaction.paths import Paths
from agentrec_auto.redaction.values import known
from agentrec_auto.settings import Replacement

SSE = "text/event-stream"
each_dialect = pytest.mark.parametrize("event", DIALECTS, ids=lambda event: event.__name__)


def redacted(chunks, content_type=SSE, rules=None):
    told = streams.redacted([chunk.encode() for chunk in chunks], content_type, rules or Rules())
    return [chunk.decode() for chunk in told]


@each_dialect
@given(secret=secrets, before=before, after=after, cuts=st.lists(st.integers(0, 300), min_size=1))
def test_piece_by_piece(event, secret, before, after, cuts):
    """A secret that a model streams in pieces, however they are cut, is in none of them and not in their sum."""
    chunks = stream(event, cut(f"ok {before}{secret}{after} bye", cuts))
    told = redacted(chunks)
    assert len(told) == len(chunks)
    for text in joined(told):
        assert secret not in text
        assert text.startswith(f"ok {before}[REDACTED-")
        assert text.endswith(" bye")


@each_dialect
@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_letter_by_letter(event, kind):
    """Every kind of secret is found, letter by letter, and nothing of it is left but the placeholder."""
    secret = EXAMPLES[kind]
    told = redacted(stream(event, ["It is: ", *secret, "\n", "That's it."]))
    assert joined(told) == {f"It is: [REDACTED-{kind}]\nThat's it."}


@each_dialect
@given(pieces=st.lists(prose, min_size=1, max_size=8))
def test_clean(event, pieces):
    """A stream without a secret is the same object."""
    chunks = [chunk.encode() for chunk in stream(event, pieces)]
    assert streams.redacted(chunks, SSE, Rules()) is chunks


@pytest.mark.parametrize(
    "event", [chat_tool, responses_arguments, anthropic_json], ids=lambda event: event.__name__
)
@given(data=st.data(), value=prose.filter(lambda value: value not in ("", "REDACTED")))
def test_fields_in_arguments(event, data, value):
    """A secret-named field in the arguments of a tool call, which are JSON in pieces, is redacted."""
    arguments = json.dumps({"city": "Köln", "api_key": value, "n": 1}, ensure_ascii=data.draw(st.booleans()))
    cuts = data.draw(st.lists(st.integers(0, 200), max_size=20))
    (told,) = joined(redacted(stream(event, cut(arguments, cuts))))
    assert json.loads(told) == {"city": "Köln", "api_key": "[REDACTED]", "n": 1}


@pytest.mark.parametrize("event", [chat_tool, anthropic_json], ids=lambda event: event.__name__)
def test_fields_in_torn_arguments(event):
    """So it is where the stream was cut off in the middle of it."""
    assert joined(redacted(stream(event, ['{"pass', 'word": "hun', "ter", "2"]))) == {
        '{"password": "[REDACTED]'
    }


@pytest.mark.parametrize(
    "event", [chat, chat_tool, responses, anthropic, anthropic_json], ids=lambda e: e.__name__
)
@given(one=secrets, two=secrets, size=st.integers(1, 9))
def test_interleaved(event, one, two, size):
    """Two answers, tool calls or blocks that are streamed at once are kept apart."""
    pieces = [
        [text[at : at + size] for at in range(0, len(text), size)] for text in (f"1: {one}.", f"2: {two}.")
    ]
    longest = max(map(len, pieces))
    chunks = [
        event(row[at], index) for at in range(longest) for index, row in enumerate(pieces) if at < len(row)
    ]
    told = redacted(chunks)
    assert len(told) == len(chunks)
    ours = [index for at in range(longest) for index, row in enumerate(pieces) if at < len(row)]
    for index, secret in enumerate((one, two)):
        text = "".join(said(document)[-1] for document, of in zip(documents(told), ours) if of == index)
        assert secret not in text
        assert text.startswith(f"{index + 1}: [REDACTED-")


def test_two_candidates_in_one_event():
    """Answers that come side by side in one event are kept apart, with and without an index."""
    secret = "sk" + "-0123456789abcdefghij"
    for with_index in (True, False):
        chunks = [
            sse(
                {
                    "candidates": [
                        {"text": a, **({"index": i} if with_index else {})} for i, a in enumerate(pair)
                    ]
                }
            )
            for pair in zip(secret, secret[::-1] + "x")
        ]
        told = documents(redacted(chunks))
        assert "".join(event["candidates"][0]["text"] for event in told) == "[REDACTED-OPENAI-KEY]"
        assert "".join(event["candidates"][1]["text"] for event in told) == secret[::-1]


def test_goes_on_in_another_part():
    """A secret that begins in one part or item and goes on in the next is found."""
    secret = "sk" + "-0123456789abcdefghij"
    chunks = [anthropic(secret[:5], 0), anthropic(secret[5:9], 1), anthropic(secret[9:], 2)]
    assert (
        "".join("".join(said(document)) for document in documents(redacted(chunks)))
        == "[REDACTED-OPENAI-KEY]"
    )


def test_snapshots():
    """Events that tell the text so far, beside or instead of the next piece, are redacted as well."""
    secret = "sk" + "-0123456789abcdefghij"
    chunks = [
        sse({"delta": {"content": piece}, "message": {"content": f"Key: {secret[: at + 1]}"}})
        for at, piece in enumerate(secret)
    ]
    told = documents(redacted(chunks))
    assert "".join(event["delta"]["content"] for event in told) == "[REDACTED-OPENAI-KEY]"
    assert told[-1]["message"]["content"].endswith(": [REDACTED-OPENAI-KEY]")


def test_torn_event():
    """The piece in an event that was cut off belongs to the secret, too."""
    secret = "sk" + "-0123456789abcdefghij"
    *whole, torn = [chat(secret[:8]), chat(secret[8:20]), chat(secret[20:])]
    told = redacted([*whole, torn[: torn.index("hij") + 2]])
    assert told[2] == torn[: torn.index("hij")]


def test_no_stream():
    """A plain JSON answer in chunks is redacted like any body."""
    body = json.dumps({"error": {"message": "Incorrect API key: " + "sk" + "-0123456789abcdefghij"}})
    told = redacted([body[:40], body[40:45], body[45:]], "application/json")
    assert json.loads("".join(told)) == {"error": {"message": "Incorrect API key: [REDACTED-OPENAI-KEY]"}}


def test_text_between_events():
    """Comments and other lines of a stream are looked at, too."""
    told = redacted([": " + "sk" + "-0123456789abcdefghij\n\n", "event: x\nid: 1\n\n", chat("a"), chat("b")])
    assert told[0] == ": [REDACTED-OPENAI-KEY]\n\n"


def test_paths_and_patterns_and_values():
    """What the user named is redacted in streams, whole and in pieces."""
    rules = Rules(
        Finder(
            patterns=patterns([Replacement(r"CUST-\d+", "<customer>")]),
            named=known([('pa"ss\nwörd', "<TOKEN>")]),
        ),
        Paths(["choices[*].delta.email", "**.ssn"]),
    )
    chunks = [
        *(chat(piece) for piece in ["It's CUS", "T-1", "23 and ", 'pa"s', "s\nwö", "rd", " ok"]),
        sse({"choices": [{"index": 0, "delta": {"email": "a@b", "ssn": {"n": 1}}}]}),
    ]
    told = redacted(chunks, rules=rules)
    text = "".join("".join(said(document)) for document in documents(told[:-1]))
    assert text == "It's <customer> and <TOKEN> ok"
    assert documents(told[-1:])[0]["choices"][0]["delta"] == {"email": "[REDACTED]", "ssn": "[REDACTED]"}


def test_repeated_pieces():
    """A field that says the same again and again is no text in pieces."""
    chunks = [sse({"finger": "sk" + "-abc", "t": str(n)}).encode() for n in range(20)]
    assert streams.redacted(chunks, SSE, Rules()) is chunks


def token(piece, alternatives):
    return {"token": piece, "logprob": -0.1, "bytes": list(piece.encode()), **alternatives}


@pytest.mark.parametrize("pieces", [1, 3])
def test_logprobs_before_the_text(pieces):
    """A secret that stands there first, and without alternatives, is kept as numbers no more than another."""
    secret = "sk" + "-0123456789abcdefghij"
    entries = [token(secret[at : at + 24 // pieces], {}) for at in range(0, 24, 24 // pieces)] + [
        token("!", {})
    ]
    choice = {"logprobs": {"content": entries}, "message": {"content": secret + "!"}}
    (told,) = redacted([json.dumps({"choices": [choice]})], "application/json")
    kept = json.loads(told)["choices"][0]["logprobs"]["content"]
    assert [entry["bytes"] for entry in kept] == [*[None] * pieces, [33]]
    assert "0123" not in told


def test_a_token_that_is_no_logprob():
    """A field named ``token`` beside ``"logprobs": null`` is no reason to let the answer go unrecorded."""
    choice = {"message": {"content": "hi"}, "logprobs": None}
    body = json.dumps({"choices": [choice], "token": "x", "api_key": "abc-def"})
    assert redacted([body], "application/json") == [body.replace("abc-def", "[REDACTED]")]


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("alternatives", [0, 1, 3])
def test_logprobs(streamed, alternatives):
    """Log-probabilities keep no piece of a secret, neither as text nor as numbers; others stay."""
    secret = "sk" + "-0123456789abcdefghij"
    pieces = ["Key", ": ", secret[:2], secret[2:9], secret[9:], "!", " ok"]
    entries = [
        token(piece, {"top_logprobs": [token(piece if not n else f"x{n}", {}) for n in range(alternatives)]})
        for piece in pieces
    ]
    if streamed:
        events_ = [
            {"index": 0, "delta": {"content": e["token"]}, "logprobs": {"content": [e]}} for e in entries
        ]
        chunks = [sse({"choices": [choice]}) for choice in events_]
    else:
        choice = {"message": {"content": "".join(pieces)}, "logprobs": {"content": entries}}
        chunks = [json.dumps({"choices": [choice]})]
    told = redacted(chunks, SSE if streamed else "application/json")
    kept = [
        entry
        for document in map(json.loads, (chunk.removeprefix("data: ") for chunk in told))
        for entry in document["choices"][0]["logprobs"]["content"]
    ]
    placeholder = "[REDACTED-OPENAI-KEY]"
    assert [entry["token"] for entry in kept] == ["Key", ": ", placeholder, "", "", "!", " ok"]
    assert [entry["bytes"] for entry in kept] == [
        *(list(piece.encode()) for piece in pieces[:2]),
        None,
        None,
        None,
        *(list(piece.encode()) for piece in pieces[5:]),
    ]
    for entry in kept:
        assert entry["top_logprobs"][:1] in ([], [{key: entry[key] for key in ("token", "logprob", "bytes")}])
        assert [one["token"] for one in entry["top_logprobs"][1:]] == ["x1", "x2"][: max(0, alternatives - 1)]
