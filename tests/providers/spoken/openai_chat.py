"""OpenAI Chat Completions, and the words it shares with those shaped after it."""

from __future__ import annotations

import json
from typing import Any

from providers.spoken.said import ANSWER, ARGUMENTS, CODED, PIECES, SCHEMA, Spoken, sse


def delta(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def completed(message: dict[str, Any], finish: str = "stop", **more: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return {"model": "m", "choices": [choice], "usage": usage, **more}


FUNCTION = {"name": "weather", "arguments": json.dumps(ARGUMENTS)}
TOOL = {
    "type": "function",
    "function": {"name": "weather", "description": "Tells it", "parameters": SCHEMA},
}
CALL = {"id": "call_1", "type": "function", "function": FUNCTION}
ASKED = {"role": "user", "content": "Weather in Nice?"}
SYSTEM = {"role": "system", "content": "Be brief."}

OPENAI_CHAT = Spoken(
    "openai_chat",
    "https://api.openai.com/v1/chat/completions",
    ask={"model": "m", "messages": [SYSTEM, ASKED], "temperature": 0.5, "max_tokens": 50, "stop": "\n"},
    answer=completed({"content": ANSWER, "refusal": None}),
    stream=sse(
        delta({"role": "assistant", "content": ""}),
        *(delta({"content": piece}) for piece in PIECES),
        delta({}, "stop"),
        {"model": "m", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}},
        done=True,
    ),
    call=completed({"content": None, "tool_calls": [CALL]}, "tool_calls"),
    call_stream=sse(
        delta(
            {"tool_calls": [{"index": 0, "id": "call_1", "function": {"name": "weather", "arguments": ""}}]}
        ),
        *(
            delta({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
            for piece in (FUNCTION["arguments"][:7], FUNCTION["arguments"][7:])
        ),
        delta({}, "tool_calls"),
        done=True,
    ),
    tools={"tools": [TOOL], "tool_choice": "required"},
    results={
        "model": "m",
        "messages": [
            ASKED,
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": "21"},
        ],
    },
    image={
        "model": "m",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{CODED}"}},
                ],
            }
        ],
    },
    cut=completed({"content": "Sun"}, "length"),
    refusal=completed({"content": None, "refusal": "I can't."}),
)
