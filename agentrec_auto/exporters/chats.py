"""Recordings as chats in OpenAI's words, for training and evaluation: only whole answers that went well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from agentrec_auto.corpus.held import Held
from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.exporters.format import UnfitError
from agentrec_auto.providers import registry
from agentrec_auto.providers.conversation import Choice, Question, Reasoning, Text, ToolCall
from agentrec_auto.providers.writers.openai_shape import function_call
from agentrec_auto.providers.writing import writer_for

_WELL = ("stop", "tool_calls", None)


@dataclass(frozen=True, slots=True)
class Chat:
    """A question and its answer."""

    messages: list[dict[str, Any]]
    """What was asked."""

    tools: list[dict[str, Any]]
    answer: Choice

    @property
    def text(self) -> str:
        """What the model said in words."""
        return self.answer.text


def chat_of(held: Held) -> Chat:
    """The chat in a recording; `UnfitError` where it holds none, or none to learn from."""
    interaction = held.interaction
    if interaction.response_status >= 300:
        raise UnfitError(f"it was answered with {interaction.response_status}")
    reading = registry.read(interaction)
    question, answer = reading.question, reading.answer
    if question is None or answer is None:
        raise UnfitError(reading.why)
    if answer.error is not None:
        raise UnfitError(f"the answer is an error: {answer.error}")
    if not answer.is_whole or interaction.ending.value != "complete":
        raise UnfitError("the answer is not whole")
    if answer.first.finish_reason not in _WELL:
        raise UnfitError(f"the answer ended otherwise than well: {answer.first.finish_reason}")
    messages, tools = _asked(question)
    return Chat(messages, tools, answer.first)


def assistant(choice: Choice) -> dict[str, Any]:
    """What the model answered, as a message; what it thought is left out."""
    text = choice.text
    message: dict[str, Any] = {"role": "assistant"}
    calls = [_call(call, number) for number, call in enumerate(choice.tool_calls, 1)]
    if text or not calls:
        message["content"] = text
    if calls:
        message["tool_calls"] = calls
    if not (text or calls):
        raise UnfitError("the answer says nothing")
    if any(not isinstance(part, (Text, ToolCall, Reasoning)) for part in choice.parts):
        raise UnfitError("the answer holds more than text and calls of tools")
    return message


def _asked(question: Question) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The messages and tools of a question, as Chat Completions has them."""
    try:
        written = writer_for("openai_chat").write(question, question.model or "", stream=False)
    except UnsupportedRequestError as error:
        raise UnfitError(str(error)) from error
    messages, tools = written.body["messages"], written.body.get("tools") or []
    if not (isinstance(tools, list) and all(isinstance(one, dict) for one in (*messages, *tools))):
        raise UnfitError("a message or a tool is no object")
    return messages, tools


def _call(call: ToolCall, number: int) -> dict[str, Any]:
    return function_call(call if call.id else replace(call, id=f"call_{number}"))
