"""OpenAI Responses.

Source: API reference "Responses"; openai 3.54.0, ``types/responses/response_create_params.py``. A function
without ``strict`` is made strict there, other than in Chat Completions: so it is always said. An item that
has an id is looked for with the thoughts before it, so ids go where the thoughts go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Media, Part, Question, Text, Tool, ToolCall, ToolResult, Turn
from agentrec_auto.providers.writers import carrying
from agentrec_auto.providers.writers import openai_shape as shape
from agentrec_auto.providers.writers.drawing import drawn, effort_of, lower, note_effort
from agentrec_auto.providers.writers.models import GPT
from agentrec_auto.providers.writers.openai_chat import mentions_json, strictness
from agentrec_auto.providers.writing import Ids, Notes, Writer

_NAMES = {"temperature": "temperature", "top_p": "top_p", "max_tokens": "max_output_tokens"}


class OpenAIResponsesWriter(Writer):
    name = "openai_responses"
    title = "OpenAI Responses"
    ids = Ids(re.compile(r"[A-Za-z0-9_-]{1,64}"))
    carries = frozenset({"parallel_tool_calls", "verbosity", "text.verbosity"})

    def path(self, model: str, stream: bool) -> str:
        return "/responses"

    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"model": model}
        if told := shape.system(question):
            body["instructions"] = told
        body["input"] = [item for turn in question.turns for item in _items(turn, notes)]
        if question.tools:
            tools = shape.offered(question, notes, why="the choice among them has no common form")
            body["tools"] = [_tool(tool) for tool in tools]
        if (choice := question.tool_choice) is not None:
            named = choice.mode == "named"
            body["tool_choice"] = (
                {"type": "function", "name": choice.name} if named else shape.choice_word(choice)
            )
        if question.tools and question.rest.get("parallel_tool_calls") is False:
            body["parallel_tool_calls"] = False
        if text := _text(question, model, notes):
            body["text"] = text
        body.update(drawn(question.sampling, _NAMES, self.title, notes))
        effort = effort_of(question.sampling.reasoning)
        if effort is not None:
            body["reasoning"] = {"effort": effort}
            note_effort(question.sampling.reasoning, effort, notes)
        body["store"] = False  # it is kept there otherwise, where the API that was recorded may not have
        return body

    def forget_thoughts(self, body: dict[str, Any], notes: Notes) -> None:
        items = body.get("input")
        if not isinstance(items, list):
            return
        kept = []
        for item in items:
            kind = item.get("type") if isinstance(item, dict) else None
            if kind == "item_reference":
                raise UnsupportedRequestError("the request refers to an item kept at OpenAI (item_reference)")
            if kind == "reasoning":
                notes.say("what the other model thought before is left out: it can't be sent to another")
                continue
            own = (
                kind in ("function_call", "custom_tool_call")
                or reading.members(item).get("role") == "assistant"
            )
            kept.append({name: one for name, one in item.items() if name != "id"} if own else item)
        body["input"] = kept

    def fit(self, body: dict[str, Any], model: str, notes: Notes) -> None:
        asked = reading.members(body.get("reasoning"))
        effort = shape.fit_gpt(body, model, reading.word(asked.get("effort")), notes)
        known = GPT.of(model)
        if known is not None and not known.reasons:
            body.pop("reasoning", None)
        elif effort is not None:
            body["reasoning"] = {**asked, "effort": effort}
        if known is not None and known.reasons and "max_output_tokens" in body and not asked:
            notes.say("the limit of tokens covers what the model thinks, too")
        if body.pop("background", None):
            notes.say("asked in the foreground, not in the background")
        lower(body, "temperature", 2, self.title, notes)

    def set_stream(self, body: dict[str, Any], stream: bool) -> None:
        super().set_stream(body, stream)
        if not stream:
            body.pop("stream_options", None)


def _items(turn: Turn, notes: Notes) -> Iterator[dict[str, Any]]:
    """A message and what is no message: calls and results are items of their own."""
    if turn.role in ("user", "system"):
        yield {"role": turn.role, "content": _content(turn.parts)}
        return
    for part in turn.parts:
        match part:
            case Text(text):
                yield {"role": "assistant", "content": text}
            case ToolCall():
                told = {"call_id": part.id, "name": part.name, "arguments": shape.arguments(part)}
                yield {"type": "function_call", **told}
            case ToolResult():
                if part.is_error:
                    notes.say("that a tool's result is an error is left out: OpenAI Responses can't say so")
                yield {"type": "function_call_output", "call_id": part.call_id, "output": _output(part)}
            case Media():
                raise carrying.refused(part, OpenAIResponsesWriter.title)


def _output(result: ToolResult) -> str | list[dict[str, Any]]:
    if all(isinstance(part, Text) for part in result.parts):
        return "".join(part.text for part in result.parts if isinstance(part, Text))
    return [_part(part) for part in result.parts]


def _content(parts: tuple[Part, ...]) -> str | list[dict[str, Any]]:
    if not parts:
        return ""
    if len(parts) == 1 and isinstance(parts[0], Text):
        return parts[0].text
    return [_part(part) for part in parts]


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"type": "input_text", "text": text}
        case Media(kind="image"):
            return {
                "type": "input_image",
                "image_url": carrying.data_url(part),
                "detail": part.detail or "auto",
            }
        case Media(kind="file") if part.data is None:
            return {"type": "input_file", "file_url": part.url}
        case Media(kind="file"):
            name = part.name or f"file.{carrying.media_type(part).rpartition('/')[2]}"
            return {"type": "input_file", "filename": name, "file_data": carrying.data_url(part)}
        case Media():
            raise carrying.refused(part, OpenAIResponsesWriter.title)
        case _:
            raise UnsupportedRequestError("a message of this kind has no counterpart in OpenAI Responses")


def _tool(tool: Tool) -> dict[str, Any]:
    return {"type": "function", **shape.function(tool), "strict": bool(tool.strict)}


def _text(question: Question, model: str, notes: Notes) -> dict[str, Any]:
    told: dict[str, Any] = {}
    form = question.response_format
    if form is not None and form.kind == "json" and mentions_json(question):
        told["format"] = {"type": "json_object"}
    elif form is not None and form.kind == "json":
        notes.say("JSON mode asked for as any object's schema: OpenAI's wants the word json in a message")
        told["format"] = {
            "type": "json_schema", "name": "answer", "schema": {"type": "object"}, "strict": False,
        }  # fmt: skip
    elif form is not None:
        named = {"type": "json_schema", "name": form.name or "answer", "schema": form.schema}
        described = {"description": form.description} if form.description else {}
        told["format"] = {**named, **described, "strict": strictness(form, notes)}
    if verbosity := question.rest.get("verbosity"):
        known = GPT.of(model)
        if known is not None and known.reasons:
            told["verbosity"] = verbosity
        else:
            notes.say(f"verbosity {verbosity!r} left out: {model} isn't known to take it")
    return told
