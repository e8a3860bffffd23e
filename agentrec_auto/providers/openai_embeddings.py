"""OpenAI Embeddings, and those shaped after them: Azure, Mistral, Voyage, Jina, vLLM …

Source: API reference "Embeddings".
"""

from __future__ import annotations

from array import array
from binascii import a2b_base64
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Answer, Question, Turn
from agentrec_auto.providers.dialect import Call, Dialect
from agentrec_auto.providers.openai_completions import prompts
from agentrec_auto.providers.openai_parts import usage

_KNOWN = frozenset({"model", "input"})


class OpenAIEmbeddings(Dialect):
    name = "openai_embeddings"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and isinstance(call.document.get("input"), (str, list))

    def question(self, call: Call) -> Question:
        if "input" not in call.document:
            raise DecodeError("the request body has no input")
        return Question(
            model=call.model,
            turns=tuple(Turn("user", (part,)) for part in prompts(call.document["input"])),
            task="embedding",
            rest=reading.rest(call.document, _KNOWN),
        )

    def read(self, document: Any) -> Answer:
        document = reading.members(document)
        if not isinstance(document.get("data"), list):
            raise DecodeError("the response has no embeddings")
        raw = reading.members(document.get("usage")) or None
        # Gateways that embed by the batch give them back in any order.
        ordered = sorted(reading.objects(document["data"]), key=lambda one: reading.count(one.get("index")))
        told = [one.get("embedding") for one in ordered]
        return Answer(
            usage=usage(raw),
            model=reading.word(document.get("model")),
            vectors=tuple(_floats(one) if isinstance(one, str) else reading.vector(one) for one in told),
            raw_usage=raw,
        )


def _floats(coded: str) -> tuple[float, ...]:
    """``encoding_format: base64``, which the SDK asks for by itself: little-endian 32-bit floats."""
    data = a2b_base64(coded)
    return tuple(array("f", data[: len(data) // 4 * 4]))
