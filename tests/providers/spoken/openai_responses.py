"""OpenAI Responses."""

from __future__ import annotations

from typing import Any

from providers.spoken.openai_chat import ASKED, FUNCTION
from providers.spoken.said import ANSWER, CODED, PIECES, SCHEMA, Spoken, sse


def _response(*output: Any, status: str = "completed", **more: Any) -> dict[str, Any]:
    usage = {
        "input_tokens": 9,
        "input_tokens_details": {"cached_tokens": 2},
        "output_tokens": 4,
        "output_tokens_details": {"reasoning_tokens": 1},
    }
    return {
        "object": "response",
        "model": "m",
        "status": status,
        "output": list(output),
        "usage": usage,
        **more,
    }


def _message(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}


_ITEM_CALL = {"type": "function_call", "call_id": "call_1", **FUNCTION}

OPENAI_RESPONSES = Spoken(
    "openai_responses",
    "https://api.openai.com/v1/responses",
    ask={
        "model": "m",
        "instructions": "Be brief.",
        "input": "Weather in Nice?",
        "temperature": 0.5,
        "max_output_tokens": 50,
    },
    answer=_response(_message(ANSWER)),
    stream=sse(
        {"type": "response.created", "response": _response(status="in_progress")},
        {"type": "response.output_item.added", "output_index": 0, "item": _message("")},
        *(
            {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": piece}
            for piece in PIECES
        ),
        {"type": "response.completed", "response": _response(_message(ANSWER))},
        named=True,
    ),
    usage=(7, 2, 0, 3, 1),
    call=_response(_ITEM_CALL),
    call_stream=sse(
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": ""},
        },
        {
            "type": "response.function_call_arguments.delta",
            "output_index": 0,
            "delta": FUNCTION["arguments"],
        },
        {"type": "response.output_item.done", "output_index": 0, "item": _ITEM_CALL},
        {"type": "response.completed", "response": _response(_ITEM_CALL)},
        named=True,
    ),
    tools={
        "tools": [{"type": "function", "name": "weather", "description": "Tells it", "parameters": SCHEMA}],
        "tool_choice": "required",
    },
    results={
        "model": "m",
        "input": [ASKED, _ITEM_CALL, {"type": "function_call_output", "call_id": "call_1", "output": "21"}],
    },
    image={
        "model": "m",
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is it?"},
                    {"type": "input_image", "image_url": f"data:image/png;base64,{CODED}"},
                ],
            }
        ],
    },
    cut=_response(_message("Sun"), status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
    refusal=_response(
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "I can't."}]}
    ),
)
