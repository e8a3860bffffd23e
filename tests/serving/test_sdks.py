"""Real SDKs that are pointed at the server, with nothing of ours in their process."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving.app_questions import QUESTION
from serving.conftest import Served

from agentrec_auto.store.location import open_store

openai = pytest.importorskip("openai")
anthropic = pytest.importorskip("anthropic")


def chat(url: str, **more: Any) -> Any:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="any") as client:
        return client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, **more)


def said(chunks: Any) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_openai(standing: Served) -> None:
    """A plain answer of OpenAI's is given, whatever the key."""
    assert chat(standing.url).choices[0].message.content == "answer 1 to: What is a cassette?"


def test_openai_stream(serve: Callable[..., Served]) -> None:
    """A stream is given as one, and the same question asked again gets the next take."""
    url = serve().url
    with openai.OpenAI(base_url=f"{url}/v1", api_key="any") as client:
        told = [
            said(client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, stream=True))
            for _ in range(4)
        ]
    assert told == [f"answer {number} to: What is a cassette?" for number in (2, 3, 4, 4)]


async def test_openai_async(standing: Served) -> None:
    """The same from an async client."""
    async with openai.AsyncOpenAI(base_url=f"{standing.url}/v1", api_key="any") as client:
        answer = await client.chat.completions.create(model="gpt-5-mini", messages=QUESTION)
        stream = await client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, stream=True)
        chunks = [chunk async for chunk in stream]
    assert answer.choices[0].message.content == "answer 1 to: What is a cassette?"
    assert said(chunks).endswith("to: What is a cassette?")


def test_anthropic(standing: Served) -> None:
    """A plain answer of Anthropic's, and a streamed one."""
    with anthropic.Anthropic(base_url=standing.url, api_key="any") as client:
        asked: Any = {"model": "claude-haiku-4-5", "max_tokens": 100, "messages": QUESTION}
        answer = client.messages.create(**asked)
        with client.messages.stream(**asked) as stream:
            streamed = stream.get_final_text()
    assert answer.content[0].text == "answer 5 to: What is a cassette?"
    assert streamed == "answer 6 to: What is a cassette?"


async def test_anthropic_async(standing: Served) -> None:
    """The same from an async client."""
    async with anthropic.AsyncAnthropic(base_url=standing.url, api_key="any") as client:
        asked: Any = {"model": "claude-haiku-4-5", "max_tokens": 100, "messages": QUESTION}
        async with client.messages.stream(**asked) as stream:
            assert await stream.get_final_text() == "answer 6 to: What is a cassette?"


def test_a_miss(serve: Callable[..., Served]) -> None:
    """What nobody recorded fails at once in the SDK's own words, is told once, and the server ends with 3."""
    served = serve()
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="any") as client:
        with pytest.raises(openai.APIStatusError, match="reel") as caught:
            client.chat.completions.create(
                model="gpt-5-mini", messages=[{"role": "user", "content": "What is a reel?"}]
            )
    assert caught.value.status_code == 418
    ran = served.end()
    assert ran.code == 3
    assert "0 replayed, 0 recorded, 1 missed" in ran.stderr
    assert ran.stderr.count('reel?"') == 1 and "what was missed is told above" in ran.stderr


def test_an_abandoned_stream(serve: Callable[..., Served]) -> None:
    """Who reads on where the app stopped when it was recorded is told so, and it counts as a miss."""
    served = serve()
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="any") as client:
        with pytest.raises(openai.APIError, match="the app stopped reading"):
            list(client.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True))
    assert served.end().code == 3


def test_chunks(standing: Served, recorded: Path) -> None:
    """The chunks are those that were recorded, each by itself."""
    store = open_store(str(recorded / "corpus"))
    (name,) = [name for name in store.names("anthropic_") if len(store.load(name).chunks) > 1]
    held = store.load(name)
    body = held.request.content
    with httpx.stream("POST", f"{standing.url}/v1/messages", content=body) as response:
        assert list(response.iter_raw()) == [chunk.data for chunk in held.chunks]
        assert response.headers["x-agentrec-recording"] == name


def test_pace(serve: Callable[..., Served], folder: Path) -> None:
    """With --speed, chunks come when they came: an event behind a long wait is not there at once."""
    store = open_store(str(folder / "corpus"))
    (name,) = [name for name in store.names("anthropic_") if len(store.load(name).chunks) > 1]
    held = store.load(name)
    for chunk in held.chunks[1:]:
        chunk.timestamp_offset = 3600.0
    store.rewrite(name, held)
    served = serve("--speed", "1")
    with httpx.stream("POST", f"{served.url}/v1/messages", content=held.request.content) as slow:
        assert next(slow.iter_raw()) == held.chunks[0].data
        served.end(signal.SIGKILL)  # which waits for no answer


def test_sixty_four_at_once(serve: Callable[..., Served]) -> None:
    """64 clients at once are answered at once, each take once and then the last."""
    served = serve()
    together = threading.Barrier(64)

    def ask(_: int) -> str:
        together.wait()
        with openai.OpenAI(base_url=f"{served.url}/v1", api_key="any") as client:
            return said(client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, stream=True))

    with ThreadPoolExecutor(64) as pool:
        told = list(pool.map(ask, range(64)))
    assert [told.count(f"answer {take} to: What is a cassette?") for take in (2, 3, 4)] == [1, 1, 62]
    ran = served.end()
    assert ran.code == 0 and "64 replayed, 0 recorded, 0 missed" in ran.stderr


async def test_a_client_that_leaves(serve: Callable[..., Served]) -> None:
    """Clients that hang up in the midst of an answer leave the server as it was."""
    served = serve()
    async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="any") as client:

        async def leave() -> None:
            stream = await client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, stream=True)
            async for _ in stream:
                await stream.close()
                return

        await asyncio.gather(*(leave() for _ in range(8)))
    assert chat(served.url).choices[0].message.content
    ran = served.end()
    assert (ran.code, "Traceback" in ran.stderr) == (0, False)
