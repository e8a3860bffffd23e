"""Calls for faults to happen in: what an app asks, what it is answered, and what it makes of that."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from seams.twins import CHAT, MESSAGES, Twin, question

JSON = (("content-type", "application/json"),)
SSE = (("content-type", "text/event-stream"), ("x-request-id", "r-1"))
KEY = "sk-" + "proj-" + "0aB1cD2eF3" * 4


def _event(text: str) -> bytes:
    return b"data: %s\n\n" % json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode()


def _said(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    return json.dumps({"model": "m", "choices": [{"message": message, "finish_reason": "stop"}]}).encode()


def _claude(kind: str, **more: Any) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), json.dumps({"type": kind, **more}).encode())


@dataclass(frozen=True)
class Act:
    """One call and its answer."""

    path: str
    sent: dict[str, Any]
    """Arguments of `build_request`."""

    headers: tuple[tuple[str, str], ...]
    chunks: tuple[bytes, ...]
    status: int = 200
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """On a host that is none."""
        return "http://llm.test" + self.path


ACTS = {
    "stream": Act(
        CHAT,
        {"json": question(stream=True)},
        SSE,
        (*map(_event, "abc"), b"data: [DONE]\n\n"),
    ),
    "secrets": Act(
        CHAT + "?key=" + KEY,
        {"json": question(f"my key is {KEY}", user="u"), "headers": {"authorization": f"Bearer {KEY}"}},
        (*JSON, ("set-cookie", "s=1")),
        (_said(f"your key is {KEY}, https://u:{KEY}@h/"),),
    ),
    "packed": Act(
        MESSAGES,
        {"json": question(stream=True, system="s")},
        (*SSE, ("content-encoding", "gzip")),
        (
            gzip.compress(
                _claude("message_start", message={"model": "m", "usage": {"input_tokens": 1}})
                + _claude("content_block_delta", index=0, delta={"type": "text_delta", "text": KEY[:9]})
                + _claude("content_block_delta", index=0, delta={"type": "text_delta", "text": KEY[9:]})
                + _claude("message_stop")
            ),
        ),
    ),
    "form": Act(
        "/v1/audio/transcriptions",
        {"files": {"file": ("a.wav", b"\x00\xff" * 40, "audio/wav")}, "data": {"model": "whisper-1"}},
        JSON,
        (b'{"text"', b':"hello"}'),
    ),
    "refused": Act(
        "/v1beta/models/gemini-x:generateContent",
        {"json": {"contents": [{"parts": [{"text": "why?"}]}]}, "headers": {"x-goog-api-key": "k" * 39}},
        JSON,
        (b'{"error": {"code": 400, "message": "API key not valid"}}',),
        status=400,
    ),
}


async def played(twin: Twin, client: Any, act: Act) -> Any:
    """What the app sees of a call: status, headers, chunks; or the exception."""
    try:
        request = client.build_request("POST", act.url, **act.sent)
        response = await _sent(twin, client, request)
        try:
            chunks = await twin.rest(twin.raw(response))
        finally:
            await twin.close(response)
        return response.status_code, list(response.headers.raw), chunks
    except Exception as error:
        return type(error), str(error)


async def _sent(twin: Twin, client: Any, request: Any) -> Any:
    sent = client.send(request, stream=True)
    return await sent if twin.is_async else sent
