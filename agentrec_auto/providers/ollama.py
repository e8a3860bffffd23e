"""Ollama's own API: chat, generate and embed. Streams, the default there, are JSON by the line.

Source: ollama docs/api.md.
"""

from __future__ import annotations

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
    ResponseFormat,
    Role,
    Sampling,
    Task,
    Text,
    ToolCall,
    ToolResult,
    Turn,
    Usage,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.openai_completions import prompts
from agentrec_auto.providers.openai_parts import tools
from agentrec_auto.providers.reading import members
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    "model messages prompt system suffix images input tools format options stream think".split()  # noqa: SIM905
)
_KNOWN_OPTIONS = frozenset(
    "temperature top_p top_k num_predict stop seed frequency_penalty presence_penalty".split()  # noqa: SIM905
)
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system", "tool": "tool"}
_FINISH: dict[str, FinishReason] = {"stop": "stop", "length": "length"}


class Ollama(Dialect):
    name = "ollama"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and any(
            name in call.document for name in ("messages", "prompt", "input")
        )

    def question(self, call: Call) -> Question:
        document = call.document
        system = [text] if (text := reading.word(document.get("system"))) else []
        turns: list[Turn] = []
        for message in reading.objects(document.get("messages")):
            turn = _turn(message)
            if turn.role == "system" and not turns:
                system.append(turn.text)
            else:
                turns.append(turn)
        task: Task = "chat" if "messages" in document else "completion"
        if call.path.endswith(("/embed", "/embeddings")):
            task = "embedding"
        along = (*_suffix(document), *_images(document))
        asked = prompts(reading.first_of(document, "prompt", "input") or [])
        turns.extend(Turn("user", (part, *along)) for part in asked)
        return Question(
            model=call.model,
            turns=tuple(turns),
            system=tuple(system),
            tools=tools(document.get("tools")),
            response_format=_format(document.get("format")),
            sampling=_sampling(members(document.get("options")), document.get("think")),
            task=task,
            streamed=task != "embedding" and document.get("stream") is not False,
            rest={
                **reading.rest(document, _KNOWN),
                **reading.inner_rest(document, "options", _KNOWN_OPTIONS),
            },
        )

    def read(self, document: Any) -> Answer:
        document = members(document)
        told = document.get("embeddings") or ([document["embedding"]] if "embedding" in document else [])
        parts = _said(members(document.get("message")))
        if isinstance(text := document.get("response"), str):
            thought = reading.word(document.get("thinking"))
            parts = ((Reasoning(thought),) if thought else ()) + (Text(text),)
        elif "message" not in document and not told:
            raise DecodeError("the response has neither message, response nor embeddings")
        raw = reading.word(document.get("done_reason"))
        finish = _FINISH.get(raw, "other") if raw else ("stop" if document.get("done") else None)
        if any(isinstance(part, ToolCall) for part in parts) and finish == "stop":
            finish = "tool_calls"
        counts = {name: value for name, value in document.items() if name.endswith("eval_count")}
        return Answer(
            choices=() if told else (Choice(parts, finish, raw),),
            usage=_usage(counts),
            model=reading.word(document.get("model")),
            vectors=tuple(reading.vector(one) for one in told),
            raw_usage=counts or None,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        message: dict[str, Any] = {}
        for event in stream:
            for name, value in members(event.document).items():
                if name == "message":
                    for key, piece in members(value).items():
                        joins = key != "role" and isinstance(message.get(key), type(piece))
                        message[key] = (
                            message[key] + piece if joins and isinstance(piece, (str, list)) else piece
                        )
                elif name in ("response", "thinking"):
                    document[name] = reading.text(document.get(name)) + reading.text(value)
                else:
                    document[name] = value
        if message:
            document["message"] = message
        return Folded(document, document.get("done") is True)


def _turn(message: dict[str, Any]) -> Turn:
    role = _ROLES.get(reading.text(message.get("role")))
    if role is None:
        raise DecodeError(f"unsupported role {message.get('role')!r}")
    if role == "tool":
        name = reading.word(reading.first_of(message, "tool_name", "name"))
        said = (Text(reading.text(message.get("content"))),)
        return Turn(role, (ToolResult(reading.word(message.get("tool_call_id")), said, name),))
    return Turn(role, _said(message))


def _said(message: dict[str, Any]) -> tuple[Part, ...]:
    parts: list[Part] = []
    if thought := reading.word(message.get("thinking")):
        parts.append(Reasoning(thought))
    calls = list(reading.objects(message.get("tool_calls")))
    said = reading.text(message.get("content"))
    if said or not calls:
        parts.append(Text(said))
    parts += _images(message)
    for call in calls:
        function = members(call.get("function"))
        name, told = reading.text(function.get("name")), reading.arguments(function.get("arguments"))
        parts.append(ToolCall(name, told, reading.word(call.get("id"))))
    return tuple(parts)


def _images(holder: dict[str, Any]) -> tuple[Part, ...]:
    return tuple(media.from_base64("image", None, one) for one in reading.words(holder.get("images")))


def _suffix(document: dict[str, Any]) -> tuple[Part, ...]:
    suffix = reading.word(document.get("suffix"))
    return (Other("suffix", suffix),) if suffix else ()


def _format(value: Any) -> ResponseFormat | None:
    if isinstance(value, dict):
        return ResponseFormat("schema", value)
    return ResponseFormat("json") if value == "json" else None


def _sampling(options: dict[str, Any], think: Any) -> Sampling:
    return Sampling(
        temperature=reading.number(options.get("temperature")),
        top_p=reading.number(options.get("top_p")),
        top_k=reading.number(options.get("top_k")),
        max_tokens=reading.integer(options.get("num_predict")),
        stop=reading.words(options.get("stop")),
        seed=reading.integer(options.get("seed")),
        frequency_penalty=reading.number(options.get("frequency_penalty")),
        presence_penalty=reading.number(options.get("presence_penalty")),
        reasoning=reading.word(think),
    )


def _usage(counts: dict[str, Any]) -> Usage | None:
    """What the server had in its cache is left out of ``prompt_eval_count``, or the count is missing."""
    if not counts:
        return None
    return Usage(
        input=reading.count(counts.get("prompt_eval_count")), output=reading.count(counts.get("eval_count"))
    )
