"""OpenAI Completions, the legacy API: a prompt is continued. vLLM, llama.cpp and others still serve it.

Source: API reference "Completions".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    FinishReason,
    Other,
    Part,
    Question,
    Text,
    Turn,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.openai_parts import sampling, usage
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    """
    model prompt suffix stream stream_options temperature top_p max_tokens stop seed n frequency_penalty
    presence_penalty
    """.split()  # noqa: SIM905
)
_FINISH: dict[str, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "filtered"}


class OpenAICompletions(Dialect):
    name = "openai_completions"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and "prompt" in call.document

    def question(self, call: Call) -> Question:
        document = call.document
        if "prompt" not in document:
            raise DecodeError("the request body has no prompt")
        return Question(
            model=call.model,
            turns=tuple(Turn("user", (part,)) for part in prompts(document["prompt"]))
            + tuple(Turn("user", (Other("suffix", text),)) for text in reading.words(document.get("suffix"))),
            sampling=sampling(document),
            task="completion",
            streamed=call.streamed,
            rest=reading.rest(document, _KNOWN),
        )

    def read(self, document: Any) -> Answer:
        document = reading.members(document)
        choices = list(reading.objects(document.get("choices")))
        if not choices:
            raise DecodeError("the response has no choices")
        raw = reading.members(document.get("usage")) or None
        return Answer(
            choices=tuple(_choice(choice) for choice in choices),
            usage=usage(raw),
            model=reading.word(document.get("model")),
            raw_usage=raw,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        choices: dict[int, dict[str, Any]] = {}
        is_whole = False
        for event in stream:
            chunk = event.document
            if chunk == "[DONE]":
                is_whole = True
                continue
            for name in ("model", "usage"):
                if value := reading.members(chunk).get(name):
                    document[name] = value
            for choice in reading.objects(reading.members(chunk).get("choices")):
                whole = choices.setdefault(reading.count(choice.get("index")), {"text": ""})
                whole["text"] += reading.text(choice.get("text"))
                if reason := choice.get("finish_reason"):
                    whole["finish_reason"] = reason
        if choices:
            document["choices"] = [choices[index] for index in sorted(choices)]
        return Folded(document, is_whole)


def prompts(value: Any) -> list[Part]:
    """The prompts or inputs in a value: texts, or token ids, alone or several."""
    if isinstance(value, str):
        return [Text(value)]
    if not isinstance(value, list):
        raise DecodeError("a prompt is a text or an array")
    if value and all(isinstance(one, int) for one in value):
        return [Other("tokens", value)]
    return [Text(one) if isinstance(one, str) else Other("tokens", one) for one in value]


def _choice(choice: dict[str, Any]) -> Choice:
    raw = reading.word(choice.get("finish_reason"))
    return Choice((Text(reading.text(choice.get("text"))),), _FINISH.get(raw, "other") if raw else None, raw)
