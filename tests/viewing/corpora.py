"""Corpora to be looked at."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.store.base import Store, name_of
from agentrec_auto.store.file import FolderStore

BEGINNING = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
TOOL = {"name": "get_weather", "description": "Weather of a city", "parameters": {"type": "object"}}


def streamed(text: str) -> list[bytes]:
    """Chunks of OpenAI's, a word each."""
    deltas = [{"content": f"{word} "} for word in text.split(" ")]
    chunks = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    usage = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage}
    return [*(f"data: {json.dumps(one)}\n\n".encode() for one in (*chunks, last)), b"data: [DONE]\n\n"]


def plain(text: str, **message: Any) -> list[bytes]:
    """A plain answer of OpenAI's."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text, **message},
        "finish_reason": "stop",
    }
    usage = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}
    return [json.dumps({"id": "c", "model": "gpt-4o", "choices": [choice], "usage": usage}).encode()]


def plant(
    store: Store,
    question: str,
    chunks: list[bytes],
    *,
    status: int = 200,
    take: int = 1,
    at: int = 0,
    messages: list[Any] | None = None,
    headers: list[tuple[bytes, bytes]] | None = None,
    model: str = "gpt-4o",
    **metadata: Any,
) -> str:
    """Put a recording into a store, ``at`` so many minutes from the beginning; its name."""
    is_stream = chunks[0].startswith(b"data:")
    body: dict[str, Any] = {"model": model, "messages": messages or [{"role": "user", "content": question}]}
    if is_stream:
        body["stream"] = True
    sent = [(b"authorization", b"[REDACTED]"), (b"content-type", b"application/json")]
    url = "https://api.openai.com/v1/chat/completions"
    request = CapturedRequest("POST", url, sent, json.dumps(body).encode())
    identity = Keyer().identify(request)
    kind = b"text/event-stream" if is_stream else b"application/json"
    told = {
        "provider": "openai",
        "model": model,
        "key": identity.key,
        "dialect": identity.dialect,
        "stream": is_stream,
        "recorded_at": (BEGINNING + timedelta(minutes=at)).isoformat(),
        "ending": "complete",
        "latency_s": 0.5,
        "run": "0a",
        **metadata,
    }
    pieces = [CapturedChunk(data, number * 0.02) for number, data in enumerate(chunks)]
    interaction = CapturedInteraction(
        request, status, [(b"content-type", kind), *(headers or [])], {}, pieces, told
    )
    name = name_of(identity.key, take)
    store.rewrite(name, interaction)
    return name


def shop(folder: Path) -> Path:
    """A corpus with something of everything; eight recordings, the newest first by number."""
    store = FolderStore(folder)
    plant(store, "Where is my refund?", plain("It will take 5 days."), at=8, category="support", run="0b")
    for take, answer in (
        (1, "Why did the tape stop? It was wound up."),
        (2, "Why did the reel spin? It was wound up."),
    ):
        plant(store, "Tell me a joke.", streamed(answer), at=8 - take, take=take)
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'},
    }
    weather = [
        {"role": "system", "content": "You know the weather."},
        {"role": "user", "content": "How is Oslo?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "3 degrees"},
    ]
    plant(store, "", plain("Cold."), at=5, messages=weather, call_site="app/agent.py:plan")
    plant(store, "Count to 1000.", streamed("one two three")[:2], at=4, ending="abandoned")
    error = json.dumps({"error": {"message": "no such model", "type": "not_found"}}).encode()
    plant(store, "Hello?", [error], at=3, status=404, model="gpt-9")
    plant(store, "Bytes?", [b"\xff\xfe\x00"], at=2)
    (folder / "openai_gpt-4o_0123456789abcdef.json").write_text('{"metadata": {"recorded')
    return folder
