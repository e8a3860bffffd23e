"""How OpenAI and Anthropic word an answer: whole, and as the events of a stream.

Shapes after the API references of Chat Completions and of Messages (version 2023-06-01).
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Events = Iterator[tuple[bytes, bool]]
"""The events of a stream, and of each whether it carries a token."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Both ways to word an answer, from the request and the tokens to say."""

    whole: Callable[[Json, list[str]], Json]
    events: Callable[[Json, list[str]], Events]


def question(asked: Json) -> str:
    """The text of the last message; LookupError or TypeError where there is none."""
    content = asked["messages"][-1]["content"]
    if isinstance(content, str):
        return content
    return " ".join(str(part.get("text", "")) for part in content)


def tokens(text: str) -> list[str]:
    """A text in words, each with the space before it."""
    return re.findall(r"\s*\S+", text)


def failure(message: str) -> Json:
    """An error that both SDKs read."""
    return {"type": "error", "error": {"type": "invalid_request_error", "message": message}}


def _chat_whole(asked: Json, said: list[str]) -> Json:
    message = {"role": "assistant", "content": "".join(said), "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_chat_head(asked, "chat.completion"), "choices": [choice], "usage": _chat_usage(asked, said)}


def _chat_events(asked: Json, said: list[str]) -> Events:
    head = _chat_head(asked, "chat.completion.chunk")

    def chunk(delta: Json, reason: str | None = None) -> bytes:
        return _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    yield chunk({"role": "assistant", "content": ""}), False
    for token in said:
        yield chunk({"content": token}), True
    yield chunk({}, "stop"), False
    if (asked.get("stream_options") or {}).get("include_usage"):
        yield _event({**head, "choices": [], "usage": _chat_usage(asked, said)}), False
    yield b"data: [DONE]\n\n", False


def _chat_head(asked: Json, kind: str) -> Json:
    name = f"chatcmpl-{uuid.uuid4().hex}"
    return {"id": name, "object": kind, "created": int(time.time()), "model": asked.get("model")}


def _chat_usage(asked: Json, said: list[str]) -> Json:
    heard = _heard(asked)
    return {"prompt_tokens": heard, "completion_tokens": len(said), "total_tokens": heard + len(said)}


def _messages_whole(asked: Json, said: list[str]) -> Json:
    usage = {"input_tokens": _heard(asked), "output_tokens": len(said)}
    content = [{"type": "text", "text": "".join(said)}]
    return {**_message(asked), "content": content, "stop_reason": "end_turn", "usage": usage}


def _messages_events(asked: Json, said: list[str]) -> Events:
    usage = {"input_tokens": _heard(asked), "output_tokens": 1}
    yield _named({"type": "message_start", "message": {**_message(asked), "usage": usage}}), False
    block = {"type": "text", "text": ""}
    yield _named({"type": "content_block_start", "index": 0, "content_block": block}), False
    yield _named({"type": "ping"}), False
    for token in said:
        delta = {"type": "text_delta", "text": token}
        yield _named({"type": "content_block_delta", "index": 0, "delta": delta}), True
    yield _named({"type": "content_block_stop", "index": 0}), False
    stopped = {"stop_reason": "end_turn", "stop_sequence": None}
    yield _named({"type": "message_delta", "delta": stopped, "usage": {"output_tokens": len(said)}}), False
    yield _named({"type": "message_stop"}), False


def _message(asked: Json) -> Json:
    name = f"msg_{uuid.uuid4().hex}"
    empty: Json = {"content": [], "stop_reason": None, "stop_sequence": None}
    return {"id": name, "type": "message", "role": "assistant", "model": asked.get("model"), **empty}


def _heard(asked: Json) -> int:
    return sum(len(str(message.get("content", "")).split()) for message in asked["messages"])


def _event(value: Json) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _named(value: Json) -> bytes:
    return f"event: {value['type']}\n".encode() + _event(value)


DIALECTS = {
    "/v1/chat/completions": Dialect(_chat_whole, _chat_events),
    "/v1/messages": Dialect(_messages_whole, _messages_events),
}
"""Path → how it is answered there."""
