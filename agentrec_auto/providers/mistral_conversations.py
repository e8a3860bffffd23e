"""Mistral Conversations (and Agents): a question is a list of entries, and so is its answer.

Source: API reference "Conversations"; mistralai 3.7.0, ``client/models/conversationrequest.py`` and
``conversationevents.py``. A conversation is kept at Mistral and appended to, unless ``store`` is false.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    Other,
    Part,
    Question,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.openai_parts import (
    content,
    response_format,
    sampling,
    tool_choice,
    tools,
    usage,
)
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset("model inputs instructions tools completion_args stream name description".split())  # noqa: SIM905
_KNOWN_ARGS = frozenset(
    """
    stop presence_penalty frequency_penalty temperature top_p max_tokens random_seed response_format
    tool_choice reasoning_effort
    """.split()  # noqa: SIM905
)
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}


class MistralConversations(Dialect):
    name = "mistral_conversations"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and "inputs" in call.document and "/conversations" in call.path

    def question(self, call: Call) -> Question:
        document = call.document
        asked = document.get("inputs")
        if isinstance(asked, str):
            asked = [{"role": "user", "content": asked}]
        if not isinstance(asked, list):
            raise DecodeError("the request body has no inputs")
        args = reading.members(document.get("completion_args"))
        labels = {f"conversation.{name}": document.get(name) for name in ("name", "description")}
        return Question(
            model=call.model,
            turns=tuple(map(_turn, reading.objects(asked))),
            system=reading.words(document.get("instructions")),
            tools=tools(document.get("tools")),
            tool_choice=tool_choice(args.get("tool_choice")),
            response_format=response_format(args.get("response_format")),
            sampling=sampling(args),
            continues=_kept(call.path),
            streamed=call.streamed,
            rest={
                **reading.rest(document, _KNOWN),
                **reading.rest(args, _KNOWN_ARGS),
                **reading.rest(labels, frozenset()),
            },
        )

    def read(self, document: Any) -> Answer:
        document = reading.members(document)
        if not isinstance(document.get("outputs"), list):
            raise DecodeError("the response has no outputs")
        entries = list(reading.objects(document["outputs"]))
        parts = tuple(part for entry in entries for part in _parts(entry))
        raw = reading.members(document.get("usage")) or None
        called = any(isinstance(part, ToolCall) for part in parts)
        return Answer(
            choices=(Choice(parts, "tool_calls" if called else "stop"),),
            usage=usage(raw),
            model=next((model for one in entries if (model := reading.word(one.get("model")))), None),
            raw_usage=raw,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        entries: dict[int, dict[str, Any]] = {}
        document: dict[str, Any] = {}
        is_whole = False
        for event in stream:
            told = reading.members(event.document)
            place = reading.count(told.get("output_index"))
            match told.get("type") or event.name:
                case "conversation.response.done":
                    document["usage"], is_whole = told.get("usage"), True
                case "conversation.response.error":
                    raise DecodeError(f"the provider answered with an error: {told.get('message')}")
                case "message.output.delta":
                    entry = entries.setdefault(place, {**told, "type": "message.output", "content": []})
                    _add(entry["content"], told.get("content"))
                case "function.call.delta":
                    entry = entries.setdefault(place, {**told, "type": "function.call", "arguments": ""})
                    entry["arguments"] += reading.text(told.get("arguments"))
                case "tool.execution.started" | "tool.execution.done" as kind:
                    entry = entries.setdefault(place, {})
                    entry.update({**told, "type": kind.rpartition(".")[0]})
                case "agent.handoff.started" | "agent.handoff.done":
                    entries.setdefault(place, {**told, "type": "agent.handoff"})
        if entries or is_whole:
            document["outputs"] = [entries[place] for place in sorted(entries)]
        return Folded(document, is_whole)


def _kept(path: str) -> str | None:
    """The conversation that the path names; None where one is begun."""
    return reading.word(path.partition("/conversations")[2].strip("/"))


def _turn(entry: dict[str, Any]) -> Turn:
    """One entry of the inputs."""
    match entry.get("type") or "message.input":
        case "message.input":
            role = _ROLES.get(reading.text(entry.get("role")))
            if role is None:
                raise DecodeError(f"unsupported role {entry.get('role')!r}")
            return Turn(role, content(entry.get("content")))
        case "function.result":
            result = (Text(reading.json_text(entry.get("result"))),)
            return Turn("tool", (ToolResult(reading.word(entry.get("tool_call_id")), result),))
        case _:
            return Turn("assistant", _parts(entry))


def _parts(entry: dict[str, Any]) -> tuple[Part, ...]:
    """The parts of one entry that a model, or Mistral, wrote."""
    match entry.get("type"):
        case "message.output":
            return content(entry.get("content"))
        case "function.call":
            name, call_id = reading.text(entry.get("name")), reading.word(entry.get("tool_call_id"))
            return (ToolCall(name, reading.arguments(entry.get("arguments")), call_id),)
        case kind:
            return (Other(str(kind), entry),)


def _add(parts: list[Any], piece: Any) -> None:
    """A piece of a message: texts that follow one another are one."""
    if isinstance(piece, str):
        piece = {"type": "text", "text": piece}
    last = parts[-1] if parts else {}
    if reading.members(piece).get("type") == "text" == last.get("type"):
        parts[-1] = {**last, "text": reading.text(last.get("text")) + reading.text(piece.get("text"))}
    elif isinstance(piece, dict):
        parts.append(piece)
