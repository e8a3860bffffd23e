"""Cohere Embed and Rerank, versions 1 and 2.

Source: API reference "Embed" and "Rerank". Reranking is billed by the search and counts no tokens.
"""

from __future__ import annotations

from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import media, reading
from agentrec_auto.providers.cohere import cohere_usage
from agentrec_auto.providers.conversation import Answer, Choice, Other, Part, Question, Text, Turn
from agentrec_auto.providers.dialect import Call, Dialect
from agentrec_auto.providers.openai_parts import content
from agentrec_auto.providers.reading import members

_KNOWN = frozenset({"model", "texts", "images", "inputs", "query", "documents"})


class CohereEmbed(Dialect):
    name = "cohere_embed"

    def recognises(self, call: Call) -> bool:
        document = call.document
        asks = "query" in document and "documents" in document
        embeds = any(isinstance(document.get(name), list) for name in ("texts", "images", "inputs"))
        return call.method == "POST" and (asks or embeds)

    def question(self, call: Call) -> Question:
        document = call.document
        ranks = "query" in document
        return Question(
            model=call.model,
            turns=tuple(
                Turn("user", parts) for parts in (_ranked(document) if ranks else _embedded(document))
            ),
            task="rerank" if ranks else "embedding",
            rest=reading.rest(document, _KNOWN),
        )

    def read(self, document: Any) -> Answer:
        document = members(document)
        counted = members(document.get("meta")) or None
        if isinstance(results := document.get("results"), list):
            return Answer((Choice((Other("ranking", results),)),), raw_usage=counted)
        told = document.get("embeddings")
        if isinstance(told, dict):  # by type: float, int8, …
            told = next((vectors for vectors in told.values() if vectors), None)
        if not isinstance(told, list):
            raise DecodeError("the response has neither embeddings nor results")
        return Answer(
            usage=cohere_usage(counted),
            vectors=tuple(reading.vector(one) for one in told),
            raw_usage=counted,
        )


def _ranked(document: dict[str, Any]) -> list[tuple[Part, ...]]:
    documents = document["documents"] if isinstance(document.get("documents"), list) else []
    return [(Text(reading.json_text(one)),) for one in [document["query"], *documents]]


def _embedded(document: dict[str, Any]) -> list[tuple[Part, ...]]:
    texts: list[tuple[Part, ...]] = [(Text(one),) for one in reading.words(document.get("texts"))]
    images: list[tuple[Part, ...]] = [
        (media.from_url("image", one),) for one in reading.words(document.get("images"))
    ]
    return texts + images + [content(one.get("content")) for one in reading.objects(document.get("inputs"))]
