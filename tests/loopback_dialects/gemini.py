"""Gemini: generateContent, embeddings, and token counts; Anthropic's Messages as Vertex AI carries them."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs

from loopback_dialects.anthropic_messages import messages
from loopback_dialects.base import Answer, Ask, Json, as_json
from loopback_dialects.said import calls, count, last_text, said, tokens


def gemini(ask: Ask) -> Answer:
    """``models/M:generateContent`` and ``:streamGenerateContent``, as SSE or as a JSON array in pieces."""
    body = ask.json
    contents = body.get("contents") or []
    parts = contents[-1].get("parts") if contents else []
    is_result = any("functionResponse" in part for part in parts or [])
    offered = [
        one.get("functionDeclarations", one.get("function_declarations")) for one in body.get("tools") or []
    ]
    declared = [one for tool in offered for one in tool or []]
    named = ("parametersJsonSchema", "parameters_json_schema", "parameters")
    schemas = [next((one[key] for key in named if key in one), {"type": "object"}) for one in declared]
    tools = [(one["name"], schema) for one, schema in zip(declared, schemas, strict=True)]
    called = [] if is_result else calls(ask, tools)
    config = body.get("generationConfig") or {}
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    text = said(ask, last_text(contents), schema=schema)
    spent = len(called) or len(tokens(ask, text))
    usage = {"promptTokenCount": count(contents), "candidatesTokenCount": spent}
    usage["totalTokenCount"] = sum(usage.values())
    model = ask.path.rpartition("/")[2].partition(":")[0]

    def reply(parts: list[Json], reason: str | None = None) -> Json:
        candidate: Json = {"content": {"parts": parts, "role": "model"}, "index": 0}
        if reason:
            candidate["finishReason"] = reason
        return {
            "candidates": [candidate],
            "usageMetadata": usage,
            "modelVersion": model,
            "responseId": f"gemini-{ask.number}",
        }

    call_parts: list[Json] = [
        {"functionCall": {"name": call.name, "args": json.loads(call.arguments)}} for call in called
    ]
    if ask.path.endswith(":generateContent"):
        return Answer(
            content_type="application/json; charset=UTF-8",
            body=as_json(reply(call_parts or [{"text": text}], "STOP")),
        )
    replies = [reply([part]) for part in call_parts or [{"text": piece} for piece in tokens(ask, text)]]
    replies.append(reply([{"text": ""}], "STOP"))
    if parse_qs(ask.query).get("alt") == ["sse"]:
        events = [b"data: " + as_json(one) + b"\r\n\r\n" for one in replies]
        return Answer(content_type="text/event-stream", events=events, closing=1)
    opened = [(b"[" if i == 0 else b",\r\n") + as_json(one) for i, one in enumerate(replies)]
    return Answer(content_type="application/json; charset=UTF-8", events=[*opened, b"]"], closing=2)


def gemini_count(ask: Ask) -> Answer:
    """``models/M:countTokens``."""
    return Answer(body=as_json({"totalTokens": count(ask.json.get("contents"))}))


def gemini_embed(ask: Ask) -> Answer:
    """``models/M:embedContent`` and ``:batchEmbedContents``."""
    vector = {"values": [ask.number / 1024, count(ask.json) / 64]}
    if ask.path.endswith(":embedContent"):
        return Answer(body=as_json({"embedding": vector}))
    return Answer(body=as_json({"embeddings": [vector for _ in ask.json.get("requests") or []]}))


def vertex_messages(ask: Ask) -> Answer:
    """``publishers/anthropic/models/M:rawPredict`` and ``:streamRawPredict``."""
    return messages(replace(ask, path="/v1/messages"))
