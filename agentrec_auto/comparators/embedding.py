"""``embedding``: how near two answers are in meaning, by an embedding model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from agentrec_auto.comparators.asking import Embedder
from agentrec_auto.comparators.base import Comparator, ComparisonResult, Pair, Said, failed, side_with
from agentrec_auto.comparators.texts import words

if TYPE_CHECKING:
    import httpx


class EmbeddingComparator(Comparator):
    """Passes where the angle between two answers' vectors is small."""

    name = "embedding"
    is_online: ClassVar[bool] = True

    def __init__(
        self,
        http: httpx.AsyncClient | None = None,
        *,
        model: str = "text-embedding-3-small",
        threshold: float = 0.8,
        embedder: Embedder | None = None,
    ) -> None:
        self.threshold = threshold
        if embedder is None:
            from agentrec_auto.comparators.over_http import HttpEmbedder

            embedder = HttpEmbedder(model, http)
        self._embedder = embedder

    async def compare_pair(self, pair: Pair) -> ComparisonResult:
        """As `compare`; but about two answers of the same words nobody is asked."""
        if words(pair.baseline) == words(pair.target):
            return ComparisonResult(self.name, 1.0, True, "the same words")
        return await self.compare(pair.prompt, pair.baseline, pair.target)

    async def compare(self, prompt: str, baseline: Said, target: Said) -> ComparisonResult:
        texts = [words(side_with(one)) for one in (baseline, target)]
        empty = [not text.strip() for text in texts]
        if any(empty):  # APIs refuse an empty text
            return self._told(float(all(empty)), "an answer is empty")
        first, second = await self._embedder.vectors(texts)
        if not all(map(math.isfinite, (*first, *second))):
            return failed(self.name, f"{self._embedder.model} gave a vector that is none")
        score = max(0.0, min(1.0, cosine_similarity(first, second)))
        return self._told(score, f"cosine similarity {score:.2f} via {self._embedder.model}")

    async def close(self) -> None:
        await self._embedder.close()

    def _told(self, score: float, detail: str) -> ComparisonResult:
        return ComparisonResult(
            self.name, score, score >= self.threshold, f"{detail} (threshold {self.threshold})"
        )


def cosine_similarity(a: Sequence[float], b: Sequence[float]) -> float:
    """The cosine of the angle between two vectors, -1.0 to 1.0; 0.0 where one of them is zero.

    ValueError where they have not the same length.
    """
    if len(a) != len(b):
        raise ValueError(f"vectors of different lengths: {len(a)} and {len(b)}")
    lengths = math.hypot(*a) * math.hypot(*b)
    return math.fsum(x * y for x, y in zip(a, b, strict=True)) / lengths if lengths else 0.0
