"""Cohere Chat, version 2.

Source: API reference "Chat API (V2)", and its streaming events. The answer doesn't say which model gave it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    FinishReason,
    Other,
    Part,
    Question,
    Reasoning,
    Role,
    Sampling,
    Text,
    ToolCall,
    ToolResult,
    Turn,
    Usage,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.openai_parts import content, response_format, tool_choice, tools
from agentrec_auto.providers.reading import members
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    """
    model messages documents tools tool_choice response_format stream temperature p k max_tokens seed
    stop_sequences frequency_penalty presence_penalty thinking
    """.split()  # noqa: SIM905
)
FINISH: dict[str, FinishReason] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_calls",
    "ERROR": "error",
    "ERROR_TOXIC": "filtered",
    "ERROR_LIMIT": "length",
    "TIMEOUT": "error",
}


class Cohere(Dialect):
    name = "cohere"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and isinstance(call.document.get("messages"), list)

    def question(self, call: Call) -> Question:
        document = call.document
        system: list[str] = []
        turns: list[Turn] = []
        for message in reading.objects(document.get("messages")):
            turn = _turn(message)
            if turn.role == "system" and not turns:
                system.append(turn.text)
            else:
                turns.append(turn)
        if documents := document.get("documents"):
            turns.insert(0, Turn("user", (Other("documents", documents),)))
        return Question(
            model=call.model,
            turns=tuple(turns),
            system=tuple(system),
            tools=tools(document.get("tools")),
            tool_choice=tool_choice(document.get("tool_choice")),
            response_format=response_format(document.get("response_format")),
            sampling=cohere_sampling(document),
            streamed=call.streamed,
            rest=reading.rest(document, _KNOWN),
        )

    def read(self, document: Any) -> Answer:
        document = members(document)
        message = document.get("message")
        if not isinstance(message, dict):
            raise DecodeError("the response has no message")
        raw = reading.word(document.get("finish_reason"))
        counted = members(document.get("usage")) or None
        return Answer(
            choices=(Choice(_said(message), FINISH.get(raw, "other") if raw else None, raw),),
            usage=cohere_usage(counted),
            raw_usage=counted,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        blocks: dict[int, dict[str, Any]] = {}
        calls: dict[int, dict[str, Any]] = {}
        plan, is_whole = "", False
        for event in stream:
            told = members(event.document)
            delta = members(told.get("delta"))
            message = members(delta.get("message"))
            index = reading.count(told.get("index"))
            match told.get("type") or event.name:
                case "message-start":
                    document["message"] = {"role": "assistant"}
                case "content-start" | "content-delta":
                    block = blocks.setdefault(index, {"type": "text"})
                    for name, piece in members(message.get("content")).items():
                        block[name] = piece if name == "type" else reading.text(block.get(name)) + str(piece)
                case "tool-plan-delta":
                    plan += reading.text(message.get("tool_plan"))
                case "tool-call-start":
                    calls[index] = members(message.get("tool_calls"))
                case "tool-call-delta":
                    piece = members(members(message.get("tool_calls")).get("function"))
                    function = members(calls.setdefault(index, {"function": {}}).get("function"))
                    said = reading.text(function.get("arguments")) + reading.text(piece.get("arguments"))
                    calls[index] = {**calls[index], "function": {**function, "arguments": said}}
                case "message-end":
                    document.update(delta)
                    is_whole = not delta.get("error")
        if document:
            document["message"] = {
                "tool_plan": plan,
                "content": [blocks[index] for index in sorted(blocks)],
                "tool_calls": [calls[index] for index in sorted(calls)],
            }
        return Folded(document, is_whole)


def _turn(message: dict[str, Any]) -> Turn:
    match message.get("role"):
        case "system" | "developer":
            return Turn("system", content(message.get("content")))
        case "tool":
            call_id = reading.word(message.get("tool_call_id"))
            return Turn("tool", (ToolResult(call_id, content(message.get("content"))),))
        case "user" | "assistant" as said:
            role: Role = "user" if said == "user" else "assistant"
            return Turn(role, _said(message))
        case other:
            raise DecodeError(f"unsupported role {other!r}")


def _said(message: dict[str, Any]) -> tuple[Part, ...]:
    """What a message holds: the plan to use tools counts as reasoning."""
    parts: list[Part] = []
    if plan := reading.word(message.get("tool_plan")):
        parts.append(Reasoning(plan))
    parts += content(message.get("content"))
    for call in reading.objects(message.get("tool_calls")):
        function = members(call.get("function"))
        name, told = reading.text(function.get("name")), reading.arguments(function.get("arguments"))
        parts.append(ToolCall(name, told, reading.word(call.get("id"))))
    return tuple(part for part in parts if part != Text(""))


def cohere_sampling(document: dict[str, Any]) -> Sampling:
    """How a request wants its answer drawn, in either version."""
    return Sampling(
        temperature=reading.number(document.get("temperature")),
        top_p=reading.number(document.get("p")),
        top_k=reading.number(document.get("k")),
        max_tokens=reading.integer(document.get("max_tokens")),
        stop=reading.words(document.get("stop_sequences")),
        seed=reading.integer(document.get("seed")),
        n=reading.integer(document.get("num_generations")),
        frequency_penalty=reading.number(document.get("frequency_penalty")),
        presence_penalty=reading.number(document.get("presence_penalty")),
        reasoning=reading.integer(members(document.get("thinking")).get("token_budget")),
    )


def cohere_usage(raw: dict[str, Any] | None) -> Usage | None:
    """``tokens`` counts what the model read, ``billed_units`` what is paid for; the first is preferred."""
    told = members((raw or {}).get("tokens")) or members((raw or {}).get("billed_units"))
    if raw is None or not ("input_tokens" in told or "output_tokens" in told):
        return None
    cached = reading.count(raw.get("cached_tokens"))
    asked = reading.count(told.get("input_tokens"))
    return Usage(
        input=max(asked - cached, 0), cache_read=cached, output=reading.count(told.get("output_tokens"))
    )
