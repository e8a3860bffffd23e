"""Finds out, in the interpreter that runs it, what an SDK does at the points our design stands on.

    python sdk_facts.py openai|anthropic        prints JSON

Runs with openai 1 to 3 and anthropic 0.39 to 2, over httpx or httpx2, sync and async. Nothing of ours in it:
the SDK is given a transport that notes what it is asked, and its sleeping between retries is noted, not slept.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import json
import os
import sys
import time
from typing import Any

for name in [name for name in os.environ if name.startswith(("OPENAI_", "ANTHROPIC_"))]:
    del os.environ[name]
os.environ["HOME"] = "/nonexistent"  # newer SDKs look for credentials there

SDK = sys.argv[1]
sdk = importlib.import_module(SDK)
CLIENTS = {"openai": ("OpenAI", "AsyncOpenAI"), "anthropic": ("Anthropic", "AsyncAnthropic")}[SDK]
try:
    is_httpx2 = issubclass(
        getattr(sdk, CLIENTS[0])(api_key="k")._client.__class__, importlib.import_module("httpx2").Client
    )
except ImportError:
    is_httpx2 = False
H: Any = importlib.import_module("httpx2" if is_httpx2 else "httpx")

slept: list[float] = []
setattr(time, "sleep", slept.append)
anyio: Any = importlib.import_module("anyio")


async def sleep(seconds: float) -> None:
    slept.append(seconds)


anyio.sleep = sleep

TEXT = "no recording answers this"
ERROR = {
    "type": "error",
    "message": TEXT,
    "detail": TEXT,
    "error": {"type": "agentrec_replay_miss", "code": "agentrec_replay_miss", "message": TEXT},
}
OPENAI_EVENTS = [
    b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m",'
    b'"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}\n\n',
    b"data: [DONE]\n\n",
    b": more\n\n",
]
ANTHROPIC_EVENTS = [
    b'event: message_start\ndata: {"type":"message_start","message":{"id":"1","type":"message","role":"assistant",'
    b'"model":"m","content":[],"stop_reason":null,"stop_sequence":null,'
    b'"usage":{"input_tokens":1,"output_tokens":1}}}\n\n',
    b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    b": more\n\n",
]
EVENTS = OPENAI_EVENTS if SDK == "openai" else ANTHROPIC_EVENTS


class Stream(H.SyncByteStream, H.AsyncByteStream):  # type: ignore[misc]
    """The events, and how far a caller went: number of passes, events taken in the first, whether closed."""

    def __init__(self) -> None:
        self.passes, self.taken, self.closed = 0, 0, False

    def __iter__(self) -> Any:
        self.passes += 1
        for event in EVENTS if self.passes == 1 else []:
            self.taken += 1
            yield event

    async def __aiter__(self) -> Any:
        for event in self:
            yield event

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


class Transport(H.BaseTransport, H.AsyncBaseTransport):  # type: ignore[misc]
    """Answers by a function, and counts how often it is asked."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.tries = answer, 0

    def handle_request(self, request: Any) -> Any:
        self.tries += 1
        return self.answer()

    async def handle_async_request(self, request: Any) -> Any:
        return self.handle_request(request)


def teapot() -> Any:
    headers = {"x-should-retry": "false", "x-agentrec": "miss"}
    return H.Response(418, headers=headers, json=ERROR)


def plain_exception() -> Any:
    raise LookupError(TEXT)


def connect_error() -> Any:
    raise H.ConnectError(TEXT)


def busy() -> Any:
    return H.Response(503, headers={"retry-after-ms": "1"}, json=ERROR)


def call(is_async: bool, answer: Any, *, stream: bool = False) -> dict[str, Any]:
    """One call through a transport: what was raised, how often the transport was asked, how long was slept."""
    transport = Transport(answer)

    def client(module_client: Any, client_class: Any) -> Any:
        return client_class(
            api_key="key", base_url="http://llm.test/v1", http_client=module_client(transport=transport)
        )

    def create(made: Any) -> Any:
        asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": stream}
        if SDK == "openai":
            return made.chat.completions.create(**asked)
        return made.messages.create(**asked, max_tokens=9)

    async def go_async() -> Any:
        result = await create(client(H.AsyncClient, getattr(sdk, CLIENTS[1])))
        if stream:
            async for _ in result:
                pass

    def go() -> None:
        result = create(client(H.Client, getattr(sdk, CLIENTS[0])))
        if stream:
            for _ in result:
                pass

    told: dict[str, Any] = {"raised": None, "text_kept": False}
    slept.clear()
    try:
        asyncio.run(go_async()) if is_async else go()
    except Exception as error:
        told = {"raised": type(error).__name__, "text_kept": TEXT in str(error)}
    return {**told, "tries": transport.tries, "slept": round(sum(slept), 3)}


def ending(is_async: bool) -> dict[str, Any]:
    """How an SDK ends a stream of which it has read the last event."""
    stream = Stream()
    head = {"content-type": "text/event-stream"}
    told = call(is_async, lambda: H.Response(200, headers=head, stream=stream), stream=True)
    return {"raised": told["raised"], "passes": stream.passes, "taken": stream.taken, "closed": stream.closed}


def without_key() -> dict[str, Any]:
    """Where an SDK stops when no key is set: before the client exists, or before the transport is asked."""
    transport = Transport(teapot)
    client_class = getattr(sdk, CLIENTS[0])
    try:
        client = client_class(base_url="http://llm.test/v1", http_client=H.Client(transport=transport))
    except Exception as error:
        return {"stops": "constructor", "raised": type(error).__name__, "tries": 0}
    try:
        if SDK == "openai":
            client.chat.completions.create(model="m", messages=[])
        else:
            client.messages.create(model="m", max_tokens=1, messages=[])
    except Exception as error:
        return {"stops": "call", "raised": type(error).__name__, "tries": transport.tries}
    return {"stops": None, "raised": None, "tries": transport.tries}


def main() -> None:
    facts: dict[str, Any] = {
        "versions": {name: importlib.metadata.version(name) for name in (SDK, H.__name__)},
        "without_key": without_key(),
    }
    for is_async in (False, True):
        facts["async" if is_async else "sync"] = {
            "miss": call(is_async, teapot),
            "miss_streamed": call(is_async, teapot, stream=True),
            "exception": call(is_async, plain_exception),
            "connect_error": call(is_async, connect_error),
            "busy": call(is_async, busy),
            "ending": ending(is_async),
        }
    print(json.dumps(facts, indent=1))


main()
