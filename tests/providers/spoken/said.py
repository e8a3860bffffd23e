"""One small conversation as each dialect puts it: requests, responses and streams in the providers' documented
shapes, and what a reader must make of all of them.

Everywhere the question is "Weather in Nice?" under the instruction "Be brief.", and the answer "Sunny ☀.".
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest

ANSWER = "Sunny ☀."
PIECES = ("Sun", "ny ", "☀.")
ARGUMENTS = {"city": "Nice", "unit": "°C"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(range(40))
CODED = base64.b64encode(IMAGE).decode()


@dataclass(frozen=True)
class Spoken:
    """One dialect's way to say it."""

    name: str
    url: str
    ask: dict[str, Any]
    """The request's body, with model, instruction and question."""

    answer: dict[str, Any]
    """The response's."""

    stream: bytes
    """The same answer, streamed."""

    stream_url: str = ""
    stream_type: str = "text/event-stream"
    stream_ask: dict[str, Any] = field(default_factory=lambda: {"stream": True})
    usage: tuple[int, int, int, int, int] = (9, 0, 0, 4, 0)
    """Input, cache read, cache write, output, reasoning of `answer` and `stream`."""

    model: str | None = "m"
    """The model that the response says it is from."""

    call: dict[str, Any] | None = None
    """A response that asks for the tool ``weather``."""

    call_stream: bytes | None = None
    tools: dict[str, Any] | None = None
    """What the request has more, to offer the tool."""

    results: dict[str, Any] | None = None
    """A request's body in which the tool was called, and has answered "21"."""

    image: dict[str, Any] | None = None
    """A request's body with the image in it."""

    cut: dict[str, Any] | None = None
    """A response that ended at the most tokens."""

    refusal: dict[str, Any] | None = None
    """A response in which the model refuses, or is kept from answering."""

    refused_as: str = "refusal"
    error: dict[str, Any] = field(
        default_factory=lambda: {"error": {"type": "bad", "message": "No such model"}}
    )
    """The body of a failure."""


def sse(*events: Any, done: bool = False, named: bool = False) -> bytes:
    lines = []
    for event in events:
        head = f"event: {event['type']}\n" if named else ""
        lines.append(f"{head}data: {json.dumps(event, ensure_ascii=False)}\n\n")
    return ("".join(lines) + ("data: [DONE]\n\n" if done else "")).encode()


def named(*events: tuple[str, Any]) -> bytes:
    """Events whose documents don't say their names under ``type``."""
    return "".join(
        f"event: {name}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n" for name, told in events
    ).encode()


def lines(*events: Any) -> bytes:
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events).encode()


def frames(*events: tuple[str, Any]) -> bytes:
    """Amazon's event stream."""
    return b"".join(frame(name, document) for name, document in events)


def frame(name: str, document: Any, kind: str = "event") -> bytes:
    headers = b""
    for key, value in (
        (f":{kind}-type", name),
        (":content-type", "application/json"),
        (":message-type", kind),
    ):
        headers += bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    payload = json.dumps(document, ensure_ascii=False).encode()
    head = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head += struct.pack(">I", zlib.crc32(head))
    message = head + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def chunked(*documents: Any) -> bytes:
    """InvokeModel's stream: each model event as base64 in a chunk."""
    return frames(
        *(("chunk", {"bytes": base64.b64encode(json.dumps(one).encode()).decode()}) for one in documents)
    )


def interaction(
    spoken: Spoken,
    ask: dict[str, Any] | None = None,
    answer: dict[str, Any] | bytes | None = None,
    *,
    status: int = 200,
    streamed: bool = False,
) -> CapturedInteraction:
    """A request and its response in a dialect; both those of the conversation unless given."""
    body = spoken.ask if ask is None else ask
    told = (spoken.stream if streamed else spoken.answer) if answer is None else answer
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    kind = spoken.stream_type if streamed else "application/json"
    return CapturedInteraction(
        request=CapturedRequest(
            "POST",
            spoken.stream_url or spoken.url if streamed else spoken.url,
            [(b"content-type", b"application/json")],
            json.dumps({**body, **spoken.stream_ask} if streamed else body).encode(),
        ),
        response_status=status,
        response_headers=[(b"content-type", kind.encode())],
        response_extensions={},
        chunks=[CapturedChunk(data)] if data else [],
    )
