"""Ollama: chat, generate, embeddings."""

from __future__ import annotations

import json

from loopback_dialects.base import Answer, Ask, Json, as_json
from loopback_dialects.openai_shared import answers_a_tool, openai_tools
from loopback_dialects.said import calls, count, last_text, said, tokens


def ollama(ask: Ask) -> Answer:
    """``/api/chat`` and ``/api/generate``: NDJSON unless ``stream`` is false."""
    body = ask.json
    given = body.get("messages") or [{"role": "user", "content": body.get("prompt")}]
    called = [] if answers_a_tool(given) else calls(ask, openai_tools(body))
    schema = body.get("format") if isinstance(body.get("format"), dict) else None
    text = said(ask, last_text(given), schema=schema)
    pieces = tokens(ask, text)

    def reply(content: str, done: bool, tool_calls: list[Json] | None = None) -> Json:
        message: Json = {"role": "assistant", "content": content}
        if tool_calls:
            message["tool_calls"] = tool_calls
        told: Json = {"response": content} if ask.path.endswith("/generate") else {"message": message}
        spent = {
            "done_reason": "stop",
            "total_duration": 1000,
            "prompt_eval_count": count(given),
            "eval_count": len(called) or len(pieces),
        }
        return {
            "model": body.get("model", "unknown"),
            "created_at": "2026-01-01T00:00:00Z",
            **told,
            "done": done,
            **(spent if done else {}),
        }

    tool_calls = [{"function": {"name": c.name, "arguments": json.loads(c.arguments)}} for c in called]
    if body.get("stream") is False:
        return Answer(body=as_json(reply("" if called else text, True, tool_calls)))
    replies = [reply("", False, tool_calls)] if called else [reply(piece, False) for piece in pieces]
    events = [as_json(one) + b"\n" for one in [*replies, reply("", True)]]
    return Answer(content_type="application/x-ndjson", events=events, closing=1)


def ollama_embed(ask: Ask) -> Answer:
    """``/api/embed``, and ``/api/embeddings`` of one prompt."""
    body = ask.json
    if ask.path.endswith("/embeddings"):
        return Answer(body=as_json({"embedding": [ask.number / 1024, len(str(body.get("prompt"))) / 64]}))
    texts = body.get("input") or []
    vectors = [[ask.number / 1024, len(text) / 64] for text in ([texts] if isinstance(texts, str) else texts)]
    spent = {"total_duration": 1000, "prompt_eval_count": count(texts)}
    return Answer(body=as_json({"model": body.get("model"), "embeddings": vectors, **spent}))
