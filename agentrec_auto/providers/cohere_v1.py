"""Cohere, version 1: Chat (one message and a history) and Generate.

Source: API reference "Chat API (V1)" and "Generate". Streams are JSON by the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import reading
from agentrec_auto.providers.cohere import FINISH, cohere_sampling, cohere_usage
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    Other,
    Part,
    Question,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.openai_parts import response_format
from agentrec_auto.providers.reading import members
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    """
    model message prompt preamble chat_history documents tools tool_results response_format stream temperature
    p k max_tokens seed stop_sequences frequency_penalty presence_penalty num_generations
    """.split()  # noqa: SIM905
)
_ROLES: dict[str, Role] = {"USER": "user", "CHATBOT": "assistant", "SYSTEM": "system", "TOOL": "tool"}


class CohereV1(Dialect):
    name = "cohere_v1"

    def recognises(self, call: Call) -> bool:
        document = call.document
        return call.method == "POST" and isinstance(document.get("message", document.get("prompt")), str)

    def question(self, call: Call) -> Question:
        document = call.document
        message = reading.text(reading.first_of(document, "message", "prompt"))
        turns = [_turn(one) for one in reading.objects(document.get("chat_history"))]
        if documents := document.get("documents"):
            turns.insert(0, Turn("user", (Other("documents", documents),)))
        if results := _results(document.get("tool_results")):
            turns.append(Turn("tool", results))
        if message:
            turns.append(Turn("user", (Text(message),)))
        return Question(
            model=call.model,
            turns=tuple(turns),
            system=reading.words(document.get("preamble")),
            tools=tuple(_tool(tool) for tool in reading.objects(document.get("tools"))),
            response_format=response_format(document.get("response_format")),
            sampling=cohere_sampling(document),
            task="chat" if "message" in document else "completion",
            streamed=call.streamed,
            rest=reading.rest(document, _KNOWN),
        )

    def read(self, document: Any) -> Answer:
        document = members(document)
        counted = members(document.get("meta")) or None
        generations = list(reading.objects(document.get("generations")))
        if not generations:
            if not isinstance(document.get("text"), str):
                raise DecodeError("the response has no text")
            generations = [document]
        return Answer(
            choices=tuple(_choice(one) for one in generations),
            usage=cohere_usage(counted),
            raw_usage=counted,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        for event in stream:
            told = members(event.document)
            match told.get("event_type"):
                case "text-generation":
                    document["text"] = reading.text(document.get("text")) + reading.text(told.get("text"))
                case "tool-calls-generation":
                    document["tool_calls"] = told.get("tool_calls")
                case "stream-start":
                    document.setdefault("text", "")
                case "stream-end":
                    whole = members(told.get("response"))
                    return Folded({"finish_reason": told.get("finish_reason"), **document, **whole}, True)
        return Folded(document, False)


def _choice(document: dict[str, Any]) -> Choice:
    raw = reading.word(document.get("finish_reason"))
    calls = tuple(_call(call) for call in reading.objects(document.get("tool_calls")))
    said = reading.text(document.get("text"))
    parts: tuple[Part, ...] = ((Text(said),) if said else ()) + calls
    finish = FINISH.get(raw, "other") if raw else None
    return Choice(parts, "tool_calls" if calls and finish == "stop" else finish, raw)


def _call(call: dict[str, Any]) -> ToolCall:
    return ToolCall(reading.text(call.get("name")), reading.arguments(call.get("parameters")))


def _turn(entry: dict[str, Any]) -> Turn:
    role = _ROLES.get(reading.text(entry.get("role")).upper())
    if role is None:
        raise DecodeError(f"unsupported role {entry.get('role')!r}")
    if role == "tool":
        return Turn(role, _results(entry.get("tool_results")))
    said = reading.text(entry.get("message"))
    calls = tuple(_call(call) for call in reading.objects(entry.get("tool_calls")))
    return Turn(role, ((Text(said),) if said or not calls else ()) + calls)


def _results(value: Any) -> tuple[ToolResult, ...]:
    return tuple(
        ToolResult(
            None,
            (Text(reading.json_text(one.get("outputs"))),),
            reading.word(members(one.get("call")).get("name")),
        )
        for one in reading.objects(value)
    )


def _tool(tool: dict[str, Any]) -> Tool:
    told = members(tool.get("parameter_definitions"))
    required = [name for name, one in told.items() if members(one).get("required")]
    properties = {
        name: {key: value for key, value in members(one).items() if key != "required"}
        for name, one in told.items()
    }
    schema = {"type": "object", "properties": properties, "required": required}
    return Tool(reading.text(tool.get("name")), reading.word(tool.get("description")), schema)
