"""OpenAI's endpoints beside chat: speech, transcriptions, images, moderations, and the older completions."""

from __future__ import annotations

import base64

from loopback_dialects.base import Answer, Ask, as_data
from loopback_dialects.openai_rest import multipart
from loopback_dialects.openai_shared import openai_body, openai_headers, openai_stream
from loopback_dialects.said import count, said, text_of, tokens


def speech(ask: Ask) -> Answer:
    """``/audio/speech``: bytes that are no text."""
    heard = text_of(ask.json.get("input")).encode()
    sound = b"RIFF\0\xff\xfe" + bytes([ask.number % 256]) + heard
    return Answer(content_type="audio/mpeg", body=sound, headers=openai_headers(ask))


def transcriptions(ask: Ask) -> Answer:
    """``/audio/transcriptions`` and ``/audio/translations``: what was uploaded, told by its size."""
    name, content = multipart(ask).get("file", ("", b""))
    return openai_body(ask, {"text": f"answer {ask.number} to: {len(content)} bytes of {name}"})


def images(ask: Ask) -> Answer:
    """``/images/generations`` and ``/images/edits``."""
    drawn = base64.b64encode(b"\x89PNG" + bytes([ask.number % 256])).decode()
    return openai_body(ask, {"created": 1_700_000_000 + ask.number, "data": [{"b64_json": drawn}]})


def moderations(ask: Ask) -> Answer:
    """``/moderations``."""
    categories = {"violence": False, "self-harm": False}
    scores = {"violence": ask.number / 1024, "self-harm": 0.0}
    result = {"flagged": False, "categories": categories, "category_scores": scores}
    return openai_body(ask, {"id": f"modr-{ask.number}", "model": "omni", "results": [result]})


def completions(ask: Ask) -> Answer:
    """``/completions``, and Mistral's ``/fim/completions``: text that goes on from a prompt."""
    body = ask.json
    is_fim = ask.path.endswith("/fim/completions")
    text = said(ask, text_of(body.get("prompt")))
    head = {"id": f"cmpl-{ask.number}", "created": 1_700_000_000 + ask.number, "model": body.get("model")}
    head["object"] = "chat.completion" if is_fim else "text_completion"
    spent = len(tokens(ask, text))
    usage = {"prompt_tokens": count(body.get("prompt")), "completion_tokens": spent}
    usage["total_tokens"] = sum(usage.values())

    def choice(piece: str, reason: str | None, part: str) -> dict:
        said_so = {part: {"role": "assistant", "content": piece}} if is_fim else {"text": piece}
        return {"index": 0, "logprobs": None, "finish_reason": reason, **said_so}

    if not body.get("stream"):
        return openai_body(ask, {**head, "choices": [choice(text, "stop", "message")], "usage": usage})
    chunks = [{**head, "choices": [choice(piece, None, "delta")]} for piece in tokens(ask, text)]
    chunks.append({**head, "choices": [choice("", "stop", "delta")], "usage": usage})
    return openai_stream(ask, [*map(as_data, chunks), b"data: [DONE]\n\n"])
