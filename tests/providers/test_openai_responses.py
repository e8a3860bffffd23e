"""What only OpenAI Responses has."""

import pytest
from providers.reads import answer, question
from providers.spoken.openai_responses import OPENAI_RESPONSES

from agentrec_auto.providers.conversation import (
    Other,
    Reasoning,
    Refusal,
    ResponseFormat,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)

RESPONSES = "https://api.openai.com/v1/responses"


def responded(*output, status="completed", **more):
    return answer(
        RESPONSES, {"input": "Hi"}, {"model": "m", "status": status, "output": list(output), **more}
    )


def test_items():
    """Items of a history, in their order: calls and results, thoughts, messages of every role."""
    items = [
        {"role": "developer", "content": "D"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "hm"}],
            "encrypted_content": "x",
        },
        {"type": "custom_tool_call", "call_id": "1", "name": "sql", "input": "select 1"},
        {"type": "custom_tool_call_output", "call_id": "1", "output": "1"},
        {"type": "web_search_call", "id": "ws"},
    ]
    told = question(RESPONSES, {"model": "m", "input": items})
    assert told.system == ("D",)
    assert told.turns == (
        Turn("user", (Text("Hi"),)),
        Turn("assistant", (Reasoning("hm", is_hidden=True),)),
        Turn("assistant", (ToolCall("sql", "select 1", "1"),)),
        Turn("tool", (ToolResult("1", (Text("1"),)),)),
        Turn("assistant", (Other("web_search_call", items[-1]),)),
    )


@pytest.mark.parametrize(
    ("member", "told"),
    [
        ({"previous_response_id": "resp_1"}, "resp_1"),
        ({"conversation": "conv_1"}, "conv_1"),
        ({"conversation": {"id": "conv_1"}}, "conv_1"),
    ],
)
def test_continues(member, told):
    """What the provider keeps, and this goes on from, is named."""
    assert question(RESPONSES, {"input": "Hi", **member}).continues == told


def test_format_and_effort():
    """The form of the answer, and the effort, stand in members of their own."""
    schema = {"type": "json_schema", "name": "n", "schema": {"type": "object"}}
    told = question(RESPONSES, {"input": "Hi", "text": {"format": schema}, "reasoning": {"effort": "low"}})
    assert told.response_format == ResponseFormat("schema", {"type": "object"}, "n")
    assert told.sampling.reasoning == "low"


def test_output():
    """All that a model gave: thoughts, texts, images, and calls of the provider's own tools."""
    told = responded(
        {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]},
        {"type": "image_generation_call", "result": "AAAA", "output_format": "webp"},
        {"type": "mcp_call", "name": "x"},
        {"type": "message", "content": [{"type": "output_text", "text": "x"}]},
    )
    assert (told.reasoning, told.text) == ("hm", "x")
    image, mcp = told.first.parts[1:3]
    assert (image.media_type, image.size, mcp.kind) == ("image/webp", 3, "mcp_call")


def test_failed():
    """A failed response says why, and its finish is an error."""
    told = responded(status="failed", error={"code": "server_error", "message": "Oops"})
    assert (told.choices, told.error) == ((), "server_error: Oops")


def test_torn():
    """A torn stream gives what its items and deltas hold."""
    body = OPENAI_RESPONSES.stream
    cut = body.index(b"response.completed") - len(b"event: ")
    told = answer(RESPONSES, {"input": "Hi", "stream": True}, body[:cut], kind="text/event-stream")
    assert (told.text, told.is_whole, told.finish_reason) == ("Sunny ☀.", False, None)


def test_torn_call():
    """So does one that was torn within a call's arguments."""
    body = OPENAI_RESPONSES.call_stream
    cut = body.index(b"event: response.output_item.done")
    told = answer(RESPONSES, {"input": "Hi", "stream": True}, body[:cut], kind="text/event-stream")
    assert told.tool_calls[0].name == "weather" and told.tool_calls[0].arguments["city"] == "Nice"


def test_refusal():
    """A refusal is no text."""
    told = responded({"type": "message", "content": [{"type": "refusal", "refusal": "No."}]})
    assert (told.text, told.first.parts, told.refusal) == ("", (Refusal("No."),), "No.")


def test_background():
    """A response that was only queued is not whole."""
    assert not responded(status="queued").is_whole
