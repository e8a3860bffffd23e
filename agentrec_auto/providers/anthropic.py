"""Anthropic Messages, wherever served: Anthropic, Vertex (``rawPredict``), Bedrock (InvokeModel), gateways.

Source: API reference "Messages", and "Streaming messages".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import media, reading
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    FinishReason,
    Media,
    MediaKind,
    Other,
    Part,
    Question,
    Reasoning,
    ResponseFormat,
    Role,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
    Usage,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    """
    model messages system tools tool_choice max_tokens temperature top_p top_k stop_sequences stream thinking
    output_format output_config anthropic_version
    """.split()  # noqa: SIM905
)
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
_FINISH: dict[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "pause_turn": "paused",
    "refusal": "refusal",
}
_PIECES = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
"""What kind of delta adds to which member of its block (``partial_json`` becomes ``input``)."""


class Anthropic(Dialect):
    name = "anthropic"
    piece = re.compile(r'"delta":\s?\{"type":\s?"\w+",\s?"(?:text|thinking|partial_json)":\s?"')

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and isinstance(call.document.get("messages"), list)

    def question(self, call: Call) -> Question:
        document = call.document
        messages = document.get("messages")
        if not isinstance(messages, list):
            raise DecodeError("the request body has no messages list")
        return Question(
            model=call.model,
            turns=tuple(turn for message in reading.objects(messages) for turn in _turns(message)),
            system=tuple(_system(document.get("system"))),
            tools=tuple(_tool(tool) for tool in reading.objects(document.get("tools"))),
            tool_choice=_tool_choice(reading.members(document.get("tool_choice"))),
            response_format=_response_format(document),
            sampling=_sampling(document),
            streamed=call.streamed,
            rest={
                **reading.rest(document, _KNOWN),
                **reading.inner_rest(document, "thinking", frozenset({"budget_tokens", "type"})),
                **reading.inner_rest(document, "output_config", frozenset({"format", "effort"})),
                **_one_call(reading.members(document.get("tool_choice"))),
            },
        )

    def read(self, document: Any) -> Answer:
        document = reading.members(document)
        if not isinstance(document.get("content"), list):
            raise DecodeError("the response has no content blocks")
        raw = reading.word(document.get("stop_reason"))
        counted = reading.members(document.get("usage")) or None
        parts = tuple(_part(block) for block in reading.objects(document["content"]))
        return Answer(
            choices=(Choice(parts, _FINISH.get(raw, "other") if raw else None, raw),),
            usage=_usage(counted),
            model=reading.word(document.get("model")),
            raw_usage=counted,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        message: dict[str, Any] = {}
        blocks: dict[int, dict[str, Any]] = {}
        is_whole = seen = False
        for event in stream:
            told = reading.members(event.document)
            seen = seen or bool(told)
            match told.get("type"):
                case "message_start":
                    message.update(reading.members(told.get("message")))
                case "content_block_start":
                    blocks[reading.count(told.get("index"))] = dict(
                        reading.members(told.get("content_block"))
                    )
                case "content_block_delta":
                    block = blocks.setdefault(reading.count(told.get("index")), {"type": "text"})
                    delta = reading.members(told.get("delta"))
                    if name := _PIECES.get(reading.text(delta.get("type"))):
                        block[name] = reading.text(block.get(name)) + reading.text(delta.get(name))
                case "message_delta":
                    delta = reading.members(told.get("delta"))
                    is_whole = is_whole or bool(delta.get("stop_reason"))
                    message.update(delta)
                    counted = reading.members(told.get("usage"))
                    message["usage"] = {**reading.members(message.get("usage")), **counted}
                case "message_stop":
                    is_whole = True
        if seen:
            message["content"] = [_closed(blocks[index]) for index in sorted(blocks)]
        return Folded(message, is_whole)


def _closed(block: dict[str, Any]) -> dict[str, Any]:
    """A block whose input came in pieces, with the input in its place."""
    if "partial_json" in block:
        block["input"] = reading.arguments(block.pop("partial_json"))
    return block


def _system(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [reading.text(block.get("text")) for block in reading.objects(value)]


def _turns(message: dict[str, Any]) -> Iterable[Turn]:
    """One message: the tool results in it are a turn of their own."""
    role = _ROLES.get(reading.text(message.get("role")))
    if role is None:
        raise DecodeError(f"unsupported role {message.get('role')!r}")
    parts = _parts(message.get("content"))
    results = tuple(part for part in parts if isinstance(part, ToolResult))
    if results:
        yield Turn("tool", results)
    if others := tuple(part for part in parts if not isinstance(part, ToolResult)):
        yield Turn(role, others)
    elif not results:
        yield Turn(role, ())


def _parts(content: Any) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (Text(content),)
    return tuple(_part(block) for block in reading.objects(content))


def _part(block: dict[str, Any]) -> Part:
    match block.get("type"):
        case "text":
            return Text(reading.text(block.get("text")))
        case "thinking":
            return Reasoning(reading.text(block.get("thinking")))
        case "redacted_thinking":
            return Reasoning("", is_hidden=True)
        case "image" | "document" as kind:
            title = reading.word(block.get("title"))
            return _media("image" if kind == "image" else "file", reading.members(block.get("source")), title)
        case "tool_use":
            name, call_id = reading.text(block.get("name")), reading.word(block.get("id"))
            return ToolCall(name, reading.arguments(block.get("input")), call_id)
        case "tool_result":
            call_id, is_error = reading.word(block.get("tool_use_id")), block.get("is_error") is True
            return ToolResult(call_id, _parts(block.get("content")), is_error=is_error)
        case kind:
            return Other(str(kind), block)


def _media(kind: MediaKind, source: dict[str, Any], name: str | None) -> Media:
    media_type = reading.word(source.get("media_type"))
    match source.get("type"):
        case "base64":
            return media.from_base64(kind, media_type, source.get("data"), name)
        case "text":
            text = reading.text(source.get("data")).encode("utf-8", "surrogatepass")
            return media.from_bytes(kind, media_type or "text/plain", text, name)
        case "content":
            said = reading.json_text(source.get("content"))
            blocks = media.from_bytes(kind, None, said.encode("utf-8", "surrogatepass"), name)
            return replace(blocks, data=None)  # no file: blocks
        case _:
            return media.from_url(kind, source.get("url") or source.get("file_id"), name, media_type)


def _tool(tool: dict[str, Any]) -> Tool:
    name, description = reading.text(tool.get("name")), reading.word(tool.get("description"))
    kind = reading.text(tool.get("type")) or "custom"
    if kind == "custom":
        strict = tool.get("strict")
        schema = tool.get("input_schema")
        return Tool(name, description, schema, strict=strict if isinstance(strict, bool) else None)
    settings = {key: value for key, value in tool.items() if key not in ("type", "name", "cache_control")}
    return Tool(name or kind, description, kind=kind, settings=settings)


def _tool_choice(choice: dict[str, Any]) -> ToolChoice | None:
    match choice.get("type"):
        case "auto":
            return ToolChoice("auto")
        case "none":
            return ToolChoice("none")
        case "any":
            return ToolChoice("required")
        case "tool":
            return ToolChoice("named", reading.text(choice.get("name")))
        case _:
            return None


def _one_call(choice: dict[str, Any]) -> dict[str, Any]:
    """Whether tools are called one at a time, in the word of the other dialects."""
    return {"parallel_tool_calls": False} if choice.get("disable_parallel_tool_use") is True else {}


def _response_format(document: dict[str, Any]) -> ResponseFormat | None:
    told = document.get("output_format") or reading.members(document.get("output_config")).get("format")
    told = reading.members(told)
    return ResponseFormat("schema", told.get("schema")) if told.get("type") == "json_schema" else None


def _sampling(document: dict[str, Any]) -> Sampling:
    thinking = reading.members(document.get("thinking"))
    effort = reading.word(reading.members(document.get("output_config")).get("effort"))
    return Sampling(
        temperature=reading.number(document.get("temperature")),
        top_p=reading.number(document.get("top_p")),
        top_k=reading.number(document.get("top_k")),
        max_tokens=reading.integer(document.get("max_tokens")),
        stop=reading.words(document.get("stop_sequences")),
        reasoning=reading.integer(thinking.get("budget_tokens")) or effort,
    )


def _usage(raw: dict[str, Any] | None) -> Usage | None:
    """Cached tokens are counted beside ``input_tokens``; thinking within the output, unless told apart.

    Where a request took several passes (the history was compacted first), all are billed, but only the last
    stands in front: their sum is in ``iterations``.
    """
    if raw is None:
        return None
    passes = list(reading.objects(raw.get("iterations"))) or [raw]
    details = reading.members(raw.get("output_tokens_details"))
    thought = reading.count(reading.first_of(details, "thinking_tokens", "reasoning_tokens"))

    def counted(name: str) -> int:
        return sum(reading.count(one.get(name)) for one in passes)

    return Usage(
        input=counted("input_tokens"),
        cache_read=counted("cache_read_input_tokens"),
        cache_write=counted("cache_creation_input_tokens"),
        output=max(counted("output_tokens") - thought, 0),
        reasoning=thought,
    )
