"""One question has one key, whoever is asked and however."""

import json
from dataclasses import replace

import pytest
from providers.spoken import ANTHROPIC, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES, SPOKEN
from providers.spoken.said import interaction

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.keying.semantic import semantic_key_of
from agentrec_auto.providers.conversation import Question, Reasoning, Text, Turn
from agentrec_auto.settings import KeyRule, Replacement

CHAT = OPENAI_CHAT.url


def key(body, url=CHAT, *rules, method="POST"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = CapturedRequest(method, url, [(b"content-type", b"application/json")], content)
    return Keyer(rules).identify(request).semantic_key


def keys(part):
    """The key of what each dialect that has such a thing says."""
    return {
        spoken.name: key({**spoken.ask, **told} if part == "tools" else told, spoken.url)
        for spoken in SPOKEN
        if (told := getattr(spoken, part)) is not None
    }


@pytest.mark.parametrize("part", ["ask", "results", "image"])
def test_one_question(part):
    """The same question, tool results or image: every dialect has the same key."""
    told = keys(part)
    assert len(told) > 6 and len({*told.values()}) == 1, told


def test_tools():
    """So have the same tools, where a dialect can say that one must be called."""
    told = keys("tools")
    told.pop("ollama"), told.pop("cohere_v1")
    assert len({*told.values()}) == 1, told


BODY = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
SAME = {
    "model": {"model": "n"},
    "stream": {"stream": True, "stream_options": {"include_usage": True}},
    "sampling": {"temperature": 1, "top_p": 0.5, "max_tokens": 5, "stop": ["x"], "seed": 1, "n": 2},
    "noise": {"user": "u", "metadata": {"run": 1}, "store": True, "service_tier": "auto"},
    "tool choice auto": {"tool_choice": "auto"},
    "format text": {"response_format": {"type": "text"}},
    "content in parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
}
OTHER = {
    "text": {"messages": [{"role": "user", "content": "Ho"}]},
    "role": {"messages": [{"role": "assistant", "content": "Hi"}]},
    "system": {"messages": [{"role": "system", "content": "S"}, *BODY["messages"]]},
    "tools": {"tools": [{"type": "function", "function": {"name": "f"}}]},
    "other tools": {"tools": [{"type": "function", "function": {"name": "g"}}]},
    "tool choice": {"tool_choice": "none"},
    "format": {"response_format": {"type": "json_object"}},
    "schema": {"response_format": {"type": "json_schema", "json_schema": {"schema": {"a": 1}}}},
    "image": {
        "messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a/b"}}]}
        ]
    },
}


@pytest.mark.parametrize("what", SAME)
def test_does_not_count(what):
    """Model, sampling, streaming and book-keeping are no part of the question."""
    assert key({**BODY, **SAME[what]}) == key(BODY)


@pytest.mark.parametrize("what", OTHER)
def test_counts(what):
    """What changes the question changes its key, each in its own way."""
    others = {key({**BODY, **body}) for name, body in OTHER.items() if name != what}
    assert key({**BODY, **OTHER[what]}) not in {key(BODY), *others}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://api.openai.com/v1/chat/completions", "http://localhost:8080/api/v3/chat/completions"),
        (GEMINI.url, GEMINI.stream_url),
    ],
)
def test_paths(one, other):
    """Neither host nor path nor the model within it counts."""
    body = GEMINI.ask if one == GEMINI.url else BODY
    assert key(body, one) == key(body, other)


def test_responses_items():
    """A history in items is the history in messages."""
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Look.", "tool_calls": [
            {"id": "call_a1b2c3d4", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}},
            {"id": "call_e5f6a7b8", "type": "function", "function": {"name": "f", "arguments": '{"a":2}'}},
        ]},
        {"role": "tool", "tool_call_id": "call_a1b2c3d4", "content": "1"},
        {"role": "tool", "tool_call_id": "call_e5f6a7b8", "content": "2"},
    ]  # fmt: skip
    items = [
        {"role": "user", "content": "Hi"},
        {"type": "reasoning", "summary": [], "encrypted_content": "zzz"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Look."}]},
        {"type": "function_call", "call_id": "x", "name": "f", "arguments": '{"a":1}'},
        {"type": "function_call", "call_id": "y", "name": "f", "arguments": '{"a":2}'},
        {"type": "function_call_output", "call_id": "x", "output": "1"},
        {"type": "function_call_output", "call_id": "y", "output": "2"},
    ]
    swapped = [*items[:-2], *reversed(items[-2:])]
    chat = key({"model": "m", "messages": messages})
    assert chat == key({"model": "m", "input": items}, OPENAI_RESPONSES.url)
    assert chat != key({"model": "m", "input": swapped}, OPENAI_RESPONSES.url)


def test_results_by_name():
    """Where calls have no ids (Gemini), results belong to them by name and order."""
    calls = [{"functionCall": {"name": "f", "args": {"a": number}}} for number in (1, 2)]
    results = [{"functionResponse": {"name": "f", "response": {"result": text}}} for text in "ab"]

    def asked(results):
        return key(
            {"contents": [{"role": "model", "parts": calls}, {"role": "user", "parts": results}]}, GEMINI.url
        )

    assert asked(results) != asked(results[::-1])
    named = [{"id": str(at), "function": {"name": "f", "arguments": {"a": at}}} for at in (1, 2)]
    told = [{"role": "tool", "tool_call_id": str(at), "content": text} for at, text in ((1, "a"), (2, "b"))]
    assert asked(results) == key({"messages": [{"role": "assistant", "tool_calls": named}, *told]})


def test_thoughts_alone():
    """A turn of nothing but thoughts leaves no trace."""
    asked = Question("m", (Turn("user", (Text("Hi"),)), Turn("user", (Text("Ho"),))))
    between = (asked.turns[0], Turn("assistant", (Reasoning("hm"),)), asked.turns[1])
    assert semantic_key_of(replace(asked, turns=between)) == semantic_key_of(asked)


def test_continued():
    """The same words after another conversation are another question."""
    url = OPENAI_RESPONSES.url
    told = {
        key({"input": "Hi", **more}, url)
        for more in ({}, {"previous_response_id": "a"}, {"conversation": "b"})
    }
    assert len(told) == 3


def test_tasks():
    """Continuing a text, embedding it and answering it are three questions."""
    told = {
        key({"model": "m", "prompt": "Hi"}, "https://h/v1/completions"),
        key({"model": "m", "input": "Hi"}, "https://h/v1/embeddings"),
        key({"model": "m", "input": "Hi"}, "https://h/v1/responses"),
    }
    assert len(told) == 3


def test_rules():
    """The user's rules hold for the question too."""
    rules = KeyRule(ignore=("messages[*].name",), replace=(Replacement(r"\d{4}-\d\d-\d\d", "<date>"),))
    days = [{**BODY, "messages": [{"role": "user", "content": f"On 2026-11-{day}"}]} for day in (23, 24)]
    assert key(days[0], CHAT, rules) == key(days[1], CHAT, rules)
    assert key(days[0]) != key(days[1])


@pytest.mark.parametrize("body", [b"", b"plain text", b"[1]", {"a": 1}])
def test_unread(body):
    """What no dialect reads is keyed by method, path and body, whatever the stream options."""
    url = "https://h/other"
    assert key(body, url) == key(body, "http://localhost:1/other")
    assert len({key(body, url), key(body, url + "/x"), key(body, url, method="PUT"), key(b"{}", url)}) == 4
    if isinstance(body, dict):
        assert key({**body, "stream": True, "stream_options": {}}, url) == key(body, url)


def test_is_stable():
    """A key that is stored is found again by every version: if this changes, SEMANTIC_KEY_VERSION must."""
    told = interaction(ANTHROPIC).request
    assert Keyer().identify(told).semantic_key == "2848cd60b006c6c4837071362a20eb2a"
