"""The semantic key: the same for the same question, whatever provider, model and sampling.

    semantic key = 32 hex of sha256 over "question" · canonical question, each followed by NUL

The canonical question is JSON out of the neutral `Question`: what the model is told beforehand, the turns,
the tools and whether one must be called, the form of the answer. Not in it: model, sampling, streaming,
reasoning that is sent back (providers sign it, each in its way), names of files, and the ids of tool calls,
which become the calls' numbers. What no dialect reads keeps a key of its bytes: of method, path and body.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentrec_auto.keying.canonical import canonical_json, digest
from agentrec_auto.keying.identity import Identity, SemanticKey
from agentrec_auto.providers.conversation import (
    Media,
    Other,
    Part,
    Question,
    Reasoning,
    Refusal,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from agentrec_auto.providers.dialect import Call
from agentrec_auto.providers.registry import question_of

SEMANTIC_KEY_VERSION = 1
"""Counts up when the same question gets another key; stored along with it."""

_ASKED_APART = ("prompt", "mcp_servers", "connectors", "dimensions", "input_type")
"""Members of requests, without a place in a `Question`, that are part of what is asked."""

_STREAMING = ("model", "stream", "stream_options")


def semantic_key(identity: Identity, question: Question | None = None) -> SemanticKey:
    """The key of the question that a request asks, under the user's rules.

    ``question``: what the request asks as it was sent, if it was read already.
    """
    document = identity.document
    if isinstance(document, dict):
        if question is None or not identity.is_as_sent:
            question = question_of(Call(identity.method, "", identity.path, document, identity.model))
        if question is not None:
            return semantic_key_of(question)
        body = canonical_json({name: document[name] for name in document if name not in _STREAMING})
    else:
        body = identity.body
    return _key(identity.method, identity.path, body)


def semantic_key_of(question: Question) -> SemanticKey:
    """The key of a question."""
    return _key("question", canonical_json(_canonical(question)))


def _canonical(question: Question) -> dict[str, Any]:
    """The question as plain values; what is not said is left out."""
    told: dict[str, Any] = {
        "task": question.task,
        "system": "\n\n".join(question.system),
        "turns": _turns(question),
        "tools": [_tool(tool) for tool in question.tools],
        "continues": question.continues,
        "apart": {name: question.rest[name] for name in _ASKED_APART if name in question.rest},
    }
    if (choice := question.tool_choice) is not None and choice.mode != "auto":
        told["tool_choice"] = [choice.mode, choice.name]
    if (form := question.response_format) is not None:
        told["response_format"] = [form.kind, form.schema]
    return {name: value for name, value in told.items() if value}


def _turns(question: Question) -> list[list[Any]]:
    """Role and parts of each turn. Turns of one role that follow one another are one: where a provider
    has a message for each item, another has one for all."""
    turns: list[list[Any]] = []
    calls = _Calls()
    for turn in question.turns:
        parts = list(_parts(turn.parts, calls))
        if not parts and any(isinstance(part, Reasoning) for part in turn.parts):
            continue
        if turns and turns[-1][0] == turn.role:
            turns[-1][1] += parts
        else:
            turns.append([turn.role, parts])
    return turns


class _Calls:
    """Numbers the tool calls of a conversation, and tells which one a result answers."""

    def __init__(self) -> None:
        self._by_id: dict[str, int] = {}
        self._open: list[tuple[str, int]] = []
        self._count = 0

    def number(self, call: ToolCall) -> int:
        self._count += 1
        if call.id is not None:
            self._by_id[call.id] = self._count
        self._open.append((call.name, self._count))
        return self._count

    def answered(self, result: ToolResult) -> int | None:
        """By id or, where the dialect has none, the first call of that name that waits for its result."""
        if result.call_id is not None and result.call_id in self._by_id:
            return self._by_id[result.call_id]
        for position, (name, number) in enumerate(self._open):
            if result.name is None or name == result.name:
                del self._open[position]
                return number
        return None


def _parts(parts: Iterable[Part], calls: _Calls) -> Iterable[Any]:
    for part in parts:
        match part:
            case Text(text):
                if text:
                    yield text
            case Reasoning():
                pass
            case Refusal(text):
                yield {"refusal": text}
            case Media():
                yield {"media": part.kind, "is": part.digest or part.url}
            case ToolCall():
                yield {"call": calls.number(part), "name": part.name, "arguments": part.arguments}
            case ToolResult():
                said = list(_parts(part.parts, calls))
                yield {"result": calls.answered(part), "parts": said, "is_error": part.is_error}
            case Other(kind, document):
                yield {"other": kind, "is": document}


def _tool(tool: Tool) -> dict[str, Any]:
    if tool.kind != "function":
        return {"kind": tool.kind, "settings": tool.settings}
    return {"name": tool.name, "description": tool.description or "", "parameters": tool.parameters or {}}


def _key(*parts: str) -> SemanticKey:
    return SemanticKey(digest(*parts)[:32])
