"""Cohere Chat, version 2."""

from __future__ import annotations

from typing import Any

from providers.spoken.openai_chat import ASKED, CALL, FUNCTION, OPENAI_CHAT, SYSTEM, TOOL
from providers.spoken.said import ANSWER, PIECES, Spoken, sse


def _cohere(message: dict[str, Any], finish: str = "COMPLETE") -> dict[str, Any]:
    usage = {
        "billed_units": {"input_tokens": 5, "output_tokens": 4},
        "tokens": {"input_tokens": 9, "output_tokens": 4},
    }
    return {"id": "1", "finish_reason": finish, "message": {"role": "assistant", **message}, "usage": usage}


def _cohere_piece(kind: str, **message: Any) -> dict[str, Any]:
    return {"type": kind, "index": 0, "delta": {"message": message}}


def _cohere_end(finish: str) -> dict[str, Any]:
    return {"type": "message-end", "delta": {"finish_reason": finish, "usage": _cohere({})["usage"]}}


COHERE = Spoken(
    "cohere",
    "https://api.cohere.com/v2/chat",
    ask={
        "model": "m",
        "messages": [SYSTEM, ASKED],
        "temperature": 0.5,
        "max_tokens": 50,
        "stop_sequences": ["\n"],
    },
    answer=_cohere({"content": [{"type": "text", "text": ANSWER}]}),
    stream=sse(
        {"type": "message-start", "id": "1", "delta": {"message": {"role": "assistant", "content": []}}},
        _cohere_piece("content-start", content={"type": "text", "text": ""}),
        *(_cohere_piece("content-delta", content={"text": piece}) for piece in PIECES),
        {"type": "content-end", "index": 0},
        _cohere_end("COMPLETE"),
        named=True,
    ),
    model=None,
    call=_cohere({"tool_plan": "Look it up.", "tool_calls": [CALL]}, "TOOL_CALL"),
    call_stream=sse(
        {"type": "message-start", "id": "1", "delta": {"message": {"role": "assistant"}}},
        *(
            {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": piece}}}
            for piece in ("Look ", "it up.")
        ),
        _cohere_piece(
            "tool-call-start", tool_calls={"id": "call_1", "function": {"name": "weather", "arguments": ""}}
        ),
        *(
            _cohere_piece("tool-call-delta", tool_calls={"function": {"arguments": piece}})
            for piece in (FUNCTION["arguments"][:9], FUNCTION["arguments"][9:])
        ),
        _cohere_end("TOOL_CALL"),
        named=True,
    ),
    tools={"tools": [TOOL], "tool_choice": "REQUIRED"},
    results=OPENAI_CHAT.results,
    image=OPENAI_CHAT.image,
    cut=_cohere({"content": [{"type": "text", "text": "Sun"}]}, "MAX_TOKENS"),
    refusal=_cohere({"content": []}, "ERROR_TOXIC"),
    refused_as="filtered",
    error={"message": "No such model"},
)
