"""Google Gemini."""

from __future__ import annotations

from typing import Any

from providers.spoken.said import ANSWER, ARGUMENTS, CODED, PIECES, Spoken, sse


def _gemini(*parts: Any, finish: str | None = "STOP", **more: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    usage = {
        "promptTokenCount": 9,
        "cachedContentTokenCount": 2,
        "candidatesTokenCount": 4,
        "thoughtsTokenCount": 6,
    }
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m", **more}


_GEMINI = "https://generativelanguage.googleapis.com"
_GEMINI_CALL = {"functionCall": {"name": "weather", "args": ARGUMENTS}}
_GEMINI_ASKED = {"role": "user", "parts": [{"text": "Weather in Nice?"}]}

GEMINI = Spoken(
    "gemini",
    f"{_GEMINI}/v1beta/models/m:generateContent",
    ask={
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [_GEMINI_ASKED],
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 50, "stopSequences": ["\n"]},
    },
    answer=_gemini({"text": ANSWER}),
    stream=sse(
        *(_gemini({"text": piece}, finish=None) for piece in PIECES[:-1]), _gemini({"text": PIECES[-1]})
    ),
    stream_url=f"{_GEMINI}/v1/models/m:streamGenerateContent?alt=sse",
    stream_ask={},
    usage=(7, 2, 0, 4, 6),
    call=_gemini(_GEMINI_CALL),
    call_stream=sse(_gemini(_GEMINI_CALL)),
    tools={
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "weather",
                        "description": "Tells it",
                        "parameters": {
                            "type": "OBJECT",
                            "properties": {"city": {"type": "STRING"}},
                            "required": ["city"],
                        },
                    }
                ]
            }
        ],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
    },
    results={
        "contents": [
            _GEMINI_ASKED,
            {"role": "model", "parts": [_GEMINI_CALL]},
            {
                "role": "user",
                "parts": [{"functionResponse": {"name": "weather", "response": {"result": "21"}}}],
            },
        ]
    },
    image={
        "contents": [
            {
                "role": "user",
                "parts": [{"text": "What is it?"}, {"inlineData": {"mimeType": "image/png", "data": CODED}}],
            }
        ]
    },
    cut=_gemini({"text": "Sun"}, finish="MAX_TOKENS"),
    refusal=_gemini(finish="SAFETY"),
    refused_as="filtered",
    error={"error": {"code": 404, "message": "No such model", "status": "bad"}},
)
