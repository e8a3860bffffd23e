"""Google Gemini: Interactions, where a question is a list of steps, and so is its answer.

Source: API reference "Interactions"; google-genai 3.4.0, ``_gaos/types/interactions``. Before, an answer
had ``outputs`` in the place of ``steps``, and a history ``role`` and ``content``: both are read.
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
    MediaKind,
    Other,
    Part,
    Question,
    Reasoning,
    ResponseFormat,
    Sampling,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
    Usage,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.openai_parts import tool_choice, tools
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    """
    model input system_instruction tools response_format response_mime_type generation_config stream
    previous_interaction_id cached_content
    """.split()  # noqa: SIM905
)
_KNOWN_CONFIG = frozenset(
    "temperature top_p max_output_tokens stop_sequences seed thinking_level tool_choice".split()  # noqa: SIM905
)
_FINISH: dict[str, FinishReason] = {
    "completed": "stop",
    "requires_action": "tool_calls",
    "incomplete": "length",
    "budget_exceeded": "length",
    "failed": "error",
    "cancelled": "error",
}
_MEDIA: dict[str, MediaKind] = {"image": "image", "audio": "audio", "video": "video", "document": "file"}
_LAST = ("interaction.completed", "interaction.complete")


class GeminiInteractions(Dialect):
    name = "gemini_interactions"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and "input" in call.document and call.path.endswith("/interactions")

    def question(self, call: Call) -> Question:
        document = call.document
        config = reading.members(document.get("generation_config"))
        return Question(
            model=call.model,
            turns=tuple(_turns(document.get("input"))),
            system=reading.words(document.get("system_instruction")),
            tools=tools(document.get("tools")),
            tool_choice=_tool_choice(config.get("tool_choice")),
            response_format=_response_format(document),
            sampling=Sampling(
                temperature=reading.number(config.get("temperature")),
                top_p=reading.number(config.get("top_p")),
                max_tokens=reading.integer(config.get("max_output_tokens")),
                stop=reading.words(config.get("stop_sequences")),
                seed=reading.integer(config.get("seed")),
                reasoning=reading.word(config.get("thinking_level")),
            ),
            continues=reading.word(document.get("previous_interaction_id"))
            or reading.word(document.get("cached_content")),
            streamed=call.streamed,
            rest={
                **reading.rest(document, _KNOWN),
                **reading.inner_rest(document, "generation_config", _KNOWN_CONFIG),
            },
        )

    def read(self, document: Any) -> Answer:
        document = reading.members(document)
        steps = reading.first_of(document, "steps", "outputs")
        status = reading.word(document.get("status"))
        if not isinstance(steps, list):
            raise DecodeError("the response has no steps")
        parts = tuple(
            part
            for step in reading.objects(steps)
            if step.get("type") != "user_input"
            for part in _parts(step)
        )
        finish = _FINISH.get(status or "")
        if finish == "stop" and any(isinstance(part, ToolCall) for part in parts):
            finish = "tool_calls"
        raw = reading.members(document.get("usage")) or None
        return Answer(
            choices=(Choice(parts, finish, status),),
            usage=_usage(raw),
            model=reading.word(document.get("model")),
            is_whole=status != "in_progress",
            error=_told(document) if status == "failed" else None,
            raw_usage=raw,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        steps: dict[int, dict[str, Any]] = {}
        is_whole = False
        for event in stream:
            told = reading.members(event.document)
            place = reading.count(told.get("index"))
            kind = reading.text(told.get("event_type")) or event.name
            if isinstance(whole := told.get("interaction"), dict):
                document.update(whole)
                is_whole = kind in _LAST
            elif kind in ("step.start", "content.start"):
                steps[place] = dict(reading.members(told.get("step") or told.get("content")))
            elif kind in ("step.delta", "content.delta"):
                _lay(steps.setdefault(place, {}), reading.members(told.get("delta")), kind == "step.delta")
        if steps and not reading.first_of(document, "steps", "outputs"):
            document["steps"] = [steps[place] for place in sorted(steps)]
        return Folded(document, is_whole)


def _turns(asked: Any) -> Iterable[Turn]:
    if isinstance(asked, str):
        asked = [{"type": "text", "text": asked}]
    if isinstance(asked, dict):
        asked = [asked]
    if not isinstance(asked, list):
        raise DecodeError("the request body has no input")
    said: tuple[Part, ...] = ()
    for one in reading.objects(asked):
        kind, role = one.get("type"), one.get("role")
        if kind in ("text", *_MEDIA):  # contents that stand for themselves are one message
            said += _parts(one)
            continue
        if said:
            yield Turn("user", said)
            said = ()
        if role == "user" or kind in ("user_input", "function_result"):
            yield Turn("tool" if kind == "function_result" else "user", _parts(one))
        else:
            yield Turn("assistant", _parts(one))
    if said:
        yield Turn("user", said)


def _parts(one: dict[str, Any]) -> tuple[Part, ...]:
    """The parts of a step, a content or, as it was, of a message."""
    match one.get("type"):
        case "text":
            return (Text(reading.text(one.get("text"))),)
        case "image" | "audio" | "video" | "document" as kind:
            media_type = reading.word(one.get("mime_type"))
            if one.get("data") is None:
                return (media.from_url(_MEDIA[kind], one.get("uri"), media_type=media_type),)
            return (media.from_base64(_MEDIA[kind], media_type, one.get("data")),)
        case "thought":
            said = "\n\n".join(reading.text(part.get("text")) for part in reading.objects(one.get("summary")))
            return (Reasoning(said, is_hidden=True),)
        case "function_call":
            name, call_id = reading.text(one.get("name")), reading.word(one.get("id"))
            return (ToolCall(name, reading.arguments(one.get("arguments")), call_id),)
        case "function_result":
            call_id, tool = reading.word(one.get("call_id")), reading.word(one.get("name"))
            return (ToolResult(call_id, _result(one.get("result")), tool, one.get("is_error") is True),)
        case "user_input" | "model_output" | None if "content" in one:
            told = one["content"]
            return (Text(told),) if isinstance(told, str) else _all(told)
        case kind:
            return (Other(str(kind), one),)


def _all(contents: Any) -> tuple[Part, ...]:
    return tuple(part for one in reading.objects(contents) for part in _parts(one))


def _result(told: Any) -> tuple[Part, ...]:
    """A text, contents, or any document."""
    is_contents = isinstance(told, list) and all(reading.members(one).get("type") for one in told)
    return _all(told) if is_contents else (Text(reading.json_text(told)),)


def _tool_choice(told: Any) -> ToolChoice | None:
    allowed = reading.members(reading.members(told).get("allowed_tools"))
    names = reading.words(allowed.get("tools"))
    choice = tool_choice("auto" if (word := allowed.get("mode") or told) == "validated" else word)
    if choice is None or not names:
        return choice
    is_named = choice.mode == "required" and len(names) == 1
    return ToolChoice("named", names[0]) if is_named else ToolChoice(choice.mode, allowed=names)


def _response_format(document: dict[str, Any]) -> ResponseFormat | None:
    """A format, several of which one may be for texts, or, as it was, the schema itself."""
    told = document.get("response_format")
    forms = [told] if isinstance(told, dict) else list(reading.objects(told))
    for form in forms:
        if form.get("type") == "text":
            kind, schema = form.get("mime_type"), form.get("schema")
        elif form.get("type") in ("image", "audio", "video"):
            continue
        else:
            kind, schema = None, form
        if schema:
            return ResponseFormat("schema", schema)
        if kind == "application/json":
            return ResponseFormat("json")
    return ResponseFormat("json") if document.get("response_mime_type") == "application/json" else None


def _lay(step: dict[str, Any], delta: dict[str, Any], is_step: bool) -> None:
    """Add a delta to its step or, as it was, to its content."""
    match delta.get("type"):
        case "text" if is_step:
            contents = step["content"] = list(step.get("content") or [])
            if not contents or contents[-1].get("type") != "text":
                contents.append({"type": "text", "text": ""})
            text = reading.text(contents[-1].get("text")) + reading.text(delta.get("text"))
            contents[-1] = {**contents[-1], "text": text}
        case "text":
            step.update(type="text", text=reading.text(step.get("text")) + reading.text(delta.get("text")))
        case "arguments_delta":
            before = step.get("arguments")
            pieces = (before if isinstance(before, str) else "") + reading.text(delta.get("arguments"))
            step["arguments"] = pieces
        case "thought_summary":
            step["summary"] = [*(step.get("summary") or []), reading.members(delta.get("content"))]
        case "thought_signature":
            pass
        case _ if is_step:
            step["content"] = [*(step.get("content") or []), delta]
        case _:
            step.update(delta)


def _usage(raw: dict[str, Any] | None) -> Usage | None:
    """What was cached is counted within the input; thoughts, and what tools brought, beside the rest."""
    if raw is None:
        return None
    cached = reading.count(raw.get("total_cached_tokens"))
    asked = reading.count(raw.get("total_input_tokens")) + reading.count(raw.get("total_tool_use_tokens"))
    return Usage(
        input=max(asked - cached, 0),
        cache_read=cached,
        output=reading.count(raw.get("total_output_tokens")),
        reasoning=reading.count(raw.get("total_thought_tokens")),
    )


def _told(document: dict[str, Any]) -> str:
    errors = [reading.text(one.get("message")) for one in reading.objects(document.get("errors"))]
    return "; ".join(filter(None, errors)) or "the interaction failed"
