"""Cohere: chat of API version 2 and 1, embeddings and reranking."""

from __future__ import annotations

from loopback_dialects.base import Answer, Ask, Json, as_data, as_json
from loopback_dialects.said import count, last_text, said, tokens


def chat_v2(ask: Ask) -> Answer:
    """``/v2/chat``: plain, and server-sent events whose type is in the data."""
    body = ask.json
    given = body.get("messages") or []
    text = said(ask, last_text(given))
    spent = {"input_tokens": count(given), "output_tokens": len(tokens(ask, text))}
    usage = {"billed_units": spent, "tokens": spent}
    name = f"c0{ask.number}"
    if not body.get("stream"):
        message = {"role": "assistant", "content": [{"type": "text", "text": text}]}
        return Answer(
            body=as_json({"id": name, "finish_reason": "COMPLETE", "message": message, "usage": usage})
        )
    begun = {
        "message": {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    }
    events: list[Json] = [{"id": name, "type": "message-start", "delta": begun}]
    opened = {"message": {"content": {"text": "", "type": "text"}}}
    events.append({"type": "content-start", "index": 0, "delta": opened})
    for piece in tokens(ask, text):
        delta = {"message": {"content": {"text": piece}}}
        events.append({"type": "content-delta", "index": 0, "delta": delta})
    events.append({"type": "content-end", "index": 0})
    events.append({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}})
    return Answer(content_type="text/event-stream", events=[*map(as_data, events)], closing=1)


def chat_v1(ask: Ask) -> Answer:
    """``/v1/chat``: one message and a history; the stream is JSON by the line."""
    body = ask.json
    text = said(ask, str(body.get("message")))
    whole = {
        "text": text,
        "generation_id": f"g{ask.number}",
        "response_id": f"r{ask.number}",
        "finish_reason": "COMPLETE",
        "chat_history": [],
    }
    if not body.get("stream"):
        return Answer(body=as_json(whole))
    events: list[Json] = [
        {"event_type": "stream-start", "generation_id": f"g{ask.number}", "is_finished": False}
    ]
    events += [
        {"event_type": "text-generation", "text": piece, "is_finished": False} for piece in tokens(ask, text)
    ]
    ended = {"event_type": "stream-end", "is_finished": True, "finish_reason": "COMPLETE", "response": whole}
    lines = [as_json(event) + b"\n" for event in [*events, ended]]
    return Answer(content_type="application/stream+json", events=lines, closing=1)


def embed(ask: Ask) -> Answer:
    """``/v1/embed`` and ``/v2/embed``: the first number tells the request's."""
    texts = ask.json.get("texts") or []
    vectors = [[ask.number / 1024, len(text) / 64] for text in texts]
    by_type = ask.path.startswith("/v2") or bool(ask.json.get("embedding_types"))
    kind = "embeddings_by_type" if by_type else "embeddings_floats"
    told = {"float": vectors} if by_type else vectors
    billed = {"api_version": {"version": "2"}, "billed_units": {"input_tokens": count(texts)}}
    whole = {"id": f"e{ask.number}", "texts": texts, "embeddings": told, "response_type": kind}
    return Answer(body=as_json({**whole, "meta": billed}))


def rerank(ask: Ask) -> Answer:
    """``/v1/rerank`` and ``/v2/rerank``: the last document first."""
    found = len(ask.json.get("documents") or [])
    results = [
        {"index": index, "relevance_score": round((index + 1) / (found + 1), 3)}
        for index in reversed(range(found))
    ]
    return Answer(body=as_json({"id": f"k{ask.number}", "results": results, "meta": {}}))
