"""Anthropic Text Completions, the API before Messages: ``\\n\\nHuman: … \\n\\nAssistant:`` is continued.

Source: API reference "Create a Text Completion". Counts no tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Answer, Choice, FinishReason, Question, Sampling, Text, Turn
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    {"model", "prompt", "max_tokens_to_sample", "temperature", "top_p", "top_k", "stop_sequences", "stream"}
)
_FINISH: dict[str, FinishReason] = {"stop_sequence": "stop", "max_tokens": "length"}


class AnthropicComplete(Dialect):
    name = "anthropic_complete"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and "prompt" in call.document and "max_tokens_to_sample" in call.document

    def question(self, call: Call) -> Question:
        document = call.document
        return Question(
            model=call.model,
            turns=(Turn("user", (Text(reading.text(document.get("prompt"))),)),),
            sampling=Sampling(
                temperature=reading.number(document.get("temperature")),
                top_p=reading.number(document.get("top_p")),
                top_k=reading.number(document.get("top_k")),
                max_tokens=reading.integer(document.get("max_tokens_to_sample")),
                stop=reading.words(document.get("stop_sequences")),
            ),
            task="completion",
            streamed=call.streamed,
            rest=reading.rest(document, _KNOWN),
        )

    def read(self, document: Any) -> Answer:
        document = reading.members(document)
        if not isinstance(document.get("completion"), str):
            raise DecodeError("the response has no completion")
        raw = reading.word(document.get("stop_reason"))
        choice = Choice((Text(document["completion"]),), _FINISH.get(raw, "other") if raw else None, raw)
        return Answer(choices=(choice,), model=reading.word(document.get("model")))

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        for event in stream:
            told = reading.members(event.document)
            if "completion" in told:
                whole = reading.text(document.get("completion")) + reading.text(told["completion"])
                document = {**told, "completion": whole}
        return Folded(document, bool(document.get("stop_reason")))
