"""What only Cohere's APIs have."""

import pytest
from providers.reads import answer, question, reading
from providers.spoken.said import lines, sse

from agentrec_auto.providers.conversation import (
    Other,
    Reasoning,
    ResponseFormat,
    Text,
    ToolCall,
    Turn,
    Usage,
)

URL = "https://api.cohere.com/v2/chat"
HI = {"role": "user", "content": "Hi"}


def test_documents():
    """Documents to answer from are part of what is asked."""
    told = question(URL, {"messages": [HI], "documents": [{"id": "1", "data": {"text": "x"}}]})
    assert told.turns[0].parts == (Other("documents", [{"id": "1", "data": {"text": "x"}}]),)


def test_plan():
    """The plan to use tools is a thought, not the answer."""
    call = {"id": "1", "function": {"name": "f", "arguments": "{}"}}
    told = answer(URL, {"messages": [HI]}, {"message": {"tool_plan": "Look.", "tool_calls": [call]}})
    assert told.first.parts == (Reasoning("Look."), ToolCall("f", {}, "1"))


def test_thinking_streamed():
    """Thoughts and text are blocks of one stream."""
    pieces = [("thinking", 0, "h"), ("thinking", 0, "m"), ("text", 1, "x")]
    told = answer(
        URL,
        {"messages": [HI]},
        sse(
            {"type": "message-start", "delta": {"message": {"role": "assistant"}}},
            {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "thinking"}}}},
            {"type": "content-start", "index": 1, "delta": {"message": {"content": {"type": "text"}}}},
            *(
                {"type": "content-delta", "index": index, "delta": {"message": {"content": {kind: piece}}}}
                for kind, index, piece in pieces
            ),
            {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
        ),
        kind="text/event-stream",
    )
    assert told.first.parts == (Reasoning("hm"), Text("x"))


def test_failed_stream():
    """A stream that ends in an error isn't whole."""
    end = {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "Oops"}}
    told = answer(
        URL,
        {"messages": [HI]},
        sse({"type": "message-start", "delta": {"message": {}}}, end),
        kind="text/event-stream",
    )
    assert (told.is_whole, told.finish_reason) == (False, "error")


def test_json_schema():
    """Its JSON mode takes a schema along."""
    form = {"type": "json_object", "json_schema": {"type": "object"}}
    told = question(URL, {"messages": [HI], "response_format": form})
    assert told.response_format == ResponseFormat("schema", {"type": "object"})


def test_billed_units():
    """Where only what is billed is counted, that is the usage."""
    usage = {"billed_units": {"input_tokens": 5, "output_tokens": 2}}
    told = answer(
        URL, {"messages": [HI]}, {"message": {"content": [{"type": "text", "text": "x"}]}, "usage": usage}
    )
    assert told.usage == Usage(input=5, output=2)


def test_v1_history():
    """Version 1: one message, and a history in roles of its own."""
    told = question(
        "https://api.cohere.com/v1/chat",
        {
            "message": "And?",
            "chat_history": [
                {"role": "SYSTEM", "message": "S"},
                {"role": "USER", "message": "Hi"},
                {"role": "CHATBOT", "message": "Ho"},
            ],
        },
    )
    assert told.turns == (
        Turn("system", (Text("S"),)),
        Turn("user", (Text("Hi"),)),
        Turn("assistant", (Text("Ho"),)),
        Turn("user", (Text("And?"),)),
    )


def test_v1_tool_calls_streamed():
    """Version 1 streams its calls in one event."""
    told = answer(
        "https://api.cohere.com/v1/chat",
        {"message": "Hi"},
        lines(
            {"event_type": "tool-calls-generation", "tool_calls": [{"name": "f", "parameters": {"a": 1}}]},
            {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": {"text": ""}},
        ),
        kind="application/stream+json",
    )
    assert told.tool_calls == (ToolCall("f", {"a": 1}),)
    assert told.finish_reason == "tool_calls"


def test_generate():
    """The API before Chat: a prompt is continued, once or several times."""
    told = reading(
        "https://api.cohere.com/v1/generate",
        {"prompt": "Hi", "num_generations": 2},
        {
            "generations": [
                {"text": "a", "finish_reason": "COMPLETE"},
                {"text": "b", "finish_reason": "MAX_TOKENS"},
            ],
            "meta": {"billed_units": {"input_tokens": 1, "output_tokens": 2}},
        },
    )
    assert (told.question.task, told.question.sampling.n) == ("completion", 2)
    assert told.answer.texts == ("a", "b")
    assert told.answer.usage == Usage(input=1, output=2)


@pytest.mark.parametrize("vectors", [[[0.5, 1.0]], {"float": [[0.5, 1.0]]}])
def test_embed(vectors):
    """Vectors, bare or by type."""
    told = reading(
        "https://api.cohere.com/v2/embed",
        {"model": "e", "texts": ["a"], "input_type": "search_query"},
        {"embeddings": vectors, "meta": {"billed_units": {"input_tokens": 1}}},
    )
    assert (told.question.task, told.question.turns) == ("embedding", (Turn("user", (Text("a"),)),))
    assert told.answer.vectors == ((0.5, 1.0),)
    assert told.answer.usage == Usage(input=1)


def test_rerank():
    """Reranking is billed by the search: it has an answer, and no tokens."""
    told = reading(
        "https://api.cohere.com/v2/rerank",
        {"model": "r", "query": "q", "documents": ["a", "b"]},
        {"results": [{"index": 1, "relevance_score": 0.9}], "meta": {"billed_units": {"search_units": 1}}},
    )
    assert [turn.text for turn in told.question.turns] == ["q", "a", "b"]
    assert told.answer.first.parts == (Other("ranking", [{"index": 1, "relevance_score": 0.9}]),)
    assert told.answer.usage is None and "no usage" in told.why
