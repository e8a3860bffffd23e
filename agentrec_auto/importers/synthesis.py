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
from agentrec_auto.importers.addresses import CHAT, MESSAGES, provider_named
from agentrec_auto.importers.record import Record, UnreadableError
from agentrec_auto.importers.wire import json_bytes
from agentrec_auto.providers.conversation import (
    Media,
    Part,
    Reasoning,
    Refusal,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
    Usage,
)

_SAMPLING = ("temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens", "seed", "stop",
             "frequency_penalty", "presence_penalty", "n", "reasoning_effort")  # fmt: skip
_OF_ANTHROPIC = ("temperature", "top_p", "top_k")
_MOST = 4096
"""``max_tokens``, which Anthropic's requests must have, where the trace doesn't say."""

_REASONS = {
    "tool_use": "tool_calls", "tool_call": "tool_calls", "tool_calls": "tool_calls", "end_turn": "stop",
    "max_tokens": "length", "length": "length", "content_filter": "content_filter",
}  # fmt: skip
_STOPS = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens", "content_filter": "refusal"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a trace says of one call of a model."""

    model: str
    system: tuple[str, ...]
    turns: tuple[Turn, ...]
    answer: tuple[Part, ...]
    provider: str | None = None
    """In whatever words."""

    answered_by: str | None = None
    """The model that answered, where it is said apart."""

    finish_reason: str | None = None
    tools: tuple[Tool, ...] = ()
    sampling: Mapping[str, Any] = field(default_factory=dict)
    usage: Usage | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """``recorded_at``, ``latency_s``, ``tags`` …"""


def synthesised(told: Told, position: str) -> Record:
    """The record of a call; `UnreadableError` where a part of it has no form in a request."""
    if not told.turns:
        raise UnreadableError("it holds no question: its messages were not captured")
    if not told.answer:
        raise UnreadableError("it holds no answer")
    provider = provider_named(told.provider, told.model)
    if provider == "anthropic":
        url, request, response = MESSAGES, _asked_anthropic(told), _answered_anthropic(told)
    else:
        url, request, response = CHAT[provider], _asked_openai(told), _answered_openai(told)
    response["id"] = "imported-" + hashlib.sha256(json_bytes([request, response])).hexdigest()[:24]
    kind = [(b"content-type", b"application/json")]
    interaction = CapturedInteraction(
        request=CapturedRequest("POST", url, list(kind), json_bytes(request)),
        response_status=200,
        response_headers=list(kind),
        response_extensions={},
        chunks=[CapturedChunk(json_bytes(response))],
        metadata={**told.metadata, "ending": Ending.COMPLETE.value},
    )
    return Record(interaction, position, ("url", "bytes"), synthesised=True)


def _asked_openai(told: Told) -> dict[str, Any]:
    messages = [{"role": "system", "content": text} for text in told.system]
    messages += [message for turn in told.turns for message in openai_messages(turn)]
    asked: dict[str, Any] = {"model": told.model, "messages": messages}
    asked.update(_sampled(told, _SAMPLING))
    if told.tools:
        asked["tools"] = [
            {"type": "function", "function": _definition(tool, "parameters")} for tool in told.tools
        ]
    return asked


def openai_messages(turn: Turn) -> Iterable[dict[str, Any]]:
    """A turn as messages of Chat Completions; `UnreadableError` for a part that has no form there."""
    match turn.role:
        case "tool":
            for part in turn.parts:
                if not isinstance(part, ToolResult):
                    raise UnreadableError("a tool's turn with something else than results")
                yield {
                    "role": "tool",
                    "tool_call_id": part.call_id or "call_1",
                    "content": _result_text(part),
                }
        case "assistant":
            yield openai_answer(turn.parts)
        case role:
            content = [_openai_part(part) for part in turn.parts]
            if all(part["type"] == "text" for part in content):
                yield {"role": role, "content": "".join(part["text"] for part in content)}
            else:
                yield {"role": role, "content": content}


def openai_answer(parts: Iterable[Part]) -> dict[str, Any]:
    """What a model said, as a message of Chat Completions."""
    message: dict[str, Any] = {"role": "assistant", "content": None}
    calls: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case Text(text):
                message["content"] = (message["content"] or "") + text
            case Refusal(text):
                message["refusal"] = text
            case ToolCall(name, arguments, call_id):
                text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
                function = {"name": name, "arguments": text}
                calls.append(
                    {"id": call_id or f"call_{len(calls) + 1}", "type": "function", "function": function}
                )
            case Reasoning():
                pass  # not sent back: providers that show it don't read it
            case _:
                raise UnreadableError(f"the model's turn holds {_what(part)}")
    return {**message, "tool_calls": calls} if calls else message


def _openai_part(part: Part) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Media(kind="image", url=str(url)):
            return {"type": "image_url", "image_url": {"url": url}}
    raise UnreadableError(f"a message holds {_what(part)}")


def _answered_openai(told: Told) -> dict[str, Any]:
    message = openai_answer(told.answer)
    reason = _REASONS.get(
        (told.finish_reason or "").lower(), "tool_calls" if "tool_calls" in message else "stop"
    )
    choice = {"index": 0, "message": message, "finish_reason": reason}
    answer: dict[str, Any] = {"id": "", "object": "chat.completion", "created": 0}
    answer.update(model=told.answered_by or told.model, choices=[choice])
    if (usage := told.usage) is not None:
        asked, said = usage.input + usage.cache_read + usage.cache_write, usage.output + usage.reasoning
        answer["usage"] = {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
            "prompt_tokens_details": {
                "cached_tokens": usage.cache_read,
                **({"cache_write_tokens": usage.cache_write} if usage.cache_write else {}),
            },
            "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
        }
    return answer


def _asked_anthropic(told: Told) -> dict[str, Any]:
    messages: list[dict[str, Any]] = []
    for turn in told.turns:
        role = "assistant" if turn.role == "assistant" else "user"
        content = [_anthropic_part(part) for part in turn.parts if not isinstance(part, Reasoning)]
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += content
        else:
            messages.append({"role": role, "content": content})
    for message in messages:
        if [part["type"] for part in message["content"]] == ["text"]:
            message["content"] = message["content"][0]["text"]
    asked: dict[str, Any] = {"model": told.model, "max_tokens": told.sampling.get("max_tokens") or _MOST}
    if told.system:
        asked["system"] = "\n\n".join(told.system)
    asked["messages"] = messages
    asked.update(_sampled(told, _OF_ANTHROPIC))
    if told.tools:
        asked["tools"] = [_definition(tool, "input_schema") for tool in told.tools]
    return asked


def _anthropic_part(part: Part) -> dict[str, Any]:
    match part:
        case Text(text) | Refusal(text):
            return {"type": "text", "text": text}
        case Reasoning(text):
            return {"type": "thinking", "thinking": text, "signature": ""}
        case ToolCall(name, arguments, call_id):
            return {"type": "tool_use", "id": call_id or "toolu_1", "name": name, "input": arguments}
        case ToolResult(call_id):
            said = {"type": "tool_result", "tool_use_id": call_id or "toolu_1", "content": _result_text(part)}
            return {**said, "is_error": True} if part.is_error else said
        case Media(kind="image", url=str(url)) if url.startswith("data:"):
            head, _, data = url[5:].partition(",")
            source = {"type": "base64", "media_type": head.partition(";")[0], "data": data}
            return {"type": "image", "source": source}
        case Media(kind="image", url=str(url)):
            return {"type": "image", "source": {"type": "url", "url": url}}
    raise UnreadableError(f"a message holds {_what(part)}")


def _answered_anthropic(told: Told) -> dict[str, Any]:
    content = [_anthropic_part(part) for part in told.answer]
    said = (told.finish_reason or "").lower()
    calls = any(isinstance(part, ToolCall) for part in told.answer)
    stop = said if said in _STOPS.values() else _STOPS.get(said, "tool_use" if calls else "end_turn")
    answer: dict[str, Any] = {"id": "", "type": "message", "role": "assistant"}
    answer.update(model=told.answered_by or told.model, content=content, stop_reason=stop, stop_sequence=None)
    if (usage := told.usage) is not None:
        answer["usage"] = {
            "input_tokens": usage.input,
            "cache_read_input_tokens": usage.cache_read,
            "cache_creation_input_tokens": usage.cache_write,
            "output_tokens": usage.output + usage.reasoning,
        }
    return answer


def _definition(tool: Tool, schema: str) -> dict[str, Any]:
    told = {"name": tool.name, "description": tool.description, schema: tool.parameters or {"type": "object"}}
    return {name: value for name, value in told.items() if value is not None}


def _sampled(told: Told, names: Iterable[str]) -> dict[str, Any]:
    return {name: told.sampling[name] for name in names if told.sampling.get(name) is not None}


def _result_text(result: ToolResult) -> str:
    if any(not isinstance(part, Text) for part in result.parts):
        raise UnreadableError("a tool's result that is more than text")
    return "".join(part.text for part in result.parts if isinstance(part, Text))


def _what(part: Part) -> str:
    kind = getattr(part, "kind", None) or type(part).__name__.lower()
    return f"{kind!r}, which is not written here"
