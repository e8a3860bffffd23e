"""OpenAI's embeddings, models and files."""

from __future__ import annotations

import base64
import email.parser
import email.policy
import hashlib
import json
import struct
from typing import Any

from loopback_dialects.base import Answer, Ask, Json
from loopback_dialects.openai_shared import openai_body
from loopback_dialects.said import count


def embeddings(ask: Ask) -> Answer:
    """``/embeddings``: eight numbers a text, as floats or base64; the first tells the request's number."""
    body = ask.json
    given = body.get("input") or ""
    texts = given if isinstance(given, list) and not (given and isinstance(given[0], int)) else [given]

    def vector(text: Any) -> list[float]:
        digest = hashlib.sha256(json.dumps(text).encode()).digest()
        return [ask.number / 1024, *(byte / 256 for byte in digest[:7])]

    def encoded(values: list[float]) -> Any:
        if body.get("encoding_format") != "base64":
            return values
        return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()

    data = [{"object": "embedding", "index": i, "embedding": encoded(vector(t))} for i, t in enumerate(texts)]
    usage = {"prompt_tokens": count(texts), "completion_tokens": 0, "total_tokens": count(texts)}
    listed = {"id": f"embd-{ask.number}", "object": "list", "data": data}  # the id is Mistral's
    return openai_body(ask, {**listed, "model": body.get("model"), "usage": usage})


def models(ask: Ask) -> Answer:
    """``/models`` and ``/models/ID``."""

    def model(name: str) -> Json:
        return {
            "id": name,
            "object": "model",
            "created": 1_700_000_000,
            "owned_by": "loopback",
            "type": "model",
            "display_name": name,
            "created_at": "2026-01-01T00:00:00Z",
        }

    name = ask.path.rpartition("/models")[2].strip("/")
    if name:
        return openai_body(ask, model(name))
    listed = [model("gpt-loopback"), model("claude-loopback")]
    paged = {"has_more": False, "first_id": listed[0]["id"], "last_id": listed[-1]["id"]}
    return openai_body(ask, {"object": "list", "data": listed, **paged})


def files(ask: Ask) -> Answer:
    """``/files``: a multipart upload, answered with the name and size of what came."""
    parts = multipart(ask)
    name, content = parts.get("file", ("", b""))
    purpose = parts.get("purpose", ("", b"user_data"))[1].decode()
    return openai_body(
        ask,
        {
            "id": f"file-{ask.number}",
            "object": "file",
            "bytes": len(content),
            "filename": name,
            "created_at": 1_700_000_000 + ask.number,
            "purpose": purpose,
            "status": "processed",
            "sample_type": "instruct",  # this and the next are Mistral's
            "source": "upload",
        },
    )


def multipart(ask: Ask) -> dict[str, tuple[str, bytes]]:
    head = f"content-type: {ask.headers.get('content-type', '')}\r\n\r\n".encode()
    parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + ask.body)
    found = {}
    for part in parsed.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            name = str(part.get_param("name", header="content-disposition"))
            found[name] = (part.get_filename() or "", content)
    return found
