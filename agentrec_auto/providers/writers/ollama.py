"""Ollama's own chat.

Source: ollama docs/api.md; ollama 0.6.3, ``_types.py``. Streams unless told not to; images are base64 only; a
tool's result says the tool's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Media, Question, Text, ToolCall, ToolResult, Turn
from agentrec_auto.providers.writers import carrying, schemas
from agentrec_auto.providers.writers import openai_shape as shape
from agentrec_auto.providers.writers.drawing import drawn, effort_of
from agentrec_auto.providers.writers.preparing import joined
from agentrec_auto.providers.writing import Notes, Writer

_NAMES = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "max_tokens": "num_predict",
    "stop": "stop",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}


class OllamaWriter(Writer):
    name = "ollama"
    title = "Ollama"

    def path(self, model: str, stream: bool) -> str:
        return "/api/chat"

    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        messages = [
            message for turn in joined(question.turns, "assistant") for message in _messages(turn, notes)
        ]
        if told := shape.system(question):
            messages.insert(0, {"role": "system", "content": told})
        body: dict[str, Any] = {"model": model, "messages": messages}
        choice = question.tool_choice
        if choice is not None and choice.mode in ("required", "named"):
            raise UnsupportedRequestError(f"a tool call can't be demanded in {self.title}")
        if question.tools and choice is not None and choice.mode == "none":
            notes.say("tools left out: they may not be called, which Ollama can't say otherwise")
        elif question.tools:
            tools = shape.offered(question, notes, why=f"{self.title} chooses among all")
            body["tools"] = [shape.nested(tool, notes, strict=False) for tool in tools]
        if (form := question.response_format) is not None:
            body["format"] = schemas.described(form) if form.kind == "schema" else "json"
        if options := drawn(question.sampling, _NAMES, self.title, notes):
            body["options"] = options
        if effort_of(question.sampling.reasoning) not in (None, "none"):
            notes.say("reasoning left out: not every model of Ollama's takes it")
        return body

    def revised(self, body: dict[str, Any], model: str, notes: Notes, *, is_away: bool) -> dict[str, Any]:
        if "messages" not in body:
            raise UnsupportedRequestError("the request asks for the completion of a text, not for a chat")
        return {**body, "model": model}

    def forget_thoughts(self, body: dict[str, Any], notes: Notes) -> None:
        for message in reading.objects(body.get("messages")):
            if message.pop("thinking", None):
                notes.say("what the other model thought before is left out: it can't be sent to another")

    def set_stream(self, body: dict[str, Any], stream: bool) -> None:
        body["stream"] = stream


def _messages(turn: Turn, notes: Notes) -> Iterator[dict[str, Any]]:
    if turn.role == "tool":
        for part in turn.parts:
            if isinstance(part, ToolResult):
                said = shape.tool_text(part, OllamaWriter.title, notes)
                yield {"role": "tool", "tool_name": part.name, "content": said}
        return
    texts, images, calls = [], [], []
    for part in turn.parts:
        match part:
            case Text(text):
                texts.append(text)
            case Media(kind="image", data=str(data)):
                images.append(data)
            case ToolCall():
                calls.append({"function": {"name": part.name, "arguments": carrying.arguments(part)}})
            case Media():
                raise carrying.refused(part, OllamaWriter.title)
            case _:
                raise UnsupportedRequestError("a message of this kind has no counterpart in Ollama")
    if images and texts and not isinstance(turn.parts[-1], Media):
        notes.say("images stand behind the text of their message: Ollama has one text a message")
    if len(texts) > 1:
        notes.say("texts of one message are sent as one: Ollama has one a message")
    message: dict[str, Any] = {"role": turn.role, "content": "\n".join(texts)}
    if images:
        message["images"] = images
    yield {**message, "tool_calls": calls} if calls else message
