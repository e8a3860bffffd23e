"""Google Gemini's Interactions."""

from __future__ import annotations

from typing import Any

from providers.spoken.said import ANSWER, ARGUMENTS, CODED, PIECES, SCHEMA, Spoken, named


def _interaction(*steps: Any, status: str = "completed", **more: Any) -> dict[str, Any]:
    usage = {
        "total_input_tokens": 9,
        "total_cached_tokens": 2,
        "total_output_tokens": 4,
        "total_thought_tokens": 6,
        "total_tokens": 19,
    }
    return {"id": "v1_x", "model": "m", "status": status, "steps": list(steps), "usage": usage, **more}


def _said(text: str) -> dict[str, Any]:
    return {"type": "model_output", "content": [{"type": "text", "text": text}]}


def _streamed(*events: tuple[str, dict[str, Any]], status: str = "completed") -> bytes:
    begun = {"id": "v1_x", "model": "m", "status": "in_progress"}
    ended = {name: member for name, member in _interaction(status=status).items() if name != "steps"}
    whole = [
        ("interaction.created", {"interaction": begun}),
        *events,
        ("interaction.completed", {"interaction": ended}),
    ]
    return named(*((kind, {"event_type": kind, **told}) for kind, told in whole))


_THOUGHT = {"type": "thought", "signature": "c2ln", "summary": [{"type": "text", "text": "Hm."}]}
_CALL = {"type": "function_call", "id": "call_1", "name": "weather", "arguments": ARGUMENTS}
_ASKED = {"type": "user_input", "content": [{"type": "text", "text": "Weather in Nice?"}]}

GEMINI_INTERACTIONS = Spoken(
    "gemini_interactions",
    "https://generativelanguage.googleapis.com/v1beta/interactions",
    ask={
        "model": "m",
        "system_instruction": "Be brief.",
        "input": "Weather in Nice?",
        "generation_config": {"temperature": 0.5, "max_output_tokens": 50, "stop_sequences": ["\n"]},
    },
    answer=_interaction(_THOUGHT, _said(ANSWER)),
    stream=_streamed(
        ("step.start", {"index": 0, "step": {"type": "thought"}}),
        ("step.delta", {"index": 0, "delta": {"type": "thought_signature", "signature": "c2ln"}}),
        ("step.stop", {"index": 0}),
        ("step.start", {"index": 1, "step": {"type": "model_output"}}),
        *(("step.delta", {"index": 1, "delta": {"type": "text", "text": piece}}) for piece in PIECES),
        ("step.stop", {"index": 1}),
    ),
    usage=(7, 2, 0, 4, 6),
    call=_interaction(_CALL, status="requires_action"),
    call_stream=_streamed(
        ("step.start", {"index": 0, "step": {**_CALL, "arguments": {}}}),
        ("step.delta", {"index": 0, "delta": {"type": "arguments_delta", "arguments": '{"city": "Nice", '}}),
        ("step.delta", {"index": 0, "delta": {"type": "arguments_delta", "arguments": '"unit": "°C"}'}}),
        status="requires_action",
    ),
    tools={
        "tools": [{"type": "function", "name": "weather", "description": "Tells it", "parameters": SCHEMA}],
        "generation_config": {"tool_choice": "any"},
    },
    results={
        "input": [
            _ASKED,
            _CALL,
            {"type": "function_result", "call_id": "call_1", "name": "weather", "result": "21"},
        ]
    },
    image={
        "input": [
            {"type": "text", "text": "What is it?"},
            {"type": "image", "mime_type": "image/png", "data": CODED},
        ]
    },
    cut=_interaction(_said("Sun"), status="incomplete"),
    error={"error": {"code": "not_found", "message": "No such model"}},
)
