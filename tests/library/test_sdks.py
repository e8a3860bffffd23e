"""Real SDKs given our clients: recorded, then replayed with the server gone and no key."""

from __future__ import annotations

from typing import Any

import anthropic
import openai
import pytest
from library.kit import Kit
from loopback import LoopbackServer

import agentrec_auto as agentrec
import agentrec_auto.httpx2

HI: Any = [{"role": "user", "content": "Say hello"}]


async def openai_said(client: openai.AsyncOpenAI) -> list[str]:
    said = [
        (await client.chat.completions.create(model="gpt-4o", messages=HI)).choices[0].message.content or ""
    ]
    stream = await client.chat.completions.create(model="gpt-4o", messages=HI, stream=True)
    said += [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
    return [*said, (await client.responses.create(model="gpt-4o", input="hello")).output_text]


async def anthropic_said(client: anthropic.AsyncAnthropic) -> list[str]:
    message = await client.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=HI)
    said = [block.text for block in message.content if block.type == "text"]
    async with client.messages.stream(model="claude-haiku-4-5", max_tokens=9, messages=HI) as stream:
        return [*said, *[text async for text in stream.text_stream]]


async def test_async(server: LoopbackServer, files: agentrec.FileStore) -> None:
    """openai and anthropic of today, asynchronous, on httpx2: chat, streams, responses, messages."""
    http = agentrec_auto.httpx2.async_client()

    async def said() -> list[list[str]]:
        one = openai.AsyncOpenAI(base_url=server.url + "/v1", api_key="k", http_client=http)
        two = anthropic.AsyncAnthropic(base_url=server.url, api_key="k", http_client=http)
        return [await openai_said(one), await anthropic_said(two)]

    async with agentrec.cassette(files, mode="record"):
        live = await said()
    server.stop()
    async with agentrec.cassette(files, mode="replay"):
        assert await said() == live
    assert len(files) == 5 and all(map(any, live))


def test_sync(server: LoopbackServer, files: agentrec.FileStore) -> None:
    """The same synchronous."""
    http = agentrec_auto.httpx2.sync_client()

    def said() -> list[str]:
        one = openai.OpenAI(base_url=server.url + "/v1", api_key="k", http_client=http)
        two = anthropic.Anthropic(base_url=server.url, api_key="k", http_client=http)
        stream = one.chat.completions.create(model="gpt-4o", messages=HI, stream=True)
        told = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]
        message = two.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=HI)
        return [*told, *(block.text for block in message.content if block.type == "text")]

    with agentrec.cassette(files, mode="record"):
        live = said()
    server.stop()
    with agentrec.cassette(files, mode="replay"):
        assert said() == live


def test_openai_on_httpx(server: LoopbackServer, files: agentrec.FileStore) -> None:
    """openai takes an httpx client, too, as programs written for agentrec 0.2 give it one."""
    try:
        client = openai.OpenAI(base_url=server.url + "/v1", api_key="k", http_client=agentrec.sync_client())
    except TypeError:
        pytest.skip(f"openai {openai.__version__} takes no httpx client")
    answers = []
    for mode in ("record", "replay"):
        with agentrec.cassette(files, mode=mode):
            answers.append(
                client.chat.completions.create(model="gpt-4o", messages=HI).choices[0].message.content
            )
    assert answers[0] == answers[1] and server.hits == 1


async def test_miss_through_an_sdk(kit: Kit, memory: agentrec.InMemoryStore) -> None:
    """A miss in a scope is an exception, and openai of today lets it through: at once, its text intact."""
    if kit.H.__name__ == "httpx":
        pytest.skip("openai of today stands on httpx2")
    http = kit.home.async_client() if kit.is_async else kit.home.sync_client()
    make: Any = openai.AsyncOpenAI if kit.is_async else openai.OpenAI
    client = make(base_url="http://127.0.0.1:9/v1", api_key="k", http_client=http)
    async with kit.on(agentrec.cassette(memory, mode="replay")):
        with pytest.raises(agentrec.MissError, match="No recorded interaction for id='127"):
            answer = client.chat.completions.create(model="gpt-4o", messages=HI)
            if kit.is_async:
                await answer
