"""Mistral: Chat Completions with a few words of its own."""

from __future__ import annotations

from providers.spoken.openai_chat import OPENAI_CHAT, TOOL, completed, delta
from providers.spoken.said import ARGUMENTS, CODED, PIECES, Spoken, sse

MISTRAL = Spoken(
    "mistral",
    "https://api.mistral.ai/v1/chat/completions",
    ask={**OPENAI_CHAT.ask, "random_seed": 7},
    answer=OPENAI_CHAT.answer,
    stream=sse(
        *(delta({"content": piece}) for piece in PIECES),
        delta({"content": ""}, "stop", usage={"prompt_tokens": 9, "completion_tokens": 4}),
        done=True,
    ),
    call=completed(
        {
            "content": "",
            "tool_calls": [{"id": "call_1", "function": {"name": "weather", "arguments": ARGUMENTS}}],
        },
        "tool_calls",
    ),
    tools={"tools": [TOOL], "tool_choice": "any"},
    results=OPENAI_CHAT.results,
    image={
        "model": "m",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image_url", "image_url": f"data:image/png;base64,{CODED}"},
                ],
            }
        ],
    },
    cut=completed({"content": "Sun"}, "model_length"),
    error={"object": "error", "type": "bad", "message": "No such model"},
)
