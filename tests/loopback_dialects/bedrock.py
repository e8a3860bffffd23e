"""Amazon Bedrock: Converse, and InvokeModel with Anthropic's bodies; streams are Amazon's binary events."""

from __future__ import annotations

import json
import struct
import zlib
from base64 import b64encode
from dataclasses import replace

from loopback_dialects.anthropic_messages import messages
from loopback_dialects.base import Answer, Ask, Json, as_json
from loopback_dialects.said import count, last_text, said, tokens

_STREAM = "application/vnd.amazon.eventstream"


def converse(ask: Ask) -> Answer:
    """``/model/M/converse`` and ``/converse-stream``."""
    given = ask.json.get("messages") or []
    text = said(ask, last_text(given))
    pieces = tokens(ask, text)
    usage = {"inputTokens": count(given), "outputTokens": len(pieces)}
    usage["totalTokens"] = sum(usage.values())
    headers = (("x-amzn-RequestId", f"req_{ask.number}"),)
    if ask.path.endswith("/converse"):
        message = {"role": "assistant", "content": [{"text": text}]}
        whole: Json = {"output": {"message": message}, "stopReason": "end_turn", "usage": usage}
        return Answer(body=as_json({**whole, "metrics": {"latencyMs": 1}}), headers=headers)
    events = [
        as_event("messageStart", {"role": "assistant"}),
        *(
            as_event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
            for piece in pieces
        ),
        as_event("contentBlockStop", {"contentBlockIndex": 0}),
        as_event("messageStop", {"stopReason": "end_turn"}),
        as_event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}),
    ]
    return Answer(content_type=_STREAM, events=events, closing=2, headers=headers)


def invoke(ask: Ask) -> Answer:
    """``/model/M/invoke`` and ``/invoke-with-response-stream``, for Anthropic's models."""
    streamed = ask.path.endswith("-stream")
    answer = messages(replace(ask, body=as_json({**ask.json, "stream": streamed})))
    if not streamed:
        return answer
    events = []
    for event in answer.events or []:
        data = event.partition(b"data: ")[2].strip()
        events.append(as_event("chunk", {"bytes": b64encode(data).decode()}))
    return Answer(content_type=_STREAM, events=events, closing=1, headers=answer.headers)


def async_invoke(ask: Ask) -> Answer:
    """``/async-invoke``: begun."""
    return Answer(body=as_json({"invocationArn": f"arn:aws:bedrock:us-east-1:1:async-invoke/a{ask.number}"}))


def as_event(name: str, document: Json) -> bytes:
    """One message of the AWS SDK specification "event stream encoding"."""
    told = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        struct.pack(">B", len(key)) + key.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
        for key, value in told.items()
    )
    payload = json.dumps(document).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))
