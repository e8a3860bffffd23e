"""The loopback server under the real SDKs: sync and async, plain, streamed, with tools."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest
from loopback import LoopbackServer

ASKED = [{"role": "user", "content": "why?"}]
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
CHAT_TOOL = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}


@pytest.fixture(params=["sync", "async"])
async def ai(request: pytest.FixtureRequest, server: LoopbackServer) -> AsyncIterator[Any]:
    """An OpenAI client."""
    kind = openai.OpenAI if request.param == "sync" else openai.AsyncOpenAI
    client = kind(base_url=server.url + "/v1", api_key="k", max_retries=0)
    yield client
    await settled(client.close())


@pytest.fixture(params=["sync", "async"])
async def claude(request: pytest.FixtureRequest, server: LoopbackServer) -> AsyncIterator[Any]:
    """An Anthropic client."""
    kind = anthropic.Anthropic if request.param == "sync" else anthropic.AsyncAnthropic
    client = kind(base_url=server.url, api_key="k", max_retries=0)
    yield client
    await settled(client.close())


async def settled(value: Any) -> Any:
    """The value, awaited where it comes from an async client."""
    return await value if inspect.isawaitable(value) else value


async def listed(stream: Any) -> list[Any]:
    """Everything in a stream, sync or async."""
    stream = await settled(stream)
    return [item async for item in stream] if hasattr(stream, "__aiter__") else list(stream)


async def test_chat(ai: Any) -> None:
    """A chat completion."""
    done = await settled(ai.chat.completions.create(model="m", messages=ASKED))
    assert done.choices[0].message.content == "answer 1 to: why?"


async def test_chat_stream(ai: Any) -> None:
    """A streamed chat completion, usage in its last chunk."""
    options = {"include_usage": True}
    got = await listed(
        ai.chat.completions.create(model="m", messages=ASKED, stream=True, stream_options=options)
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in got if chunk.choices)
    assert (text, got[-1].usage.completion_tokens) == ("answer 1 to: why?", len(got) - 3)


async def test_chat_choices(ai: Any) -> None:
    """``n`` choices, each with its own text."""
    done = await settled(ai.chat.completions.create(model="m", messages=ASKED, n=2))
    assert [choice.message.content for choice in done.choices] == ["answer 1 to: why?", "answer 1.1 to: why?"]


async def test_chat_tools(ai: Any) -> None:
    """A question with tools is answered by a call, its result by text."""
    done = await settled(ai.chat.completions.create(model="m", messages=ASKED, tools=[CHAT_TOOL]))
    (call,) = done.choices[0].message.tool_calls
    assert call.function.arguments == '{"city": "city 1", "days": 1}'
    result = {"role": "tool", "tool_call_id": call.id, "content": "rain"}
    follow = [*ASKED, done.choices[0].message.model_dump(), result]
    done = await settled(ai.chat.completions.create(model="m", messages=follow, tools=[CHAT_TOOL]))
    assert done.choices[0].message.content == "answer 2 to: rain"


async def test_chat_tool_stream(ai: Any) -> None:
    """A streamed call comes in fragments."""
    got = await listed(ai.chat.completions.create(model="m", messages=ASKED, tools=[CHAT_TOOL], stream=True))
    fragments = [call.function.arguments for chunk in got for call in chunk.choices[0].delta.tool_calls or []]
    assert len(fragments) > 3
    assert "".join(fragments) == '{"city": "city 1", "days": 1}'


async def test_responses(ai: Any) -> None:
    """A response."""
    done = await settled(ai.responses.create(model="m", input="why?"))
    assert done.output_text == "answer 1 to: why?"


async def test_responses_stream(ai: Any) -> None:
    """A streamed response, from created to completed, numbered throughout."""
    got = await listed(ai.responses.create(model="m", input=ASKED, stream=True))
    assert [event.sequence_number for event in got] == list(range(len(got)))
    assert (got[0].type, got[-1].type) == ("response.created", "response.completed")
    deltas = "".join(event.delta for event in got if event.type == "response.output_text.delta")
    assert deltas == got[-1].response.output_text == "answer 1 to: why?"


@pytest.mark.parametrize("streamed", [False, True])
async def test_responses_tools(ai: Any, streamed: bool) -> None:
    """A response that calls a function."""
    tool = {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}
    asked = ai.responses.create(model="m", input="why?", tools=[tool], stream=streamed)
    done = (await listed(asked))[-1].response if streamed else await settled(asked)
    assert done.output[0].arguments == '{"city": "city 1", "days": 1}'


async def test_embeddings(ai: Any) -> None:
    """Embeddings, which the SDK asks for in base64, tell the request's number."""
    done = await settled(ai.embeddings.create(model="m", input=["a", "b"]))
    assert [len(one.embedding) for one in done.data] == [8, 8]
    assert done.data[0].embedding[0] == pytest.approx(1 / 1024)


async def test_files(ai: Any) -> None:
    """An upload is answered with its name and size."""
    done = await settled(ai.files.create(file=("notes.txt", b"some words"), purpose="user_data"))
    assert (done.filename, done.bytes, done.purpose) == ("notes.txt", 10, "user_data")


async def test_error(ai: Any, server: LoopbackServer) -> None:
    """An error is the SDK's own, with our words."""
    failing = ai.with_options(base_url=server.at(status=429) + "/v1")
    with pytest.raises(openai.RateLimitError, match="loopback answers 429 to request 1"):
        await settled(failing.chat.completions.create(model="m", messages=ASKED))


async def test_retries(ai: Any, server: LoopbackServer) -> None:
    """An SDK's retries go on at once, and find the answer behind two failures."""
    failing = ai.with_options(base_url=server.at(status=503, times=2) + "/v1", max_retries=2)
    done = await settled(failing.chat.completions.create(model="m", messages=ASKED))
    assert done.choices[0].message.content == "answer 3 to: why?"


async def test_messages(claude: Any) -> None:
    """A message."""
    done = await settled(claude.messages.create(model="c", max_tokens=99, messages=ASKED))
    assert done.content[0].text == "answer 1 to: why?"


async def test_messages_stream(claude: Any) -> None:
    """A streamed message: start, block, delta, stop."""
    got = await listed(claude.messages.create(model="c", max_tokens=99, messages=ASKED, stream=True))
    kinds = [event.type for event in got if event.type != "content_block_delta"]
    assert kinds[:3] == ["message_start", "content_block_start", "content_block_stop"]
    assert kinds[3:] == ["message_delta", "message_stop"]
    text = "".join(event.delta.text for event in got if event.type == "content_block_delta")
    assert text == "answer 1 to: why?"


@pytest.mark.parametrize("streamed", [False, True])
async def test_messages_tools(claude: Any, streamed: bool) -> None:
    """A message that uses a tool, its input in fragments when streamed."""
    asked = {"model": "c", "max_tokens": 99, "messages": ASKED}
    asked["tools"] = [{"name": "weather", "input_schema": SCHEMA}]
    if streamed:
        got = await listed(claude.messages.create(**asked, stream=True))
        parts = [event.delta.partial_json for event in got if event.type == "content_block_delta"]
        assert "".join(parts) == '{"city": "city 1", "days": 1}'
        assert len(parts) > 3
    else:
        done = await settled(claude.messages.create(**asked))
        assert (done.stop_reason, done.content[0].input) == ("tool_use", {"city": "city 1", "days": 1})


async def test_count_tokens(claude: Any) -> None:
    """Tokens are counted."""
    done = await settled(claude.messages.count_tokens(model="c", messages=ASKED))
    assert done.input_tokens > 0
