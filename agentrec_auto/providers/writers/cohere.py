"""Cohere Chat, version 2.

Source: API reference "Chat (V2)"; cohere 7.3.1, ``v2/client.py``. One tool by name can't be demanded.
"""

from __future__ import annotations

from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Question
from agentrec_auto.providers.writers import openai_shape as shape
from agentrec_auto.providers.writers import schemas
from agentrec_auto.providers.writers.drawing import budget_of, drawn, lower, note_effort, shorten
from agentrec_auto.providers.writing import Notes, Writer

_NAMES = {
    "temperature": "temperature",
    "top_p": "p",
    "top_k": "k",
    "max_tokens": "max_tokens",
    "stop": "stop_sequences",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}


class CohereWriter(Writer):
    name = "cohere"
    title = "Cohere Chat"

    def path(self, model: str, stream: bool) -> str:
        return "/v2/chat"

    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        messages = list(shape.chat_messages(question.turns, self.title, notes, file_parts=False))
        if told := shape.system(question):
            messages.insert(0, {"role": "system", "content": told})
        body: dict[str, Any] = {"model": model, "messages": messages}
        choice = question.tool_choice
        if question.tools:
            tools = shape.offered(question, notes, why=f"{self.title} chooses among all")
            body["tools"] = [shape.nested(tool, notes, strict=False) for tool in tools]
        match choice.mode if choice is not None else "auto":
            case "none" | "required" as mode:
                body["tool_choice"] = mode.upper()
            case "named":
                raise UnsupportedRequestError(f"one tool by name can't be demanded in {self.title}")
        if (form := question.response_format) is not None:
            if question.tools:
                raise UnsupportedRequestError(
                    f"the request has tools and a form for the answer, of which {self.title} takes one only"
                )
            schema = {"json_schema": schemas.described(form)} if form.kind == "schema" else {}
            body["response_format"] = {"type": "json_object", **schema}
        body.update(drawn(question.sampling, _NAMES, self.title, notes))
        budget = budget_of(question.sampling.reasoning)
        if budget is not None and "reasoning" in model:
            told_budget = {"type": "enabled", "token_budget": budget} if budget else {"type": "disabled"}
            body["thinking"] = told_budget
            note_effort(question.sampling.reasoning, budget, notes)
        elif budget:
            notes.say(f"reasoning left out: {model} isn't known to take it")
        return body

    def forget_thoughts(self, body: dict[str, Any], notes: Notes) -> None:
        for message in reading.objects(body.get("messages")):
            parts = message.get("content")
            if isinstance(parts, list):
                kept = [one for one in parts if reading.members(one).get("type") != "thinking"]
                if len(kept) < len(parts):
                    message["content"] = kept
                    notes.say("what the other model thought before is left out: it can't be sent to another")

    def fit(self, body: dict[str, Any], model: str, notes: Notes) -> None:
        lower(body, "temperature", 1, self.title, notes)
        lower(body, "frequency_penalty", 1, self.title, notes)
        lower(body, "presence_penalty", 1, self.title, notes)
        lower(body, "p", 0.99, self.title, notes)
        shorten(body, "stop_sequences", 5, self.title, notes)
