"""Runs of events laid together: the same answer, out of fewer events."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrec_auto.event_runs import in_runs, laid_together, without_padding
from agentrec_auto.providers import sse
from agentrec_auto.providers.anthropic import Anthropic
from agentrec_auto.providers.dialect import Reply
from agentrec_auto.providers.openai_chat import OpenAIChat
from agentrec_auto.providers.openai_responses import OpenAIResponses

CHAT, ANTHROPIC, RESPONSES = OpenAIChat(), Anthropic(), OpenAIResponses()
_HOSTILE = st.text(st.sampled_from('ab",\\:{}[]\n\u2028é<'), max_size=6)


def _chat(*deltas, **more):
    return [
        {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": None}], **more}
        for delta in deltas
    ]


def _body(events, separators=(",", ":")):
    told = "".join(
        f"data: {json.dumps(event, separators=separators, ensure_ascii=False)}\n\n" for event in events
    )
    return (told + "data: [DONE]\n\n").encode()


def _folded(dialect, body, piece):
    return dialect.fold(sse.events(body, piece))


def _events(dialect, body):
    return list(sse.events(body, dialect.piece))


@given(st.lists(_HOSTILE, min_size=8, max_size=30), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_same_text(pieces, separators):
    """Whatever a model says, quotes, backslashes and all: it is read as one by one."""
    body = _body(
        _chat({"role": "assistant", "content": ""}, *({"content": one} for one in pieces)), separators
    )
    whole = _folded(CHAT, body, CHAT.piece)
    assert whole == _folded(CHAT, body, None)
    assert whole.document["choices"][0]["message"]["content"] == "".join(pieces)


def test_one_event_a_run():
    """Forty pieces in one envelope are one event, beside the first, the last and the end."""
    body = _body(
        [
            *_chat({"role": "assistant"}, *[{"content": "ab\\\n"}] * 40),
            *_chat({}),
            {"choices": [], "usage": {}},
        ]
    )
    assert len(_events(CHAT, body)) == 5


def _told(kind, piece):
    return f'data: {{"kind":{kind},"delta":{{"content":"{piece}"}}}}'


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40), st.integers(0, 300)), max_size=8),
    st.sampled_from(["", "data: [DONE]", 'data: {"delta":{"content":"', _told(0, "a")[:-1]]),
)
def test_runs(kinds, last):
    """As many runs as the envelope changes, of any length and at any place; the events are what they were."""
    events = [_told(kind, "x" * length) for kind, count, length in kinds for _ in range(count)] + [last]
    found = in_runs(events, CHAT.piece)
    again = [
        [one] if isinstance(one, str) else [one.before + p + one.behind for p in one.pieces] for one in found
    ]
    assert [event for run in again for event in run] == events
    changes = [(kind, count) for kind, count, _ in kinds]
    merged = [
        changes[place]
        for place in range(len(changes))
        if not place or changes[place - 1][0] != changes[place][0]
    ]
    assert len(found) == len(merged) + 1


@given(
    st.lists(_HOSTILE | st.sampled_from(['"', '"}}', "\n", "\n\n", _told(0, ""), _told(1, "a")]), max_size=12)
)
def test_nothing_is_lost(parts):
    """Whatever a stream consists of, its events come out as they went in."""
    text = "".join(parts)
    found = in_runs(text.split("\n\n"), CHAT.piece)
    again = [
        [one] if isinstance(one, str) else [one.before + p + one.behind for p in one.pieces] for one in found
    ]
    assert "\n\n".join(event for run in again for event in run) == text


def test_padding_is_passed_over():
    """OpenAI pads events with random letters and numbers them: they are a run all the same."""
    chat = [
        {**event, "obfuscation": f"x{place}"} for place, event in enumerate(_chat(*[{"content": "a"}] * 20))
    ]
    assert len(_events(CHAT, _body(chat))) == 2
    kind = {"type": "response.output_text.delta", "output_index": 0}
    deltas = [
        {**kind, "sequence_number": place, "delta": "a", "obfuscation": f"y{place}"} for place in range(20)
    ]
    assert len(_events(RESPONSES, _body(deltas))) == 2
    timed = "".join(
        f'{{"created_at":"2026-11-23T10:00:00.{place}Z","response":"a"}}\n' for place in range(20)
    )
    assert without_padding(timed)[0] == '{"response":"a"}\n' * 20


@pytest.mark.parametrize(
    "deltas",
    [
        [{"content": "", "reasoning_content": "ha"}] * 12,
        [{"content": "a", "refusal": "no"}] * 12,
        [{"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}] * 12,
        [{"content": one} for one in "ab"] + [{"content": None}, {"reasoning": "x"}] * 6,
    ],
)
def test_two_pieces_at_once(deltas):
    """Where an envelope holds more that is appended, events stay as they are."""
    body = _body(_chat(*deltas))
    assert _folded(CHAT, body, CHAT.piece) == _folded(CHAT, body, None)


def test_two_choices_in_one_event():
    """Two choices in each event: nothing of either is lost."""
    choices = [{"index": index, "delta": {"content": "x"}, "finish_reason": None} for index in (0, 1)]
    body = _body([{"choices": choices}] * 12)
    assert _folded(CHAT, body, CHAT.piece) == _folded(CHAT, body, None)


@pytest.mark.parametrize(
    "pieces",
    [
        ['a","b":"c'] * 9,
        ["a\\"] * 9,
        ["c\\", ',"e', *"fghijkl"],
        ['a",["x', "y", 'z"],"b', *"defghi"],
        ["a\n: b"] * 9,
    ],
)
def test_forged_envelopes(pieces):
    """What only looks like the inside of a string is left as it is."""
    events = [f'data: {{"delta":{{"content":"{one}"}}}}' for one in ["x", *pieces]]
    assert laid_together(events, CHAT.piece) == events


def test_anthropic():
    """Blocks of text, thought and a tool's input, one after the other."""
    deltas = [("thinking_delta", "thinking"), ("text_delta", "text"), ("input_json_delta", "partial_json")]
    events = [
        {"type": "content_block_delta", "index": index, "delta": {"type": kind, name: piece}}
        for index, (kind, name) in enumerate(deltas)
        for piece in '{"a": 1}'
    ]
    body = _body(events)
    assert len(_events(ANTHROPIC, body)) == 4
    assert _folded(ANTHROPIC, body, ANTHROPIC.piece) == _folded(ANTHROPIC, body, None)


def test_the_answer_is_read_so():
    """A dialect's own reading goes this way."""
    body = _body([*_chat(*[{"content": "ab"}] * 20), *_chat({})])
    reply = Reply(200, "text/event-stream", body, [])
    assert CHAT.answer(reply).text == "ab" * 20
    assert len(list(CHAT.events(reply))) == 3
