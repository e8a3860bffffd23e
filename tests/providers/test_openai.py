"""What only Chat Completions has, and the servers shaped after it."""

import pytest
from providers.reads import answer, question, reading
from providers.spoken.said import sse

from agentrec_auto.providers.conversation import (
    Media,
    Other,
    ResponseFormat,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Usage,
)

CHAT = "https://api.openai.com/v1/chat/completions"
HI = {"role": "user", "content": "Hi"}


def chat(*messages, **more):
    return {"model": "m", "messages": list(messages) or [HI], **more}


def completed(message, finish="stop", **more):
    return {"model": "m", "choices": [{"message": message, "finish_reason": finish}], **more}


def chat_answer(*args, **more):
    return answer(CHAT, chat(), completed(*args, **more))


def test_several_choices():
    """``n`` choices are that many, in the order of their index, streamed too."""
    chunks = [
        {"choices": [{"index": index, "delta": {"content": piece}}]}
        for index, piece in [(1, "b"), (0, "a"), (1, "d"), (0, "c")]
    ]
    assert answer(CHAT, chat(n=2), sse(*chunks, done=True), kind="text/event-stream").texts == ("ac", "bd")


def test_late_system():
    """Instructions before the conversation are the system's; within it they are a turn."""
    told = question(CHAT, chat({"role": "developer", "content": "A"}, HI, {"role": "system", "content": "B"}))
    assert told.system == ("A",)
    assert [turn.role for turn in told.turns] == ["user", "system"]


def test_unknown_role():
    """A role nobody knows is told, not guessed."""
    told = reading(CHAT, chat({"role": "bot", "content": "x"}), completed({"content": "x"}))
    assert told.question is None and "'bot'" in told.why
    assert told.answer is not None and told.answer.text == "x"


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning(name):
    """DeepSeek's, vLLM's and OpenRouter's thoughts, plain and streamed."""
    plain = chat_answer({name: "hm", "content": "x"})
    chunks = [{"choices": [{"delta": {name: piece}}]} for piece in "hm"]
    streamed = answer(CHAT, chat(), sse(*chunks, done=True), kind="text/event-stream")
    assert (plain.reasoning, plain.text, streamed.reasoning) == ("hm", "x", "hm")


def test_legacy_functions():
    """Functions, before they were tools."""
    told = question(
        CHAT,
        chat(
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": '{"a":1}'}},
            {"role": "function", "name": "f", "content": "1"},
            functions=[{"name": "f", "parameters": {"type": "object"}}],
            function_call={"name": "f"},
        ),
    )
    assert told.tools == (Tool("f", None, {"type": "object"}),)
    assert told.tool_choice == ToolChoice("named", "f")
    assert told.turns[0].parts == (ToolCall("f", {"a": 1}),)
    assert told.turns[1].parts == (ToolResult(None, (Text("1"),), "f"),)


def test_custom_tool():
    """A free-form tool takes text; its definition keeps its settings."""
    tool = {"type": "custom", "custom": {"name": "sql", "format": {"type": "text"}}}
    call = {"id": "c", "type": "custom", "custom": {"name": "sql", "input": "select 1"}}
    assert chat_answer({"tool_calls": [call]}).tool_calls == (ToolCall("sql", "select 1", "c"),)
    assert question(CHAT, chat(tools=[tool])).tools == (
        Tool("sql", kind="custom", settings={"format": {"type": "text"}}),
    )


def test_torn_arguments():
    """Arguments that aren't JSON stay the text that they are."""
    call = {"function": {"name": "f", "arguments": '{"city": "Ni'}}
    assert chat_answer({"tool_calls": [call]}, "length").tool_calls == (ToolCall("f", '{"city": "Ni'),)


def test_calls_without_index():
    """Servers that send each call whole leave the index out."""
    calls = [{"id": name, "function": {"name": name, "arguments": "{}"}} for name in "ab"]
    body = sse(*({"choices": [{"delta": {"tool_calls": [call]}}]} for call in calls), done=True)
    told = answer(CHAT, chat(), body, kind="text/event-stream")
    assert [call.name for call in told.tool_calls] == ["a", "b"]


@pytest.mark.parametrize(
    ("part", "media"),
    [
        (
            {"type": "image_url", "image_url": {"url": "https://a/b.png"}},
            Media("image", url="https://a/b.png"),
        ),
        ({"type": "file", "file": {"file_id": "file-1"}}, Media("file", url="file-1")),
        ({"type": "video_url", "video_url": {"url": "https://a/b"}}, Media("video", url="https://a/b")),
    ],
)
def test_media_elsewhere(part, media):
    """What lies elsewhere is named by its place."""
    assert question(CHAT, chat({"role": "user", "content": [part]})).turns[0].parts == (media,)


@pytest.mark.parametrize(
    ("part", "facts"),
    [
        (
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            ("audio", "audio/wav", 3, None),
        ),
        (
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
            ("file", "application/pdf", 3, "a.pdf"),
        ),
    ],
)
def test_media_within(part, facts):
    """What is sent along is named by type, size and name."""
    (media,) = question(CHAT, chat({"role": "user", "content": [part]})).turns[0].parts
    assert (media.kind, media.media_type, media.size, media.name) == facts


def test_unknown_part():
    """A part of a kind that isn't known is there, under its name."""
    part = {"type": "hologram", "data": 1}
    (turn,) = question(CHAT, chat({"role": "user", "content": [part]})).turns
    assert turn.parts == (Other("hologram", part),)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, ResponseFormat("json")),
        (
            {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
            ResponseFormat("schema", {"type": "object"}, "n"),
        ),
    ],
)
def test_response_format(form, told):
    """The form that the answer must have; text is none."""
    assert question(CHAT, chat(response_format=form)).response_format == told


@pytest.mark.parametrize(
    ("counted", "usage"),
    [
        (
            {
                "prompt_tokens": 100,
                "completion_tokens": 30,
                "total_tokens": 130,
                "prompt_tokens_details": {"cached_tokens": 60},
                "completion_tokens_details": {"reasoning_tokens": 20},
            },
            Usage(40, 60, 0, 10, 20),
        ),
        (  # xAI counts reasoning beside the completion
            {
                "prompt_tokens": 100,
                "completion_tokens": 30,
                "total_tokens": 150,
                "completion_tokens_details": {"reasoning_tokens": 20},
            },
            Usage(100, 0, 0, 30, 20),
        ),
        (  # DeepSeek
            {"prompt_tokens": 100, "completion_tokens": 30, "prompt_cache_hit_tokens": 64},
            Usage(36, 64, 0, 30, 0),
        ),
        (  # Anthropic through LiteLLM
            {
                "prompt_tokens": 100,
                "completion_tokens": 30,
                "prompt_tokens_details": {"cached_tokens": 10},
                "cache_creation_input_tokens": 20,
            },
            Usage(70, 10, 20, 30, 0),
        ),
    ],
)
def test_usage_buckets(counted, usage):
    """However a server counts, its buckets add up without counting anything twice."""
    assert chat_answer({"content": "x"}, usage=counted).usage == usage


def test_no_usage_in_stream():
    """A stream whose app didn't ask for the usage has none, and the reading says why."""
    told = reading(
        CHAT,
        chat(stream=True),
        sse({"choices": [{"delta": {"content": "x"}}]}, done=True),
        kind="text/event-stream",
    )
    assert told.answer is not None and told.answer.usage is None
    assert "include_usage" in told.why


def test_error_in_stream():
    """An error in the middle of a stream: what came before is there, and the error."""
    body = sse(
        {"choices": [{"delta": {"content": "x"}}]}, {"error": {"type": "oops", "message": "Overloaded"}}
    )
    told = answer(CHAT, chat(), body, kind="text/event-stream")
    assert (told.text, told.is_whole, told.error) == ("x", False, "oops: Overloaded")


def test_malformed_event():
    """An event that is no JSON, in the middle, makes the stream unreadable."""
    body = b'data: {"choices": []}\n\ndata: {oops\n\ndata: [DONE]\n\n'
    told = reading(CHAT, chat(), body, kind="text/event-stream")
    assert told.answer is None and "malformed event" in told.why


def test_azure():
    """Azure is told by its path, which names the model; its first chunk has no choices."""
    url = "https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=1"
    body = sse(
        {"choices": [], "prompt_filter_results": []}, {"choices": [{"delta": {"content": "x"}}]}, done=True
    )
    told = reading(url, {"messages": [HI]}, body, kind="text/event-stream")
    assert told.dialect == "openai_chat"
    assert told.question.model == "gpt-4o" and told.answer.text == "x"
