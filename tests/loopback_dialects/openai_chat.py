"""OpenAI Chat Completions."""

from __future__ import annotations

from collections.abc import Iterator

from loopback_dialects.base import Answer, Ask, Json, as_data
from loopback_dialects.openai_shared import (
    answers_a_tool,
    openai_body,
    openai_call,
    openai_stream,
    openai_tools,
)
from loopback_dialects.said import calls, count, last_text, said, tokens


def chat(ask: Ask) -> Answer:
    """``/chat/completions``: plain and streamed, ``n`` choices, tools, JSON schema, ``include_usage``."""
    body = ask.json
    messages = body.get("messages") or []
    asked = last_text(messages)
    called = [] if answers_a_tool(messages) else calls(ask, openai_tools(body))
    schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    texts = [said(ask, asked, choice=i, schema=schema) for i in range(body.get("n") or 1)]
    reason = "tool_calls" if called else "stop"
    spent = len(called) or sum(len(tokens(ask, text)) for text in texts)
    usage = {"prompt_tokens": count(messages), "completion_tokens": spent}
    usage["total_tokens"] = sum(usage.values())
    shared: Json = {
        "id": f"chatcmpl-{ask.number}",
        "created": 1_700_000_000 + ask.number,
        "model": body.get("model", "unknown"),
        "system_fingerprint": "fp_loopback",
    }
    if not body.get("stream"):
        choices = [
            {
                "index": index,
                "message": {
                    "role": "assistant",
                    "content": None if called else text,
                    "refusal": None,
                    **({"tool_calls": [openai_call(ask, call) for call in called]} if called else {}),
                },
                "logprobs": None,
                "finish_reason": reason,
            }
            for index, text in enumerate(texts)
        ]
        return openai_body(ask, {**shared, "object": "chat.completion", "choices": choices, "usage": usage})

    asks_usage = bool((body.get("stream_options") or {}).get("include_usage"))

    def chunk(choices: list[Json], usage: Json | None = None) -> bytes:
        counted = {"usage": usage} if asks_usage else {}
        return as_data({**shared, "object": "chat.completion.chunk", "choices": choices, **counted})

    def delta(index: int, delta: Json, reason: str | None = None) -> bytes:
        return chunk([{"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}])

    def events() -> Iterator[bytes]:
        for index, text in enumerate(texts):
            yield delta(index, {"role": "assistant", "content": None if called else "", "refusal": None})
            for call in called:
                started = openai_call(ask, call, arguments="")
                yield delta(index, {"tool_calls": [{"index": call.index, **started}]})
                for piece in tokens(ask, call.arguments):
                    partly = {"index": call.index, "function": {"arguments": piece}}
                    yield delta(index, {"tool_calls": [partly]})
            for piece in [] if called else tokens(ask, text):
                yield delta(index, {"content": piece})
            yield delta(index, {}, reason)
        if asks_usage:
            yield chunk([], usage)
        yield b"data: [DONE]\n\n"

    return openai_stream(ask, list(events()))
