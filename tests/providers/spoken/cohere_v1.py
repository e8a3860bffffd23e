"""Cohere Chat, version 1."""

from __future__ import annotations

from providers.spoken.said import ANSWER, ARGUMENTS, PIECES, Spoken, lines

COHERE_V1 = Spoken(
    "cohere_v1",
    "https://api.cohere.com/v1/chat",
    ask={
        "model": "m",
        "preamble": "Be brief.",
        "message": "Weather in Nice?",
        "temperature": 0.5,
        "max_tokens": 50,
    },
    answer={
        "text": ANSWER,
        "finish_reason": "COMPLETE",
        "meta": {"tokens": {"input_tokens": 9, "output_tokens": 4}},
    },
    stream=lines(
        {"event_type": "stream-start", "generation_id": "1"},
        *({"event_type": "text-generation", "text": piece} for piece in PIECES),
        {
            "event_type": "stream-end",
            "finish_reason": "COMPLETE",
            "response": {"text": ANSWER, "meta": {"tokens": {"input_tokens": 9, "output_tokens": 4}}},
        },
    ),
    stream_type="application/stream+json",
    model=None,
    call={
        "text": "",
        "tool_calls": [{"name": "weather", "parameters": ARGUMENTS}],
        "finish_reason": "COMPLETE",
    },
    tools={
        "tools": [
            {
                "name": "weather",
                "description": "Tells it",
                "parameter_definitions": {"city": {"type": "string", "required": True}},
            }
        ]
    },
    results={
        "model": "m",
        "chat_history": [
            {"role": "USER", "message": "Weather in Nice?"},
            {"role": "CHATBOT", "tool_calls": [{"name": "weather", "parameters": ARGUMENTS}]},
        ],
        "message": "",
        "tool_results": [{"call": {"name": "weather", "parameters": ARGUMENTS}, "outputs": "21"}],
    },
    cut={"text": "Sun", "finish_reason": "MAX_TOKENS"},
    refusal={"text": "", "finish_reason": "ERROR_TOXIC"},
    refused_as="filtered",
    error={"message": "No such model"},
)
