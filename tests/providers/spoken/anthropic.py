"""Anthropic Messages."""

from __future__ import annotations

from typing import Any

from providers.spoken.openai_chat import ASKED, FUNCTION
from providers.spoken.said import ANSWER, ARGUMENTS, CODED, PIECES, SCHEMA, Spoken, sse


def _claude(*content: Any, stop: str | None = "end_turn") -> dict[str, Any]:
    usage = {
        "input_tokens": 9,
        "cache_read_input_tokens": 5,
        "cache_creation_input_tokens": 3,
        "output_tokens": 4,
    }
    return {
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": list(content),
        "stop_reason": stop,
        "usage": usage,
    }


_TOOL_USE = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": ARGUMENTS}


def _claude_stream(start: dict[str, Any], *deltas: dict[str, Any], stop: str = "end_turn") -> bytes:
    return sse(
        {"type": "message_start", "message": {**_claude(stop=None)}},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": 4}},
        {"type": "message_stop"},
        named=True,
    )


ANTHROPIC = Spoken(
    "anthropic",
    "https://api.anthropic.com/v1/messages",
    ask={
        "model": "m",
        "system": "Be brief.",
        "messages": [ASKED],
        "temperature": 0.5,
        "max_tokens": 50,
        "stop_sequences": ["\n"],
    },
    answer=_claude({"type": "text", "text": ANSWER}),
    stream=_claude_stream(
        {"type": "text", "text": ""}, *({"type": "text_delta", "text": piece} for piece in PIECES)
    ),
    usage=(9, 5, 3, 4, 0),
    call=_claude(_TOOL_USE, stop="tool_use"),
    call_stream=_claude_stream(
        {**_TOOL_USE, "input": {}},
        *(
            {"type": "input_json_delta", "partial_json": piece}
            for piece in ("", FUNCTION["arguments"][:5], FUNCTION["arguments"][5:])
        ),
        stop="tool_use",
    ),
    tools={
        "tools": [{"name": "weather", "description": "Tells it", "input_schema": SCHEMA}],
        "tool_choice": {"type": "any"},
    },
    results={
        "model": "m",
        "messages": [
            ASKED,
            {"role": "assistant", "content": [_TOOL_USE]},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "21"}],
            },
        ],
    },
    image={
        "model": "m",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": CODED}},
                ],
            }
        ],
    },
    cut=_claude({"type": "text", "text": "Sun"}, stop="max_tokens"),
    refusal=_claude(stop="refusal"),
    error={"type": "error", "error": {"type": "bad", "message": "No such model"}},
)
