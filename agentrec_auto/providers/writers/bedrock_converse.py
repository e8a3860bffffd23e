"""Amazon Bedrock Converse.

Source: API reference "Converse"; botocore 1.44.5, ``bedrock-runtime`` service model. Roles alternate, and the
user begins; tools can't be forbidden, and are described wherever one was called; no text is blank; bytes, no
URLs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import (
    Media,
    Part,
    Question,
    ResponseFormat,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.writers import carrying, schemas
from agentrec_auto.providers.writers.drawing import drawn, drop, effort_of, lower
from agentrec_auto.providers.writers.models import Claude
from agentrec_auto.providers.writers.openai_shape import offered
from agentrec_auto.providers.writers.preparing import joined
from agentrec_auto.providers.writing import Ids, Notes, Writer

_NAMES = {
    "temperature": "temperature",
    "top_p": "topP",
    "max_tokens": "maxTokens",
    "stop": "stopSequences",
}


class BedrockConverseWriter(Writer):
    name = "bedrock_converse"
    title = "Bedrock Converse"
    ids = Ids(re.compile(r"[A-Za-z0-9_.:-]{1,64}"))
    has_system_turns = False
    has_blank_texts = False

    def path(self, model: str, stream: bool) -> str:
        return f"/model/{quote(model, safe='')}/converse{'-stream' if stream else ''}"

    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        if question.turns[0].role == "assistant":
            raise UnsupportedRequestError(f"in {self.title} the user begins, and here the model does")
        body: dict[str, Any] = {}
        if told := [{"text": text} for text in question.system]:
            body["system"] = told
        body["messages"] = list(_messages(question.turns))
        choice = question.tool_choice
        has_calls = any(isinstance(part, ToolCall) for turn in question.turns for part in turn.parts)
        if choice is not None and choice.mode == "none":
            if has_calls:
                raise UnsupportedRequestError(
                    f"tools can't be forbidden in {self.title} once they were called"
                )
            notes.say(f"tools left out: they may not be called, which {self.title} can't say otherwise")
        elif has_calls and not question.tools:
            raise UnsupportedRequestError(
                f"tools were called that the request doesn't describe, which {self.title} refuses"
            )
        elif question.tools:
            tools = offered(question, notes, why=f"{self.title} chooses among all")
            config: dict[str, Any] = {"tools": [{"toolSpec": _spec(tool)} for tool in tools]}
            if choice is not None:
                named = {"tool": {"name": choice.name}}
                config["toolChoice"] = {"auto": {"auto": {}}, "required": {"any": {}}}.get(choice.mode, named)
            body["toolConfig"] = config
        if (form := question.response_format) is not None:
            body["outputConfig"] = {"textFormat": _form(form, model, notes)}
        if settings := drawn(question.sampling, _NAMES, self.title, notes):
            body["inferenceConfig"] = settings
        if effort_of(question.sampling.reasoning) not in (None, "none"):
            notes.say(f"reasoning left out: {self.title} has no common word for it")
        return body

    def revised(self, body: dict[str, Any], model: str, notes: Notes, *, is_away: bool) -> dict[str, Any]:
        return body  # the model stands in the path

    def forget_thoughts(self, body: dict[str, Any], notes: Notes) -> None:
        for message in reading.objects(body.get("messages")):
            blocks = list(reading.objects(message.get("content")))
            kept = [block for block in blocks if "reasoningContent" not in block]
            if len(kept) < len(blocks):
                message["content"] = kept
                notes.say("what the other model thought before is left out: it can't be sent to another")

    def fit(self, body: dict[str, Any], model: str, notes: Notes) -> None:
        config = dict(reading.members(body.get("inferenceConfig")))
        lower(config, "temperature", 1, self.title, notes)
        known = Claude.of(model)
        if known is not None and not known.takes_sampling:
            drop(config, ("temperature", "topP"), f"{model} takes none", notes)
        elif known is not None and not known.takes_two_samplers and "temperature" in config:
            if config.get("topP") == 1:  # says nothing
                del config["topP"]
            drop(config, ("topP",), f"{model} takes either temperature or topP", notes)
        if config:
            body["inferenceConfig"] = config
        else:
            body.pop("inferenceConfig", None)

    def set_stream(self, body: dict[str, Any], stream: bool) -> None:
        body.pop("stream", None)  # the path says it


def _messages(turns: tuple[Turn, ...]) -> Iterator[dict[str, Any]]:
    for turn in joined(replace(turn, role="user") if turn.role == "tool" else turn for turn in turns):
        if not turn.parts:
            raise UnsupportedRequestError("the request has an empty message, which Bedrock Converse refuses")
        yield {"role": turn.role, "content": [_block(part, at) for at, part in enumerate(turn.parts, 1)]}


def _block(part: Part, number: int) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"text": text}
        case ToolCall():
            call = {"toolUseId": part.id, "name": part.name, "input": carrying.arguments(part)}
            return {"toolUse": call}
        case ToolResult():
            told = {"toolUseId": part.call_id, "content": [_block(one, number) for one in part.parts]}
            return {"toolResult": {**told, "status": "error"} if part.is_error else told}
        case Media(kind="image" | "video" | "file", data=str(data)):
            form = _format(carrying.media_type(part))
            if part.kind == "file":
                name = re.sub(r"[^A-Za-z0-9 ()\[\]-]+", "-", part.name or f"document {number}")
                return {"document": {"format": form, "name": name, "source": {"bytes": data}}}
            return {part.kind: {"format": form, "source": {"bytes": data}}}
        case Media():
            raise carrying.refused(part, BedrockConverseWriter.title)
        case _:
            raise UnsupportedRequestError("a message of this kind has no counterpart in Bedrock Converse")


def _form(form: ResponseFormat, model: str, notes: Notes) -> dict[str, Any]:
    if form.kind == "json":
        raise UnsupportedRequestError(
            "the request wants JSON without a schema, which Bedrock Converse has not"
        )
    known = Claude.of(model)
    if known is not None and not known.takes_schemas:
        raise UnsupportedRequestError(f"the request has a schema for the answer, and {model} takes none")
    schema = form.schema if known is None else schemas.for_anthropic(form.schema, notes)
    told = {"schema": json.dumps(schema, ensure_ascii=False), "name": form.name or "answer"}
    if form.description:
        told["description"] = form.description
    return {"type": "json_schema", "structure": {"jsonSchema": told}}


def _format(media_type: str) -> str:
    kind = media_type.rpartition("/")[2]
    return {"plain": "txt", "markdown": "md", "jpg": "jpeg"}.get(kind, kind)


def _spec(tool: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"name": tool.name, "inputSchema": {"json": schemas.no_arguments(tool.parameters)}}
    return {**told, "description": tool.description} if tool.description else told
