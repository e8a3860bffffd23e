"""Anthropic Messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from loopback_dialects.base import Answer, Ask, Json, as_json, as_named
from loopback_dialects.said import Call, calls, count, last_text, said, tokens


def messages(ask: Ask) -> Answer:
    """``/messages``: plain, and streamed with ping, content blocks and ``input_json_delta``."""
    body = ask.json
    given = body.get("messages") or []
    last = given[-1].get("content") if given else ""
    is_result = isinstance(last, list) and any(part.get("type") == "tool_result" for part in last)
    choice = body.get("tool_choice") or {}
    offered = body.get("tools") or []
    tools = [(tool["name"], tool["input_schema"]) for tool in offered if "input_schema" in tool]
    if is_result or choice.get("type") == "none":
        tools = []
    called = calls(ask, tools, forced=choice.get("name"))
    schema = (((body.get("output_config") or {}).get("format")) or {}).get("schema")
    text = said(ask, last_text(given), schema=schema)
    reason = "tool_use" if called else "end_turn"
    spent = len(called) or len(tokens(ask, text))
    tokens_in = count(given)
    message: Json = {
        "id": f"msg_{ask.number}",
        "type": "message",
        "role": "assistant",
        "model": body.get("model", "unknown"),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }
    headers = (("request-id", f"req_{ask.number}"),)

    def tool_use(call: Call, given: Any) -> Json:
        name = f"toolu_{ask.number}_{call.index}"
        return {"type": "tool_use", "id": name, "name": call.name, "input": given}

    if not body.get("stream"):
        content = [tool_use(call, json.loads(call.arguments)) for call in called]
        usage = {"input_tokens": tokens_in, "output_tokens": spent}
        whole = {**message, "content": content or [{"type": "text", "text": text}], "stop_reason": reason}
        return Answer(body=as_json({**whole, "usage": usage}), headers=headers)

    def block(index: int, started: Json, deltas: list[Json]) -> Iterator[Json]:
        yield {"type": "content_block_start", "index": index, "content_block": started}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}

    def events() -> Iterator[Json]:
        usage = {"input_tokens": tokens_in, "output_tokens": 1}
        yield {"type": "message_start", "message": {**message, "usage": usage}}
        yield {"type": "ping"}
        for call in called:
            pieces = ["", *tokens(ask, call.arguments)]
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
            yield from block(call.index, tool_use(call, {}), deltas)
        if not called:
            deltas = [{"type": "text_delta", "text": piece} for piece in tokens(ask, text)]
            yield from block(0, {"type": "text", "text": ""}, deltas)
        stopped = {"stop_reason": reason, "stop_sequence": None}
        yield {"type": "message_delta", "delta": stopped, "usage": {"output_tokens": spent}}
        yield {"type": "message_stop"}

    named = [as_named(event) for event in events()]
    kind = "text/event-stream; charset=utf-8"
    return Answer(content_type=kind, events=named, closing=1, headers=headers)


def count_tokens(ask: Ask) -> Answer:
    """``/messages/count_tokens``."""
    return Answer(body=as_json({"input_tokens": count(ask.json.get("messages"))}))
