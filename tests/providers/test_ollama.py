"""What only Ollama's API has."""

import pytest
from providers.reads import answer, question, reading
from providers.spoken.said import lines

from agentrec_auto.providers.conversation import Other, Reasoning, ResponseFormat, Text, ToolCall, Usage

URL = "http://localhost:11434/api"
HI = {"role": "user", "content": "Hi"}


def test_streams_by_default():
    """A request that doesn't say otherwise asks for a stream."""
    assert question(f"{URL}/chat", {"model": "m", "messages": [HI]}).streamed
    assert not question(f"{URL}/chat", {"model": "m", "messages": [HI], "stream": False}).streamed


def test_generate():
    """A prompt is continued, its instruction and images beside it."""
    told = reading(
        f"{URL}/generate",
        {"model": "m", "prompt": "Hi", "system": "S", "suffix": "z", "images": ["AAAA"], "stream": False},
        {"model": "m", "response": "x", "thinking": "hm", "done": True, "done_reason": "length"},
    )
    assert (told.question.task, told.question.system) == ("completion", ("S",))
    text, suffix, image = told.question.turns[0].parts
    assert (text, suffix, image.size) == (Text("Hi"), Other("suffix", "z"), 3)
    assert told.answer.first.parts == (Reasoning("hm"), Text("x"))
    assert told.answer.finish_reason == "length"


def test_generate_streamed():
    """The same by the line."""
    told = answer(
        f"{URL}/generate",
        {"prompt": "Hi"},
        lines({"response": "a"}, {"response": "b"}, {"response": "", "done": True, "eval_count": 2}),
        kind="application/x-ndjson",
    )
    assert (told.text, told.is_whole, told.usage) == ("ab", True, Usage(output=2))


@pytest.mark.parametrize(
    ("path", "asked", "told"),
    [
        ("embed", {"input": ["a", "b"]}, {"embeddings": [[0.5], [1.0]], "prompt_eval_count": 2}),
        ("embeddings", {"prompt": "a"}, {"embedding": [0.5]}),
    ],
)
def test_embeddings(path, asked, told):
    """Vectors, by the new path and the old."""
    found = reading(f"{URL}/{path}", {"model": "m", **asked}, told)
    assert (found.dialect, found.question.task, found.question.streamed) == ("ollama", "embedding", False)
    assert found.answer.vectors[0] == (0.5,)


@pytest.mark.parametrize(
    ("form", "told"),
    [("json", ResponseFormat("json")), ({"type": "object"}, ResponseFormat("schema", {"type": "object"}))],
)
def test_format(form, told):
    """JSON of any shape, or of a schema's."""
    assert question(f"{URL}/chat", {"messages": [HI], "format": form}).response_format == told


def test_thinking_streamed():
    """Thoughts come by the line, before the answer; calls come whole."""
    call = {"function": {"name": "f", "arguments": {"a": 1}}}
    told = answer(
        f"{URL}/chat",
        {"messages": [HI]},
        lines(
            {"message": {"role": "assistant", "content": "", "thinking": "h"}},
            {"message": {"role": "assistant", "content": "", "thinking": "m"}},
            {"message": {"role": "assistant", "content": "", "tool_calls": [call]}},
            {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"},
        ),
        kind="application/x-ndjson",
    )
    assert told.first.parts == (Reasoning("hm"), ToolCall("f", {"a": 1}))
    assert told.finish_reason == "tool_calls"


def test_error_in_stream():
    """An error by the line."""
    body = lines({"message": {"content": "x"}}, {"error": "out of memory"})
    told = answer(f"{URL}/chat", {"messages": [HI]}, body, kind="application/x-ndjson")
    assert (told.text, told.error, told.is_whole) == ("x", "out of memory", False)
