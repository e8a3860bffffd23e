"""Mistral Chat Completions: OpenAI's shape with words and rules of its own.

Source: API reference "Chat"; mistralai 3.7.0, ``client/models/chatcompletionrequest.py``. Ids of tool calls
are nine letters and digits; after a tool's result the model speaks.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import Question, ResponseFormat
from agentrec_auto.providers.writers.drawing import effort_of, lower, note_effort
from agentrec_auto.providers.writers.openai_chat import OpenAIChatWriter
from agentrec_auto.providers.writing import Ids, Notes

_REASONERS = re.compile(r"magistral|mistral-(small|medium)-(latest|2[6-9]\d\d|4)")


class MistralWriter(OpenAIChatWriter):
    name = "mistral"
    title = "Mistral"
    ids = Ids(re.compile(r"[A-Za-z0-9]{9}"))
    has_speakers = False
    carries = frozenset({"parallel_tool_calls", "safe_prompt"})
    required = "any"
    file_parts = False
    hottest = 1.5
    names: ClassVar[dict[str, str]] = {**OpenAIChatWriter.names, "seed": "random_seed", "top_k": "top_k"}

    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        for before, turn in zip(question.turns, question.turns[1:], strict=False):
            if before.role == "tool" and turn.role not in ("tool", "assistant"):
                raise UnsupportedRequestError("after a tool's result Mistral lets only the model speak")
        return super().composed(question, model, max_tokens_default, notes)

    def say_rest(self, body: dict[str, Any], question: Question, model: str, notes: Notes) -> None:
        effort = effort_of(question.sampling.reasoning)
        if effort is None:
            return
        if _REASONERS.search(model):
            body["reasoning_effort"] = effort
            note_effort(question.sampling.reasoning, effort, notes)
        elif effort != "none":
            notes.say(f"reasoning effort {effort!r} left out: {model} isn't known to take it")

    def response_format(self, form: ResponseFormat, question: Question, notes: Notes) -> dict[str, Any]:
        if form.kind == "json":
            return {"type": "json_object"}
        told: dict[str, Any] = {"name": form.name or "answer", "schema": form.schema}
        if form.description:
            told["description"] = form.description
        return {"type": "json_schema", "json_schema": {**told, "strict": form.strict is not False}}

    def fit(self, body: dict[str, Any], model: str, notes: Notes) -> None:
        lower(body, "temperature", self.hottest, self.title, notes)

    def set_stream(self, body: dict[str, Any], stream: bool) -> None:
        super().set_stream(body, stream)
        body.pop("stream_options", None)  # its streams tell the usage unasked
