"""A conversation as the HTTP exchange that a provider would have had: for traces, which keep no bytes.

Anthropic's models are written as its Messages, all others as OpenAI's Chat Completions at the endpoint where
their provider answers that. What comes out is read, compared and migrated like any recording; it says
``synthesised`` in its metadata, for the app sent other bytes. It answers a replay only where an app sends
these very members: then question, model and settings are the same, and so the answer is the right one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest, Ending
from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.importers.addresses import CHAT, MESSAGES, provider_named
from agentrec_auto.importers.record import Record, UnreadableError
from agentrec_auto.importers.wire import json_bytes
from agentrec_auto.providers.conversation import (
    Part,
    Question,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    Usage,
)
from agentrec_auto.providers.writers.preparing import prepared
from agentrec_auto.providers.writing import Notes, writer_for

_MOST = 4096
"""``max_tokens``, which Anthropic's requests must have, where the trace doesn't say."""

_REASONS = {
    "tool_use": "tool_calls",
    "tool_call": "tool_calls",
    "tool_calls": "tool_calls",
    "max_tokens": "length",
    "length": "length",
    "content_filter": "content_filter",
}
_STOPS = {"tool_calls": "tool_use", "length": "max_tokens", "content_filter": "refusal"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a trace says of one call of a model."""

    question: Question
    answer: tuple[Part, ...]
    provider: str | None = None
    """In whatever words."""

    answered_by: str | None = None
    """The model that answered, where it is said apart."""

    finish_reason: str | None = None
    """In whatever words."""

    usage: Usage | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """``recorded_at``, ``latency_s``, ``tags`` …"""


def synthesised(told: Told, position: str) -> Record:
    """The record of a call; `UnreadableError` where it can't be written as a request and its response."""
    model = told.question.model or ""
    if not told.question.turns:
        raise UnreadableError("it holds no question: its messages were not captured")
    if not told.answer:
        raise UnreadableError("it holds no answer")
    provider = provider_named(told.provider, model)
    if provider == "anthropic":
        url, dialect, response = MESSAGES, "anthropic", _anthropic(told)
    else:
        url, dialect, response = CHAT[provider], "openai_chat", _openai(told)
    notes, writer = Notes(), writer_for(dialect)
    try:
        request = writer.composed(prepared(told.question, writer, notes), model, _MOST, notes)
    except UnsupportedRequestError as error:
        raise UnreadableError(str(error)) from error
    response["id"] = "imported-" + hashlib.sha256(json_bytes([request, response])).hexdigest()[:24]
    kind = (b"content-type", b"application/json")
    interaction = CapturedInteraction(
        request=CapturedRequest("POST", url, [kind], json_bytes(request)),
        response_status=200,
        response_headers=[kind],
        response_extensions={},
        chunks=[CapturedChunk(json_bytes(response))],
        metadata={**told.metadata, "notes": list(notes.told()) or None, "ending": Ending.COMPLETE.value},
    )
    return Record(interaction, position, ("url", "bytes"), synthesised=True)


def _openai(told: Told) -> dict[str, Any]:
    """The answer, as Chat Completions gives it."""
    message = openai_message(told.answer)
    default = "tool_calls" if "tool_calls" in message else "stop"
    reason = _REASONS.get((told.finish_reason or "").lower(), default)
    answer: dict[str, Any] = {
        "id": "",
        "object": "chat.completion",
        "created": 0,
        "model": told.answered_by or told.question.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
    }
    if (usage := told.usage) is not None:
        asked, said = usage.input + usage.cache_read + usage.cache_write, usage.output + usage.reasoning
        answer["usage"] = {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
            "prompt_tokens_details": {
                "cached_tokens": usage.cache_read,
                "cache_write_tokens": usage.cache_write,
            },
            "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
        }
    return answer


def openai_message(parts: Iterable[Part]) -> dict[str, Any]:
    """What a model said, as a message of Chat Completions; `UnreadableError` for what has no form there."""
    message: dict[str, Any] = {"role": "assistant", "content": None}
    calls: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case Text(text):
                message["content"] = (message["content"] or "") + text
            case Refusal(text):
                message["refusal"] = text
            case Reasoning(text):
                message["reasoning_content"] = message.get("reasoning_content", "") + text
            case ToolCall(name, arguments, call_id):
                text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
                function = {"name": name, "arguments": text}
                calls.append(
                    {"id": call_id or f"call_{len(calls) + 1}", "type": "function", "function": function}
                )
            case _:
                raise UnreadableError(f"the answer holds {_what(part)}")
    return {**message, "tool_calls": calls} if calls else message


def _anthropic(told: Told) -> dict[str, Any]:
    """The answer, as Messages gives it."""
    content = [_block(part, number) for number, part in enumerate(told.answer, 1)]
    default = "tool_use" if any(block["type"] == "tool_use" for block in content) else "end_turn"
    reason = _REASONS.get((told.finish_reason or "").lower(), "")
    answer: dict[str, Any] = {
        "id": "",
        "type": "message",
        "role": "assistant",
        "model": told.answered_by or told.question.model,
        "content": content,
        "stop_reason": _STOPS.get(reason, default),
        "stop_sequence": None,
    }
    if (usage := told.usage) is not None:
        answer["usage"] = {
            "input_tokens": usage.input,
            "cache_read_input_tokens": usage.cache_read,
            "cache_creation_input_tokens": usage.cache_write,
            "output_tokens": usage.output + usage.reasoning,
        }
    return answer


def _block(part: Part, number: int) -> dict[str, Any]:
    match part:
        case Text(text) | Refusal(text):
            return {"type": "text", "text": text}
        case Reasoning(text):
            return {"type": "thinking", "thinking": text, "signature": ""}
        case ToolCall(name, arguments, call_id):
            return {"type": "tool_use", "id": call_id or f"toolu_{number}", "name": name, "input": arguments}
    raise UnreadableError(f"the answer holds {_what(part)}")


def _what(part: Part) -> str:
    kind = getattr(part, "kind", None) or type(part).__name__.lower()
    return f"{kind!r}, which has no form in a synthesised response"
