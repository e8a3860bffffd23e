"""Mistral's Conversations."""

from __future__ import annotations

import json
from typing import Any

from providers.spoken.openai_chat import TOOL
from providers.spoken.said import ANSWER, ARGUMENTS, CODED, PIECES, Spoken, sse

_USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
_CALL = {"type": "function.call", "tool_call_id": "call_1", "name": "weather", "model": "m"}
_ASKED = {"type": "message.input", "role": "user", "content": "Weather in Nice?"}


def _response(*outputs: Any) -> dict[str, Any]:
    return {
        "object": "conversation.response",
        "conversation_id": "conv_1",
        "outputs": list(outputs),
        "usage": _USAGE,
    }


def _streamed(*events: dict[str, Any]) -> bytes:
    begun = {"type": "conversation.response.started", "conversation_id": "conv_1"}
    return sse(begun, *events, {"type": "conversation.response.done", "usage": _USAGE}, named=True)


def _piece(content: Any) -> dict[str, Any]:
    return {"type": "message.output.delta", "output_index": 0, "model": "m", "content": content}


MISTRAL_CONVERSATIONS = Spoken(
    "mistral_conversations",
    "https://api.mistral.ai/v1/conversations",
    ask={
        "model": "m",
        "instructions": "Be brief.",
        "inputs": "Weather in Nice?",
        "completion_args": {"temperature": 0.5, "max_tokens": 50, "stop": ["\n"]},
    },
    answer=_response({"type": "message.output", "role": "assistant", "model": "m", "content": ANSWER}),
    stream=_streamed(_piece(PIECES[0]), *(_piece({"type": "text", "text": piece}) for piece in PIECES[1:])),
    call=_response({**_CALL, "arguments": json.dumps(ARGUMENTS)}),
    call_stream=_streamed(
        {**_CALL, "type": "function.call.delta", "output_index": 0, "arguments": '{"city": "Nice", '},
        {**_CALL, "type": "function.call.delta", "output_index": 0, "arguments": '"unit": "°C"}'},
    ),
    tools={"tools": [TOOL], "completion_args": {"tool_choice": "any"}},
    results={
        "inputs": [
            _ASKED,
            {**_CALL, "arguments": json.dumps(ARGUMENTS)},
            {"type": "function.result", "tool_call_id": "call_1", "result": "21"},
        ]
    },
    image={
        "inputs": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image_url", "image_url": f"data:image/png;base64,{CODED}"},
                ],
            }
        ]
    },
    error={"object": "error", "type": "bad", "message": "No such model"},
)
