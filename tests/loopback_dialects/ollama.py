"""Ollama chat."""

from __future__ import annotations

import json

from loopback_dialects.base import Answer, Ask, Json, as_json
from loopback_dialects.openai_shared import answers_a_tool, openai_tools
from loopback_dialects.said import calls, count, last_text, said, tokens


def ollama(ask: Ask) -> Answer:
    """``/api/chat``: NDJSON unless ``stream`` is false."""
    body = ask.json
    given = body.get("messages") or []
    called = [] if answers_a_tool(given) else calls(ask, openai_tools(body))
    schema = body.get("format") if isinstance(body.get("format"), dict) else None
    text = said(ask, last_text(given), schema=schema)
    pieces = tokens(ask, text)

    def reply(content: str, done: bool, tool_calls: list[Json] | None = None) -> Json:
        message: Json = {"role": "assistant", "content": content}
        if tool_calls:
            message["tool_calls"] = tool_calls
        spent = {
            "done_reason": "stop",
            "total_duration": 1000,
            "prompt_eval_count": count(given),
            "eval_count": len(called) or len(pieces),
        }
        return {
            "model": body.get("model", "unknown"),
            "created_at": "2026-01-01T00:00:00Z",
            "message": message,
            "done": done,
            **(spent if done else {}),
        }

    tool_calls = [{"function": {"name": c.name, "arguments": json.loads(c.arguments)}} for c in called]
    if body.get("stream") is False:
        return Answer(body=as_json(reply("" if called else text, True, tool_calls)))
    replies = [reply("", False, tool_calls)] if called else [reply(piece, False) for piece in pieces]
    events = [as_json(one) + b"\n" for one in [*replies, reply("", True)]]
    return Answer(content_type="application/x-ndjson", events=events, closing=1)
