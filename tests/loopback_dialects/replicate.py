"""Replicate: a prediction is made, asked after, and may be streamed from a URL of its own."""

from __future__ import annotations

from loopback_dialects.base import Answer, Ask, Json, as_json
from loopback_dialects.said import said, tokens


def predictions(ask: Ask) -> Answer:
    """``POST /predictions`` (and of a model): begun, or done where ``Prefer: wait`` asks for it."""
    asked = ask.json
    text = said(ask, str((asked.get("input") or {}).get("prompt")))
    is_waited_for = "wait" in ask.headers.get("prefer", "")
    return Answer(201, body=as_json(_prediction(ask, str(ask.number), text if is_waited_for else None)))


def prediction(ask: Ask) -> Answer:
    """``GET /predictions/ID``: done."""
    name = ask.path.rpartition("/")[2]
    return Answer(body=as_json(_prediction(ask, name, f"prediction {name}, as asked after in {ask.number}")))


def prediction_stream(ask: Ask) -> Answer:
    """``GET /files/ID``, which is where its streams are: events of output, and one of the end."""
    pieces = tokens(ask, f"stream {ask.path.rpartition('/')[2]} in {ask.number}")
    events = [
        f"event: output\nid: {index}:0\ndata: {piece}\n\n".encode() for index, piece in enumerate(pieces)
    ]
    events.append(b"event: done\nid: 9:9\ndata: {}\n\n")
    return Answer(content_type="text/event-stream", events=events, closing=1)


def _prediction(ask: Ask, name: str, text: str | None) -> Json:
    here = f"http://{ask.headers['host']}"
    return {
        "id": name,
        "model": "meta/meta-llama-3-8b-instruct",
        "version": "5a6809ca6288247d06daf6365557e5e429063f32a21146b2a807c682652136b8",
        "input": {"prompt": "p"},
        "output": None if text is None else tokens(ask, text),
        "logs": "",
        "error": None,
        "status": "starting" if text is None else "succeeded",
        "created_at": "2026-01-01T00:00:00Z",
        "started_at": None if text is None else "2026-01-01T00:00:00Z",
        "completed_at": None if text is None else "2026-01-01T00:00:00Z",
        "metrics": {},
        "urls": {
            "get": f"{here}/v1/predictions/{name}",
            "cancel": f"{here}/v1/predictions/{name}/cancel",
            "stream": f"{here}/v1/files/{name}",
        },
    }
