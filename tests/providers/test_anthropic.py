"""What only Anthropic's API has."""

import pytest
from providers.reads import answer, question, reading
from providers.spoken.anthropic import ANTHROPIC
from providers.spoken.said import sse

from agentrec_auto.providers.conversation import (
    Media,
    Other,
    Reasoning,
    ResponseFormat,
    Text,
    Tool,
    ToolChoice,
    ToolResult,
    Turn,
    Usage,
)

URL = "https://api.anthropic.com/v1/messages"
HI = {"role": "user", "content": "Hi"}


def ask(*messages, **more):
    return {"model": "m", "max_tokens": 9, "messages": list(messages) or [HI], **more}


def user(*blocks):
    (turn,) = question(URL, ask({"role": "user", "content": list(blocks)})).turns
    return turn.parts


def message(*content, **more):
    return {
        "type": "message", "model": "m", "content": list(content), "stop_reason": "end_turn", **more
    }  # fmt: skip


def test_system_blocks():
    """The instruction may be blocks, one text each."""
    blocks = [
        {"type": "text", "text": "A", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "B"},
    ]
    assert question(URL, ask(system=blocks)).system == ("A", "B")


def test_results_before_text():
    """A message of the user with tool results and a text is two turns, the results first."""
    blocks = [
        {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "1"}]},
        {"type": "tool_result", "tool_use_id": "b", "content": "no", "is_error": True},
        {"type": "text", "text": "And now?"},
    ]
    assert question(URL, ask({"role": "user", "content": blocks})).turns == (
        Turn("tool", (ToolResult("a", (Text("1"),)), ToolResult("b", (Text("no"),), is_error=True))),
        Turn("user", (Text("And now?"),)),
    )


@pytest.mark.parametrize(
    ("block", "media"),
    [
        (
            {"type": "image", "source": {"type": "url", "url": "https://a/b.png"}},
            Media("image", url="https://a/b.png"),
        ),
        ({"type": "document", "source": {"type": "file", "file_id": "file_1"}}, Media("file", url="file_1")),
    ],
)
def test_media_elsewhere(block, media):
    """What lies elsewhere is named by its place."""
    assert user(block) == (media,)


def test_text_document():
    """A document in plain text is a file of that size, with its title."""
    source = {"type": "text", "media_type": "text/plain", "data": "grün"}
    (media,) = user({"type": "document", "title": "Notes", "source": source})
    assert (media.kind, media.media_type, media.size, media.name) == ("file", "text/plain", 5, "Notes")


def test_thinking():
    """Thoughts are told, hidden ones too; they are no text."""
    told = answer(
        URL,
        ask(),
        message(
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "text", "text": "x"},
        ),
    )
    assert told.first.parts == (Reasoning("hm"), Reasoning("", is_hidden=True), Text("x"))
    assert (told.reasoning, told.text) == ("hm", "x")


def test_thinking_streamed():
    """The same in a stream."""
    told = answer(
        URL,
        ask(),
        sse(
            {"type": "message_start", "message": message()},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "thinking", "thinking": ""},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "thinking_delta", "thinking": "hm"},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "signature_delta", "signature": "s"},
            },
            {"type": "message_stop"},
        ),
        kind="text/event-stream",
    )
    assert (told.reasoning, told.text, told.is_whole) == ("hm", "", True)


def test_own_tools():
    """Tools of Anthropic's own are named by kind; what they do is told, not dropped."""
    search = {"type": "web_search_20250305", "name": "web_search", "max_uses": 3}
    use = {"type": "server_tool_use", "id": "1", "name": "web_search", "input": {"query": "x"}}
    assert question(URL, ask(tools=[search])).tools == (
        Tool("web_search", kind="web_search_20250305", settings={"max_uses": 3}),
    )
    told = answer(URL, ask(), message(use, {"type": "text", "text": "x"}))
    assert told.first.parts == (Other("server_tool_use", use), Text("x"))
    assert told.tool_calls == ()


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"type": "auto"}, ToolChoice("auto")),
        ({"type": "none"}, ToolChoice("none")),
        ({"type": "tool", "name": "f"}, ToolChoice("named", "f")),
    ],
)
def test_tool_choice(choice, told):
    """Whether a tool may or must be called."""
    assert question(URL, ask(tool_choice=choice)).tool_choice == told


@pytest.mark.parametrize("member", ["output_format", "output_config"])
def test_response_format(member):
    """The form of the answer, as it was first said and as it is now."""
    form = {"type": "json_schema", "schema": {"type": "object"}}
    told = question(URL, ask(**{member: form if member == "output_format" else {"format": form}}))
    assert told.response_format == ResponseFormat("schema", {"type": "object"})


def test_paused():
    """A turn that the provider paused is neither finished nor cut."""
    assert answer(URL, ask(), message(stop_reason="pause_turn")).finish_reason == "paused"


def test_usage_is_merged():
    """The count at the start of a stream holds the input, that at its end the output."""
    told = answer(URL, ask(), ANTHROPIC.stream, kind="text/event-stream")
    assert told.usage == Usage(9, 5, 3, 4, 0)
    assert told.raw_usage["input_tokens"] == 9


def test_passes():
    """Where the history was compacted first, that pass is counted too."""
    passes = [{"input_tokens": 100, "output_tokens": 9}, {"input_tokens": 5, "output_tokens": 2}]
    usage = {**passes[1], "iterations": passes}
    assert answer(URL, ask(), message(usage=usage)).usage == Usage(input=105, output=11)


def test_overloaded():
    """An error in the middle of a stream: what came before is there, and the error."""
    cut = ANTHROPIC.stream.index(b"event: content_block_stop")
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    told = answer(URL, ask(), ANTHROPIC.stream[:cut] + sse(error, named=True), kind="text/event-stream")
    assert (told.text, told.is_whole) == ("Sunny ☀.", False)
    assert told.error == "overloaded_error: Overloaded"


def test_vertex():
    """On Vertex the model is in the path."""
    url = "https://x-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/claude:rawPredict"
    told = reading(url, {"anthropic_version": "vertex-2023-10-16", "messages": [HI]}, message())
    assert (told.dialect, told.question.model) == ("anthropic", "claude")


def test_count_tokens():
    """Counting tokens asks nothing, and the reading says so."""
    told = reading(f"{URL}/count_tokens", ask(), {"input_tokens": 3})
    assert told.question is None and "counts tokens" in told.why


@pytest.mark.parametrize("streamed", [False, True])
def test_text_completions(streamed):
    """The API before Messages."""
    url = "https://api.anthropic.com/v1/complete"
    asked = {"model": "claude-2", "prompt": "\n\nHuman: Hi\n\nAssistant:", "max_tokens_to_sample": 9}
    if streamed:
        pieces = [{"type": "completion", "completion": "a", "stop_reason": None}, {"type": "ping"}]
        last = {"type": "completion", "completion": "b", "stop_reason": "stop_sequence", "model": "claude-2"}
        told = reading(url, asked, sse(*pieces, last, named=True), kind="text/event-stream")
    else:
        told = reading(url, asked, {"completion": "ab", "stop_reason": "stop_sequence", "model": "claude-2"})
    assert told.dialect == "anthropic_complete"
    assert (told.answer.text, told.answer.finish_reason, told.answer.is_whole) == ("ab", "stop", True)
    assert told.question.sampling.max_tokens == 9
