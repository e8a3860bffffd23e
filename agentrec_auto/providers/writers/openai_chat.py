"""OpenAI Chat Completions, and the many servers that speak it.

Source: API reference "Chat Completions"; openai 3.54.0, ``types/chat/completion_create_params.py``. JSON mode
is refused unless a message has the word ``json`` in it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Question, ResponseFormat, ToolChoice
from agentrec_auto.providers.writers import leftovers
from agentrec_auto.providers.writers import openai_shape as shape
from agentrec_auto.providers.writers.drawing import drawn, effort_of, lower, note_effort, shorten
from agentrec_auto.providers.writers.models import GPT
from agentrec_auto.providers.writers.schemas import is_strict
from agentrec_auto.providers.writing import Notes, Writer

_NAMES = {
    "temperature": "temperature",
    "top_p": "top_p",
    "max_tokens": "max_tokens",
    "stop": "stop",
    "seed": "seed",
    "n": "n",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}
_COMMON = frozenset({"user", "stream_options", "logprobs", "top_logprobs"})
"""Members of no bearing on the answer that most servers know."""

_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking_blocks")


class OpenAIChatWriter(Writer):
    name = "openai_chat"
    title = "OpenAI Chat Completions"
    has_speakers = True
    carries = frozenset({"parallel_tool_calls", "verbosity", "text.verbosity"})
    names: ClassVar[dict[str, str]] = _NAMES
    required: ClassVar[str] = "required"
    file_parts: ClassVar[bool] = True
    hottest: ClassVar[float] = 2

    def path(self, model: str, stream: bool) -> str:
        return "/chat/completions"

    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        messages = list(shape.chat_messages(question.turns, self.title, notes, file_parts=self.file_parts))
        if told := shape.system(question):
            messages.insert(0, {"role": "system", "content": told})
        body: dict[str, Any] = {"model": model, "messages": messages}
        if question.tools:
            tools = shape.offered(question, notes, why="the choice among them has no common form")
            body["tools"] = [shape.nested(tool, notes) for tool in tools]
        if question.tool_choice is not None:
            body["tool_choice"] = self.tool_choice(question.tool_choice)
        if question.tools and question.rest.get("parallel_tool_calls") is False:
            body["parallel_tool_calls"] = False
        if question.response_format is not None:
            body["response_format"] = self.response_format(question.response_format, question, notes)
        body.update(drawn(question.sampling, self.names, self.title, notes))
        self.say_rest(body, question, model, notes)
        return body

    def say_rest(self, body: dict[str, Any], question: Question, model: str, notes: Notes) -> None:
        """Verbosity and effort, which only some models know."""
        known = GPT.of(model)
        if verbosity := reading.first_of(dict(question.rest), "verbosity", "text.verbosity"):
            if known is not None and known.reasons:
                body["verbosity"] = verbosity
            else:
                notes.say(f"verbosity {verbosity!r} left out: {model} isn't known to take it")
        effort = effort_of(question.sampling.reasoning)
        if effort is not None and known is not None:
            body["reasoning_effort"] = effort
            note_effort(question.sampling.reasoning, effort, notes)
        elif effort not in (None, "none"):
            notes.say(f"reasoning effort {effort!r} left out: {model} isn't known to take it")

    def tool_choice(self, choice: ToolChoice) -> Any:
        return shape.choice_word(choice, self.required)

    def response_format(self, form: ResponseFormat, question: Question, notes: Notes) -> dict[str, Any]:
        if form.kind == "json":
            if mentions_json(question):
                return {"type": "json_object"}
            notes.say("JSON mode asked for as any object's schema: OpenAI's wants the word json in a message")
            schema: dict[str, Any] = {"name": "answer", "schema": {"type": "object"}, "strict": False}
            return {"type": "json_schema", "json_schema": schema}
        told: dict[str, Any] = {"name": form.name or "answer", "schema": form.schema}
        if form.description:
            told["description"] = form.description
        told["strict"] = strictness(form, notes)
        return {"type": "json_schema", "json_schema": told}

    def revised(self, body: dict[str, Any], model: str, notes: Notes, *, is_away: bool) -> dict[str, Any]:
        if is_away:  # servers of this shape know the older words, and few of OpenAI's own
            for message in reading.objects(body.get("messages")):
                if message.get("role") == "developer":
                    message["role"] = "system"
            if (most := body.pop("max_completion_tokens", None)) is not None:
                body.setdefault("max_tokens", most)
            if beside := sorted(name for name in body if name in leftovers.BESIDE_THE_POINT - _COMMON):
                notes.say(f"left out, as the answer doesn't depend on it: {', '.join(beside)}")
                body = {name: value for name, value in body.items() if name not in beside}
        return {**body, "model": model}

    def forget_thoughts(self, body: dict[str, Any], notes: Notes) -> None:
        for message in reading.objects(body.get("messages")):
            if message.get("role") != "assistant":
                continue
            parts = message.get("content")
            kept = [one for one in parts if not _is_thought(one)] if isinstance(parts, list) else parts
            gone = [message.pop(name) for name in _THOUGHTS if name in message]
            if kept != parts:
                message["content"] = kept or None
            if kept != parts or any(gone):
                notes.say("what the other model thought before is left out: it can't be sent to another")

    def fit(self, body: dict[str, Any], model: str, notes: Notes) -> None:
        effort = shape.fit_gpt(body, model, reading.word(body.get("reasoning_effort")), notes)
        if effort is None:
            body.pop("reasoning_effort", None)
        else:
            body["reasoning_effort"] = effort
        known = GPT.of(model)
        if known is not None and known.reasons and "gpt-oss" not in model and "max_tokens" in body:
            body["max_completion_tokens"] = body.pop("max_tokens")
            notes.say("the limit of tokens covers what the model thinks, too")
        if body.get("logit_bias"):
            notes.say(f"logit_bias is sent as it was: its tokens may be others in {model}")
        lower(body, "temperature", self.hottest, self.title, notes)
        shorten(body, "stop", 4, self.title, notes)

    def set_stream(self, body: dict[str, Any], stream: bool) -> None:
        super().set_stream(body, stream)
        options = body.pop("stream_options", None)
        if stream:  # else no usage is told
            body["stream_options"] = {**reading.members(options), "include_usage": True}


def mentions_json(question: Question) -> bool:
    """Whether a text of the question speaks of JSON."""
    texts = [*question.system, *(turn.text for turn in question.turns)]
    return any("json" in text.lower() for text in texts)


def strictness(form: ResponseFormat, notes: Notes) -> bool:
    """Whether the answer is to be made to fit: as the request says; else, if OpenAI can."""
    if form.strict is not None:
        return form.strict
    if is_strict(form.schema):
        return True
    notes.say("the answer's schema is asked for without enforcing it: OpenAI's strict mode doesn't take it")
    return False


def _is_thought(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "thinking"
