"""Messages in the spellings that traces have, into turns.

OpenAI       {role, content, tool_calls: [{id, function: {name, arguments}}]} · {role: tool, tool_call_id}
Anthropic    {role, content: [{type: text | tool_use | tool_result | thinking | image}]}
LangChain    {lc, id: […, HumanMessage], kwargs} · {type: human, data} · {type: ai, content, tool_calls}
OpenTelemetry, Gemini   {role, parts: [{type: text | tool_call | tool_call_response, content}]}
a bare text, which is the user's, or the model's where an answer is read
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agentrec_auto.importers.record import UnreadableError
from agentrec_auto.providers import media, reading
from agentrec_auto.providers.conversation import (
    Media,
    MediaKind,
    Other,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("system", "developer", "systemmessage"), "system"),
    **dict.fromkeys(("user", "human", "humanmessage", "chatmessage", "generic"), "user"),
    **dict.fromkeys(("assistant", "ai", "model", "aimessage", "aimessagechunk"), "assistant"),
    **dict.fromkeys(("tool", "function", "toolmessage", "functionmessage"), "tool"),
}
_IMAGES = ("image", "image_url", "input_image", "blob", "uri", "inline_data", "inlineData")


def loaded(value: Any) -> Any:
    """What stands in a text as JSON; another value as it is. Traces quote JSON in JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def turns(value: Any, bare: Role = "user") -> list[Turn]:
    """The turns in a list of messages, in one message, or in a text, which ``bare`` then said."""
    value = loaded(value)
    if isinstance(value, str):
        return [Turn(bare, (Text(value),))]
    if isinstance(value, dict):
        return list(_turns(value, bare))
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], list):  # LangChain has a list of conversations
            value = value[0]
        if value and all(isinstance(one, dict) and _is_part(one) for one in value):
            return [Turn(bare, tuple(part(one) for one in value))]
        return [turn for one in value for turn in turns(one, bare)]
    raise UnreadableError(f"messages that are {type(value).__name__}")


def system_apart(told: list[Turn]) -> tuple[tuple[str, ...], tuple[Turn, ...]]:
    """What the model is told beforehand, and the turns after it."""
    count = next((at for at, turn in enumerate(told) if turn.role != "system"), len(told))
    return tuple(turn.text for turn in told[:count]), tuple(told[count:])


def tools(value: Any) -> tuple[Tool, ...]:
    """Tool definitions, nested as OpenAI's or flat as Anthropic's and OpenTelemetry's."""
    found = []
    for one in reading.objects(loaded(value)):
        told = reading.members(one.get("function")) or one
        name = reading.word(told.get("name"))
        schema = loaded(reading.first_of(told, "parameters", "input_schema", "inputSchema"))
        if name:
            found.append(Tool(name, reading.word(told.get("description")), schema))
    return tuple(found)


def _turns(message: dict[str, Any], bare: Role) -> Iterator[Turn]:
    role, message = _opened(message, bare)
    parts = tuple(_parts(message))
    if role == "tool":
        yield Turn("tool", tuple(_results(message, parts)))
        return
    results = tuple(part for part in parts if isinstance(part, ToolResult))
    if results:
        yield Turn("tool", results)
    rest = tuple(part for part in parts if not isinstance(part, ToolResult))
    if rest or not results:
        yield Turn(role, rest, reading.word(message.get("name")) if role == "user" else None)


def _opened(message: dict[str, Any], bare: Role) -> tuple[Role, dict[str, Any]]:
    """Whose message it is, and the object that has its content."""
    match message:
        case {"lc": _, "id": [*_, str(kind)], "kwargs": dict(inner)}:
            name, message = kind, inner
        case {"type": str(kind), "data": dict(inner)}:
            name, message = kind, inner
        case {"role": str(kind)}:
            name = kind
        case {"type": str(kind)} if kind.lower() in _ROLES:
            name = kind
        case {"message": dict(inner)}:
            return _opened(inner, bare)
        case _:
            name = bare
    role = _ROLES.get(name.lower())
    if role is None:
        raise UnreadableError(f"a message of {name!r}, whoever that is")
    return role, message


def _parts(message: dict[str, Any]) -> Iterator[Part]:
    if thought := reading.text(reading.first_of(message, "reasoning_content", "reasoning")):
        yield Reasoning(thought)
    content = loaded_parts(reading.first_of(message, "content", "parts", "text"))
    parts = [part(one) for one in content]
    yield from parts
    if refusal := reading.word(message.get("refusal")):
        yield Refusal(refusal)
    known = {part.id for part in parts if isinstance(part, ToolCall)}
    extra = reading.members(message.get("additional_kwargs"))
    for call in reading.objects(message.get("tool_calls") or extra.get("tool_calls")):
        if (made := _call(call)).id is None or made.id not in known:
            yield made
    if legacy := reading.members(message.get("function_call") or extra.get("function_call")):
        yield _call(legacy)


def loaded_parts(content: Any) -> list[Any]:
    """A message's content as a list of parts; a text that is JSON stays one: the user may have written it."""
    if content is None or content == "":
        return []
    return content if isinstance(content, list) else [content]


def _results(message: dict[str, Any], parts: tuple[Part, ...]) -> Iterator[ToolResult]:
    if any(isinstance(one, ToolResult) for one in parts):
        yield from (one for one in parts if isinstance(one, ToolResult))
        return
    call_id = reading.word(reading.first_of(message, "tool_call_id", "call_id", "id"))
    yield ToolResult(call_id, parts, reading.word(message.get("name")), message.get("status") == "error")


def _is_part(value: dict[str, Any]) -> bool:
    kind = value.get("type")
    return "role" not in value and kind in (
        "text",
        "output_text",
        "input_text",
        "tool_use",
        "thinking",
        *_IMAGES,
    )


def part(value: Any) -> Part:
    """One content part."""
    if not isinstance(value, dict):
        return Text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    kind = str(value.get("type") or "")
    match kind:
        case "text" | "input_text" | "output_text":
            return Text(reading.text(reading.first_of(value, "text", "content")))
        case "reasoning" | "thinking":
            said = reading.first_of(value, "thinking", "content", "reasoning", "text")
            return Reasoning(reading.text(said))
        case "tool_use" | "tool_call" | "tool-call" | "function_call":
            return _call(value)
        case "tool_result" | "tool-result" | "tool_call_response" | "function_call_output":
            call_id = reading.first_of(value, "tool_use_id", "tool_call_id", "toolCallId", "call_id", "id")
            said = reading.first_of(value, "content", "response", "result", "output")
            told = tuple(part(one) for one in loaded_parts(said))
            return ToolResult(reading.word(call_id), told, is_error=value.get("is_error") is True)
        case "refusal":
            return Refusal(reading.text(value.get("refusal")))
    if "functionCall" in value or "function_call" in value:
        return _call(reading.members(reading.first_of(value, "functionCall", "function_call")))
    if not kind and isinstance(text := reading.first_of(value, "text", "content"), str):
        return Text(text)
    return _media(kind, value) or Other(kind or "an object", value)


def _call(value: dict[str, Any]) -> ToolCall:
    told = reading.members(value.get("function")) or value
    arguments = reading.first_of(told, "arguments", "args", "input")
    return ToolCall(
        reading.text(reading.first_of(told, "name", "toolName")),
        reading.arguments(arguments),
        reading.word(reading.first_of(value, "id", "call_id", "tool_call_id", "toolCallId")),
    )


def _media(kind: str, value: dict[str, Any]) -> Media | None:
    """An image or a file, by its URL or with its bytes."""
    source = reading.members(reading.first_of(value, "source", "inline_data", "inlineData")) or value
    media_type = reading.word(reading.first_of(source, "media_type", "mime_type", "mimeType", "mediaType"))
    medium: MediaKind = media.kind_of(media_type) if media_type else "image"
    target = reading.first_of(value, "image_url", "uri", "url") or source.get("url")
    url = target.get("url") if isinstance(target, dict) else target
    if isinstance(url, str) and (kind in _IMAGES or url.startswith("data:")):
        return media.from_url(medium, url, media_type=media_type)
    data = reading.first_of(source, "data", "base64", "content")
    if isinstance(data, str) and kind in (*_IMAGES, "") and media_type:
        return media.from_base64(medium, media_type, data)
    return None
