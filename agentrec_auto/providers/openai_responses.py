"""OpenAI Responses: a question is a list of items, and so is its answer.

Source: API reference "Responses", and its streaming events. The last event carries the whole response; a
torn stream is laid together from the items that were done and the deltas of those that were not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import media, reading
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    FinishReason,
    Other,
    Part,
    Question,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.openai_parts import (
    content,
    refused,
    response_format,
    sampling,
    tool_choice,
    tools,
    usage,
)
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    """
    model input instructions tools tool_choice text stream stream_options temperature top_p max_output_tokens
    reasoning previous_response_id conversation
    """.split()  # noqa: SIM905
)
_ROLES: dict[str, Role] = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
    "developer": "system",
}
_INCOMPLETE: dict[str, FinishReason] = {"max_output_tokens": "length", "content_filter": "filtered"}
_LAST = ("response.completed", "response.incomplete")


class OpenAIResponses(Dialect):
    name = "openai_responses"
    piece = re.compile(r'"delta":\s?"')

    def recognises(self, call: Call) -> bool:
        document = call.document
        if call.method != "POST" or "messages" in document:
            return False
        return call.path.endswith("/responses") or isinstance(document.get("input"), (str, list))

    def question(self, call: Call) -> Question:
        document = call.document
        system = [text] if (text := reading.word(document.get("instructions"))) else []
        turns: list[Turn] = []
        asked = document.get("input")
        if isinstance(asked, str):
            turns.append(Turn("user", (Text(asked),)))
        elif not isinstance(asked, list) and "prompt" not in document and not _continues(document):
            raise DecodeError("the request body has no input")
        for item in reading.objects(asked):
            turn = _turn(item)
            if turn.role == "system" and not turns:
                system.append(turn.text)
            else:
                turns.append(turn)
        effort = reading.members(document.get("reasoning")).get("effort")
        return Question(
            model=call.model,
            turns=tuple(turns),
            system=tuple(system),
            tools=tools(document.get("tools")),
            tool_choice=tool_choice(document.get("tool_choice")),
            response_format=response_format(reading.members(document.get("text")).get("format")),
            sampling=sampling({**document, "reasoning_effort": effort} if effort else document),
            continues=_continues(document),
            streamed=call.streamed,
            rest={
                **reading.rest(document, _KNOWN),
                **reading.inner_rest(document, "text", frozenset({"format"})),
                **reading.inner_rest(document, "reasoning", frozenset({"effort"})),
            },
        )

    def read(self, document: Any) -> Answer:
        document = reading.members(document)
        if not isinstance(document.get("output"), list):
            raise DecodeError("the response has no output")
        parts = [part for item in reading.objects(document["output"]) for part in _answered(item)]
        raw = reading.members(document.get("usage")) or None
        status = reading.word(document.get("status"))
        reason = reading.word(reading.members(document.get("incomplete_details")).get("reason"))
        finish: FinishReason | None = None
        if reason or status == "incomplete":
            finish = _INCOMPLETE.get(reason or "", "other")
        elif status == "completed":
            finish = "tool_calls" if any(isinstance(part, ToolCall) for part in parts) else "stop"
        elif status in ("failed", "cancelled"):
            finish = "error"
        return Answer(
            choices=(Choice(tuple(parts), refused(parts, finish), reason or status),),
            usage=usage(raw),
            model=reading.word(document.get("model")),
            is_whole=status not in ("in_progress", "queued"),
            raw_usage=raw,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        response: dict[str, Any] = {}
        items: dict[int, dict[str, Any]] = {}
        is_whole = False
        for event in stream:
            told = reading.members(event.document)
            kind = told.get("type") or event.name
            if isinstance(whole := told.get("response"), dict):
                response = whole
                is_whole = kind in _LAST
            elif kind in ("response.output_item.added", "response.output_item.done"):
                items[reading.count(told.get("output_index"))] = dict(reading.members(told.get("item")))
            elif isinstance(piece := told.get("delta"), str):
                _lay(items.setdefault(reading.count(told.get("output_index")), {}), str(kind), piece)
        if items and not response.get("output"):
            response = {**response, "output": [items[index] for index in sorted(items)]}
        if response.get("status") == "failed":
            is_whole = False
        return Folded(response, is_whole)


def _continues(document: dict[str, Any]) -> str | None:
    conversation = document.get("conversation")
    if isinstance(conversation, dict):
        conversation = conversation.get("id")
    return reading.word(document.get("previous_response_id")) or reading.word(conversation)


def _turn(item: dict[str, Any]) -> Turn:
    """One item of the input."""
    kind = item.get("type") or "message"
    if kind == "message":
        role = _ROLES.get(reading.text(item.get("role")))
        if role is None:
            raise DecodeError(f"unsupported role {item.get('role')!r}")
        return Turn(role, content(item.get("content")))
    if kind in ("function_call_output", "custom_tool_call_output"):
        return Turn("tool", (ToolResult(reading.word(item.get("call_id")), content(item.get("output"))),))
    return Turn("assistant", _answered(item))


def _answered(item: dict[str, Any]) -> tuple[Part, ...]:
    """The parts of one item that a model wrote."""
    call_id, name = reading.word(item.get("call_id")), reading.text(item.get("name"))
    match item.get("type"):
        case "message":
            return content(item.get("content"))
        case "function_call":
            return (ToolCall(name, reading.arguments(item.get("arguments")), call_id),)
        case "custom_tool_call":
            return (ToolCall(name, reading.text(item.get("input")), call_id),)
        case "reasoning":
            told = content(item.get("content")) or content(item.get("summary"))
            said = "\n\n".join(part.text for part in told if isinstance(part, Text))
            return (Reasoning(said, is_hidden=not item.get("content")),)
        case "image_generation_call":
            form = reading.word(item.get("output_format")) or "png"
            return (media.from_base64("image", f"image/{form}", item.get("result")),)
        case kind:
            return (Other(str(kind), item),)


def _lay(item: dict[str, Any], kind: str, piece: str) -> None:
    """Add a delta to an item that was not done."""
    match kind:
        case "response.output_text.delta" | "response.refusal.delta":
            name = "text" if kind == "response.output_text.delta" else "refusal"
            item.setdefault("type", "message")
            parts = item["content"] = list(item.get("content") or [])
            if not parts or name not in parts[-1]:
                parts.append({"type": "output_text" if name == "text" else "refusal", name: ""})
            parts[-1] = {**parts[-1], name: parts[-1][name] + piece}
        case "response.function_call_arguments.delta":
            item["arguments"] = reading.text(item.get("arguments")) + piece
        case "response.custom_tool_call_input.delta":
            item["input"] = reading.text(item.get("input")) + piece
        case "response.reasoning_summary_text.delta":
            item["summary"] = [{"type": "summary_text", "text": _said(item.get("summary")) + piece}]
        case "response.reasoning_text.delta":
            item["content"] = [{"type": "reasoning_text", "text": _said(item.get("content")) + piece}]


def _said(parts: Any) -> str:
    return "".join(reading.text(part.get("text")) for part in reading.objects(parts))
