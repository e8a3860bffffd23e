"""OpenAI Chat Completions, and the many servers that speak it: Azure, Groq, DeepSeek, vLLM, llama.cpp …

Source: API reference "Chat Completions"; fields that others add (``reasoning_content`` of DeepSeek and vLLM,
``reasoning`` of OpenRouter) are read along.
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
    Part,
    Question,
    Reasoning,
    Refusal,
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
    model messages tools functions tool_choice function_call response_format stream stream_options temperature
    top_p top_k max_tokens max_completion_tokens stop seed random_seed n frequency_penalty presence_penalty
    reasoning_effort
    """.split()  # noqa: SIM905
)
_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "length": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "filtered",
    "error": "error",
}
_SAID_WHOLE = frozenset({"role", "id", "type", "name"})
"""Members of a delta that are never pieces of a text."""


class OpenAIChat(Dialect):
    name = "openai_chat"
    piece = re.compile(
        r'"delta":\s?\{(?:"role":\s?"\w+",\s?)?"(?:content|reasoning_content|reasoning)":\s?"'
        r'(?=[^"\\]*(?:\\.[^"\\]*)*"(?:,\s?"\w+":\s?(?:null|""|\[\]))*\})'
    )

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and isinstance(call.document.get("messages"), list)

    def question(self, call: Call) -> Question:
        document = call.document
        system: list[str] = []
        turns: list[Turn] = []
        messages = document.get("messages")
        if not isinstance(messages, list):
            raise DecodeError("the request body has no messages list")
        for message in reading.objects(messages):
            turn = self.turn(message)
            if turn.role == "system" and not turns:
                system.append(turn.text)
            else:
                turns.append(turn)
        return Question(
            model=call.model,
            turns=tuple(turns),
            system=tuple(system),
            tools=tools(document.get("tools") or document.get("functions")),
            tool_choice=tool_choice(reading.first_of(document, "tool_choice", "function_call")),
            response_format=response_format(document.get("response_format")),
            sampling=sampling(document),
            streamed=call.streamed,
            rest=reading.rest(document, _KNOWN),
        )

    def turn(self, message: dict[str, Any]) -> Turn:
        """One message."""
        name = reading.word(message.get("name"))
        match message.get("role"):
            case "tool" | "function":
                call_id = reading.word(message.get("tool_call_id"))
                result = ToolResult(call_id, content(message.get("content")), name)
                return Turn("tool", (result,))
            case "system" | "developer":
                return Turn("system", content(message.get("content")), name)
            case "user" | "assistant" as role:
                said: Role = "user" if role == "user" else "assistant"
                return Turn(said, self.parts(message), name)
            case role:
                raise DecodeError(f"unsupported role {role!r}")

    def parts(self, message: dict[str, Any]) -> tuple[Part, ...]:
        """What a message of the user or the model holds, in the order in which it came about."""
        parts: list[Part] = []
        if thought := reading.text(reading.first_of(message, "reasoning_content", "reasoning")):
            parts.append(Reasoning(thought))
        parts += content(message.get("content"))
        if (refusal := message.get("refusal")) is not None:
            parts.append(Refusal(reading.text(refusal)))
        if audio := reading.members(message.get("audio")):
            if transcript := reading.text(audio.get("transcript")):
                parts.append(Text(transcript))
            at = reading.word(audio.get("id"))
            data = audio.get("data")
            parts.append(media.from_base64("audio", None, data) if data else media.from_url("audio", at))
        for call in reading.objects(message.get("tool_calls")):
            parts.append(_tool_call(call))
        if legacy := reading.members(message.get("function_call")):
            parts.append(
                ToolCall(reading.text(legacy.get("name")), reading.arguments(legacy.get("arguments")))
            )
        return tuple(parts)

    def read(self, document: Any) -> Answer:
        document = reading.members(document)
        choices = list(reading.objects(document.get("choices")))
        if not choices:
            raise DecodeError("the response has no choices")
        raw = reading.members(document.get("usage")) or None
        return Answer(
            choices=tuple(self._choice(choice) for choice in choices),
            usage=usage(raw),
            model=reading.word(document.get("model")),
            raw_usage=raw,
        )

    def _choice(self, choice: dict[str, Any]) -> Choice:
        raw = reading.word(choice.get("finish_reason"))
        parts = self.parts(reading.members(choice.get("message")))
        return Choice(parts, refused(parts, _FINISH.get(raw, "other") if raw else None), raw)

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        choices: dict[int, dict[str, Any]] = {}
        is_whole = seen = False
        for event in stream:
            chunk = event.document
            if chunk == "[DONE]":
                is_whole = True
                continue
            if not isinstance(chunk, dict) or "choices" not in chunk:
                continue
            seen = True
            if model := chunk.get("model"):
                document["model"] = model
            if used := chunk.get("usage"):
                document["usage"] = used
            said = chunk["choices"]
            if type(said) is list and len(said) == 1 and type(said[0]) is dict:  # as mostly
                _lay_choice(choices, said[0])
            else:
                for choice in reading.objects(said):
                    _lay_choice(choices, choice)
        if seen:
            document["choices"] = [choices[index] for index in sorted(choices)] or [{"message": {}}]
        return Folded(document, is_whole)


def _lay_choice(choices: dict[int, dict[str, Any]], choice: dict[str, Any]) -> None:
    """Add what one event says of a choice."""
    index = choice.get("index") or 0
    whole = choices.get(index)
    if whole is None:
        whole = choices[index] = {"index": index, "message": {}}
    if delta := choice.get("delta"):
        message = whole["message"]
        more = delta.get("content") if len(delta) == 1 else None
        if type(more) is str and type(message.get("content")) is str:
            message["content"] += more  # most deltas
        else:
            _lay(message, delta)
    if reason := choice.get("finish_reason"):
        whole["finish_reason"] = reason


def _lay(message: dict[str, Any], delta: dict[str, Any]) -> None:
    """Add a delta to a message: texts are joined, calls by their index, of other values the last stays."""
    for name, value in delta.items():
        if name == "tool_calls":
            calls = message.setdefault("tool_calls", [])
            for call in reading.objects(value):
                _lay_call(calls, call)
        elif value is None:
            continue
        elif isinstance(value, dict):
            _lay(message.setdefault(name, {}), value)
        elif (
            name not in _SAID_WHOLE
            and isinstance(value, (str, list))
            and type(message.get(name)) is type(value)
        ):
            message[name] = message[name] + value
        else:
            message[name] = value


def _lay_call(calls: list[dict[str, Any]], call: dict[str, Any]) -> None:
    """Servers that give no index send each call whole."""
    index = call.get("index")
    if not isinstance(index, int) or index > len(calls):
        index = len(calls)
    if index == len(calls):
        calls.append({})
    whole = calls[index]
    for name, value in call.items():
        if isinstance(value, dict):
            inner = whole.setdefault(name, {})
            for key, piece in value.items():
                if key == "arguments" or key == "input":
                    inner[key] = piece if not isinstance(piece, str) else reading.text(inner.get(key)) + piece
                elif piece:
                    inner[key] = piece
        elif value:
            whole[name] = value


def _tool_call(call: dict[str, Any]) -> ToolCall:
    function = reading.members(call.get("function"))
    call_id = reading.word(call.get("id"))
    if custom := reading.members(call.get("custom")):
        return ToolCall(reading.text(custom.get("name")), reading.text(custom.get("input")), call_id)
    return ToolCall(reading.text(function.get("name")), reading.arguments(function.get("arguments")), call_id)
