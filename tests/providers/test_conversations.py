"""Gemini's Interactions and Mistral's Conversations: what only these two have."""

import json

import pytest
from providers.asked import refused, write
from providers.reads import answer, question, reading
from providers.spoken.said import named, sse

from agentrec_auto.providers.conversation import (
    ResponseFormat,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)

INTERACTIONS = "https://generativelanguage.googleapis.com/v1beta/interactions"
CONVERSATIONS = "https://api.mistral.ai/v1/conversations"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (INTERACTIONS, {"model": "m", "input": "Go on", "previous_interaction_id": "v1_x"}),
        (f"{CONVERSATIONS}/conv_1", {"inputs": "Go on"}),
        (f"{CONVERSATIONS}/conv_1/restart", {"inputs": "Go on", "from_entry_id": "msg_1"}),
    ],
    ids=["interaction", "append", "restart"],
)
def test_what_goes_on_from_what_is_kept_there(url, body):
    """It is read, and is not asked of anybody who has not the rest."""
    asked = question(url, body)
    assert asked.turns == (Turn("user", (Text("Go on"),)),)
    assert "continues a conversation kept at" in refused(asked, "anthropic")


@pytest.mark.parametrize(
    ("url", "body", "why"),
    [
        (INTERACTIONS, {"agent": "deep-research", "input": "Dig"}, "an agent of the provider's (agent)"),
        (CONVERSATIONS, {"agent_id": "ag_1", "inputs": "Dig"}, "an agent kept at the provider (agent_id)"),
        (INTERACTIONS, {"model": "m", "input": "?", "tools": [{"type": "google_search"}]}, "google_search"),
        (CONVERSATIONS, {"model": "m", "inputs": "?", "tools": [{"type": "web_search"}]}, "web_search"),
    ],
)
def test_what_only_the_provider_has(url, body, why):
    """Agents and tools of the provider's own are named in the refusal."""
    assert why in refused(question(url, body), "openai_chat")


def test_labels_of_a_conversation_are_left_out():
    """Its name and where it is kept have no bearing on the answer: noted, and asked all the same."""
    body = {"model": "m", "inputs": "Hi", "name": "n", "store": True, "handoff_execution": "server"}
    written = write(question(CONVERSATIONS, body), "anthropic")
    said = "conversation.name, handoff_execution, store"
    assert written.notes == (f"left out, as the answer doesn't depend on it: {said}",)


@pytest.mark.parametrize(
    ("told", "form"),
    [
        (
            {"response_format": {"type": "text", "mime_type": "application/json", "schema": SCHEMA}},
            ResponseFormat("schema", SCHEMA),
        ),
        ({"response_format": [{"type": "text", "mime_type": "application/json"}]}, ResponseFormat("json")),
        ({"response_format": {"type": "text"}}, None),
        (
            {"response_format": SCHEMA, "response_mime_type": "application/json"},
            ResponseFormat("schema", SCHEMA),
        ),
        ({"response_mime_type": "application/json"}, ResponseFormat("json")),
    ],
)
def test_forms_of_an_interaction(told, form):
    """The schema stands in a format, or is it, as it was before."""
    assert question(INTERACTIONS, {"model": "m", "input": "?", **told}).response_format == form


@pytest.mark.parametrize(
    ("told", "choice"),
    [
        ("validated", ToolChoice("auto")),
        ({"allowed_tools": {"mode": "any", "tools": ["f"]}}, ToolChoice("named", "f")),
        ({"allowed_tools": {"mode": "auto", "tools": ["f", "g"]}}, ToolChoice("auto", allowed=("f", "g"))),
    ],
)
def test_choices_of_an_interaction(told, choice):
    """A word, or some of the tools."""
    body = {"model": "m", "input": "?", "generation_config": {"tool_choice": told}}
    assert question(INTERACTIONS, body).tool_choice == choice


def test_results_of_tools_as_contents():
    """A result may be contents or any document."""
    call = {"type": "function_call", "id": "1", "name": "f", "arguments": {}}
    result = {"type": "function_result", "call_id": "1", "name": "f"}
    told = [{**result, "result": [{"type": "text", "text": "21"}]}, {**result, "result": {"t": 21}}]
    turns = question(INTERACTIONS, {"model": "m", "input": ["?", call, *told]}).turns
    assert turns[0] == Turn("assistant", (ToolCall("f", {}, "1"),))
    assert [turn.parts for turn in turns[1:]] == [
        (ToolResult("1", (Text("21"),), "f"),),
        (ToolResult("1", (Text('{"t": 21}'),), "f"),),
    ]


def test_an_interaction_as_it_was():
    """Messages with roles, and ``outputs``, plain and streamed by contents."""
    turns = [
        {"role": "user", "content": "Hi"},
        {"role": "model", "content": [{"type": "text", "text": "Ho"}]},
    ]
    asked = {"model": "m", "input": turns}
    assert [(turn.role, turn.text) for turn in question(INTERACTIONS, asked).turns] == [
        ("user", "Hi"),
        ("assistant", "Ho"),
    ]
    plain = {"status": "completed", "outputs": [{"type": "text", "text": "Hey"}]}
    assert answer(INTERACTIONS, asked, plain).text == "Hey"
    events = [
        ("content.start", {"index": 0, "content": {"type": "text"}}),
        ("content.delta", {"index": 0, "delta": {"type": "text", "text": "He"}}),
        ("content.delta", {"index": 0, "delta": {"type": "text", "text": "y"}}),
        ("interaction.complete", {"interaction": {"status": "completed"}}),
    ]
    stream = named(*((name, {"event_type": name, **told}) for name, told in events))
    told = answer(INTERACTIONS, asked, stream, kind="text/event-stream")
    assert (told.text, told.is_whole) == ("Hey", True)


def test_failures_are_no_answers():
    """An interaction that failed says why, and so does a conversation's stream."""
    failed = {"status": "failed", "steps": [], "errors": [{"code": "c", "message": "Out of order"}]}
    assert answer(INTERACTIONS, {"model": "m", "input": "?"}, failed).error == "Out of order"
    stream = sse({"type": "conversation.response.error", "message": "Out of order", "code": 1})
    told = reading(CONVERSATIONS, {"model": "m", "inputs": "?"}, stream, kind="text/event-stream")
    assert told.answer is None and told.why.endswith("Out of order")


def test_what_is_no_question():
    """A conversation that is made, looked at, or of OpenAI's is none, and says so."""
    for url, body in ((CONVERSATIONS, {"items": []}), (f"{INTERACTIONS}/v1_x/cancel", {"input": "?"})):
        told = reading(url, body, json.dumps({"id": "x"}).encode())
        assert told.question is None and told.why.startswith("no dialect reads POST /v1")
