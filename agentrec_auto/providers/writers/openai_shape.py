"""What the APIs shaped like OpenAI's have in common, where they are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import (
    Media,
    Part,
    Question,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.writers import carrying, schemas
from agentrec_auto.providers.writers.drawing import drop, nearest_effort, note_effort
from agentrec_auto.providers.writers.models import GPT
from agentrec_auto.providers.writers.preparing import joined
from agentrec_auto.providers.writing import Notes

SAMPLERS = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "logit_bias")


def system(question: Question) -> str | None:
    """What the model is told beforehand, as one text: not every server takes several."""
    return "\n\n".join(filter(None, question.system)) or None


def arguments(call: ToolCall) -> str:
    """A call's arguments as the text that these APIs send."""
    if isinstance(call.arguments, str):
        return call.arguments
    return json.dumps(call.arguments, ensure_ascii=False, separators=(",", ":"))


def function_call(call: ToolCall) -> dict[str, Any]:
    """``{"id", "type": "function", "function": {…}}``."""
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments(call)},
    }


def function(tool: Tool) -> dict[str, Any]:
    """A tool's definition, without what surrounds it."""
    told: dict[str, Any] = {"name": tool.name}
    if tool.description:
        told["description"] = tool.description
    told["parameters"] = schemas.no_arguments(tool.parameters)
    return told


def nested(tool: Tool, notes: Notes, *, strict: bool = True) -> dict[str, Any]:
    """``{"type": "function", "function": {…}}``."""
    told = function(tool)
    if tool.strict is not None and strict:
        told["strict"] = tool.strict
    elif tool.strict:
        notes.say("arguments of tools are not made to fit their schemas (strict)")
    return {"type": "function", "function": told}


def offered(question: Question, notes: Notes, *, why: str) -> tuple[Tool, ...]:
    """The tools that may be called: where an API can't restrict them otherwise, the others aren't offered."""
    choice = question.tool_choice
    if choice is None or not choice.allowed:
        return question.tools
    notes.say(f"only the tools that may be called are offered: {why}")
    return tuple(tool for tool in question.tools if tool.name in choice.allowed)


def choice_word(choice: ToolChoice, required: str = "required") -> str | dict[str, Any]:
    """``"auto"``, ``"none"``, ``"required"`` or one by name."""
    match choice.mode:
        case "named":
            return {"type": "function", "function": {"name": choice.name}}
        case "required":
            return required
        case mode:
            return mode


def tool_text(result: ToolResult, title: str, notes: Notes) -> str:
    """A tool's result where it can only be a text."""
    if result.is_error:
        notes.say(f"that a tool's result is an error is left out: {title} can't say so")
    texts = []
    for part in result.parts:
        if not isinstance(part, Text):
            raise UnsupportedRequestError(f"a tool's result that is no text has no counterpart in {title}")
        texts.append(part.text)
    return "".join(texts)


def chat_messages(
    turns: Iterable[Turn], title: str, notes: Notes, *, file_parts: bool = True
) -> Iterator[dict[str, Any]]:
    """Turns as messages: what the model said at once is one message, each tool's result one of its own."""
    for turn in joined(turns, "assistant"):
        match turn.role:
            case "tool":
                for part in turn.parts:
                    if isinstance(part, ToolResult):
                        said = tool_text(part, title, notes)
                        yield {"role": "tool", "tool_call_id": part.call_id, "content": said}
            case "assistant":
                yield _assistant(turn, title)
            case role:
                message = {"role": role, "content": _content(turn.parts, title, file_parts)}
                yield {**message, "name": turn.name} if turn.name else message


def _assistant(turn: Turn, title: str) -> dict[str, Any]:
    texts = [part.text for part in turn.parts if isinstance(part, Text)]
    calls = [function_call(part) for part in turn.parts if isinstance(part, ToolCall)]
    if len(texts) + len(calls) < len(turn.parts):
        raise UnsupportedRequestError(f"an image or a file of the model's own has no counterpart in {title}")
    several = [{"type": "text", "text": text} for text in texts]
    message: dict[str, Any] = {
        "role": "assistant",
        "content": texts[0] if len(texts) == 1 else several or None,
    }
    if calls:
        message["tool_calls"] = calls
    return {**message, "name": turn.name} if turn.name else message


def _content(parts: tuple[Part, ...], title: str, file_parts: bool) -> str | list[dict[str, Any]]:
    if not parts:
        return ""
    if len(parts) == 1 and isinstance(parts[0], Text):
        return parts[0].text
    return [_part(part, title, file_parts) for part in parts]


def _part(part: Part, title: str, file_parts: bool) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Media(kind="image"):
            image = {"url": carrying.data_url(part)}
            return {
                "type": "image_url",
                "image_url": {**image, "detail": part.detail} if part.detail else image,
            }
        case Media(kind="audio"):
            form = carrying.audio_format(part, title)
            return {"type": "input_audio", "input_audio": {"data": part.data, "format": form}}
        case Media(kind="file") if part.data is not None and file_parts:
            name = part.name or f"file.{carrying.media_type(part).rpartition('/')[2]}"
            return {"type": "file", "file": {"filename": name, "file_data": carrying.data_url(part)}}
        case Media():
            raise carrying.refused(part, title)
        case _:
            raise UnsupportedRequestError(f"a message of this kind has no counterpart in {title}")


def fit_gpt(body: dict[str, Any], model: str, effort: str | None, notes: Notes) -> str | None:
    """What OpenAI's models that reason refuse; gives the effort that the model takes."""
    told = GPT.of(model)
    if told is None:
        return effort
    if effort is not None and not told.reasons:
        if effort != "none":
            notes.say(f"reasoning effort {effort!r} left out: {model} doesn't reason")
        return None
    if effort is not None:
        effort, asked = nearest_effort(effort, told.efforts), effort
        note_effort(asked, effort, notes)
    thinks = effort not in (None, "none") if not told.always else effort != "none"
    if told.reasons and thinks and "gpt-oss" not in model:
        for name in ("temperature", "top_p"):
            if body.get(name) == 1:  # what holds anyway
                del body[name]
        drop(body, (*SAMPLERS, "logprobs", "top_logprobs"), f"{model} takes none while it reasons", notes)
        drop(body, ("stop",), f"{model} takes none", notes)
    return effort
