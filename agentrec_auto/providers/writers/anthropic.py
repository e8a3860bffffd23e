"""Anthropic Messages.

Source: API reference "Messages", guides "Tool use", "Structured outputs", "Thinking"; anthropic 2.12.0,
``types/message_create_params.py``. Results of tools stand first in the user's message that follows the calls;
texts are never empty; a limit of tokens is demanded.

A schema for the answer becomes ``output_config.format``, which answers in text, as the recorded model did.
The older way, a tool that must be called, answers in a tool call: a model without structured outputs is
refused instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import (
    Media,
    Part,
    Question,
    ResponseFormat,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.writers import carrying, claude, schemas
from agentrec_auto.providers.writers.drawing import drawn, lower
from agentrec_auto.providers.writers.models import Claude
from agentrec_auto.providers.writers.openai_chat import mentions_json
from agentrec_auto.providers.writers.openai_shape import offered
from agentrec_auto.providers.writers.preparing import joined
from agentrec_auto.providers.writing import Ids, Notes, Writer

_NAMES = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "max_tokens": "max_tokens",
    "stop": "stop_sequences",
}
_IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")


class AnthropicWriter(Writer):
    name = "anthropic"
    title = "Anthropic Messages"
    ids = Ids(re.compile(r"[A-Za-z0-9_-]{1,64}"))
    tool_name = re.compile(r"[A-Za-z0-9_-]{1,128}")
    has_system_turns = False
    has_blank_texts = False
    carries = frozenset({"parallel_tool_calls"})

    def path(self, model: str, stream: bool) -> str:
        return "/v1/messages"

    def headers(self) -> dict[str, str]:
        return {"anthropic-version": "2023-06-01"}

    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"model": model, "max_tokens": max_tokens_default}
        told = question.system
        if told:
            body["system"] = told[0] if len(told) == 1 else [{"type": "text", "text": one} for one in told]
        body["messages"] = list(_messages(question.turns))
        if question.tools:
            tools = offered(question, notes, why=f"{self.title} chooses among all")
            body["tools"] = [_tool(tool) for tool in tools]
        choice = _tool_choice(question.tool_choice)
        if question.tools and question.rest.get("parallel_tool_calls") is False:
            choice = choice or {"type": "auto"}
            if choice["type"] != "none":
                choice["disable_parallel_tool_use"] = True
        if choice:
            body["tool_choice"] = choice
        if question.response_format is not None:
            form = _form(question.response_format, question, model, notes)
            if form is not None:
                body["output_config"] = {"format": form}
        body.update(drawn(question.sampling, _NAMES, self.title, notes))
        claude.think(body, question.sampling.reasoning, model, notes)
        return body

    def revised(self, body: dict[str, Any], model: str, notes: Notes, *, is_away: bool) -> dict[str, Any]:
        body.pop("anthropic_version", None)  # in the body at Google's and Amazon's clouds
        if (form := body.pop("output_format", None)) is not None:  # its name while it was in beta
            body["output_config"] = {**reading.members(body.get("output_config")), "format": form}
        return {**body, "model": model}

    def forget_thoughts(self, body: dict[str, Any], notes: Notes) -> None:
        kept = []
        for message in reading.objects(body.get("messages")):
            blocks = message.get("content")
            if isinstance(blocks, list):
                said = [one for one in blocks if reading.members(one).get("type") not in claude.THOUGHTS]
                if len(said) < len(blocks):
                    notes.say("what the other model thought before is left out: it can't be sent to another")
                    message = {**message, "content": said}
                if not said:
                    continue
            kept.append(message)
        if "messages" in body:
            body["messages"] = kept

    def fit(self, body: dict[str, Any], model: str, notes: Notes) -> None:
        lower(body, "temperature", 1, self.title, notes)
        stops = body.get("stop_sequences")
        if isinstance(stops, list) and any(not str(stop).strip() for stop in stops):
            notes.say(f"stop sequences of white space left out: {self.title} refuses them")
            body["stop_sequences"] = [stop for stop in stops if str(stop).strip()]
        if not body.get("stop_sequences"):
            body.pop("stop_sequences", None)
        known = Claude.of(model)
        if known is not None:
            claude.refit(body, model, known, notes)


def _messages(turns: tuple[Turn, ...]) -> Iterator[dict[str, Any]]:
    """Results of tools are the user's; what follows of the user's is in the same message, behind them."""
    spoken = (replace(turn, role="user") if turn.role == "tool" else turn for turn in turns)
    for turn in joined(spoken):
        if not turn.parts:
            raise UnsupportedRequestError(
                "the request has an empty message, which Anthropic Messages refuses"
            )
        first = turn.parts[0]
        if len(turn.parts) == 1 and isinstance(first, Text):
            yield {"role": turn.role, "content": first.text}
        else:
            yield {"role": turn.role, "content": [_block(part) for part in turn.parts]}


def _block(part: Part) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case ToolCall():
            return {"type": "tool_use", "id": part.id, "name": part.name, "input": carrying.arguments(part)}
        case ToolResult():
            return _result(part)
        case Media():
            return _media(part)
        case _:
            raise UnsupportedRequestError("a message of this kind has no counterpart in Anthropic Messages")


def _result(result: ToolResult) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "tool_result", "tool_use_id": result.call_id}
    if len(result.parts) == 1 and isinstance(result.parts[0], Text):
        told["content"] = result.parts[0].text
    elif result.parts:
        told["content"] = [_block(part) for part in result.parts]
    return {**told, "is_error": True} if result.is_error else told


def _media(media: Media) -> dict[str, Any]:
    title = AnthropicWriter.title
    if media.kind not in ("image", "file"):
        raise carrying.refused(media, title)
    kind = "image" if media.kind == "image" else "document"
    if media.data is None:
        return {"type": kind, "source": {"type": "url", "url": media.url}}
    media_type = carrying.media_type(media)
    if kind == "image" and media_type not in _IMAGES:
        raise carrying.refused(media, title)
    source = {"type": "base64", "media_type": media_type, "data": media.data}
    if kind == "document" and media_type == "text/plain":
        source = {"type": "text", "media_type": media_type, "data": carrying.text(media)}
    elif kind == "document" and media_type != "application/pdf":
        raise carrying.refused(media, title)
    return {"type": kind, "source": source, **({"title": media.name} if media.name else {})}


def _tool(tool: Tool) -> dict[str, Any]:
    schema = schemas.no_arguments(tool.parameters)
    if schema.get("type") != "object" or {"anyOf", "oneOf", "allOf"} & schema.keys():
        raise UnsupportedRequestError(
            f"the arguments of the tool {tool.name} are not described as one object"
        )
    told: dict[str, Any] = {"name": tool.name, "input_schema": schema}
    if tool.description:
        told["description"] = tool.description
    return {**told, "strict": True} if tool.strict and schemas.is_strict(schema) else told


def _tool_choice(choice: ToolChoice | None) -> dict[str, Any] | None:
    match choice:
        case None:
            return None
        case ToolChoice("named", name):
            return {"type": "tool", "name": name}
        case ToolChoice("required"):
            return {"type": "any"}
        case ToolChoice(mode):
            return {"type": mode}


def _form(form: ResponseFormat, question: Question, model: str, notes: Notes) -> dict[str, Any] | None:
    if form.kind == "json":
        if not mentions_json(question):
            raise UnsupportedRequestError(
                "the request wants JSON by a switch alone, without a word of it, and Anthropic has no switch"
            )
        notes.say("JSON mode left out: Anthropic Messages has none; that JSON is wanted, the messages say")
        return None
    known = Claude.of(model)
    if known is not None and not known.takes_schemas:
        raise UnsupportedRequestError(f"the request has a schema for the answer, and {model} takes none")
    if form.strict is False:
        notes.say("the answer's schema is enforced, where the request only showed it")
    return {"type": "json_schema", "schema": schemas.for_anthropic(schemas.described(form), notes)}
