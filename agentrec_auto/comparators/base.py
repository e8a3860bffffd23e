"""What is compared, and what comes of it.

A comparator sees a `Pair`: the question in words, and two sides. One that computes is a `Scorer`: it has
`score`, needs no event loop and may run in any executor. One that asks somebody (a judge, an embedding
model) is a plain `Comparator` and overrides `compare_pair`; the simplest of one's own only `compare`, on
texts, as the ``agentrec`` library has it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from agentrec_auto.providers.conversation import FinishReason, ToolCall, Usage


@dataclass(frozen=True, slots=True)
class Side:
    """One model's answer, with what it took."""

    model: str | None = None
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    finish_reason: FinishReason | None = None
    is_whole: bool = True
    usage: Usage | None = None
    latency_s: float | None = None
    """From the request to the last chunk, where it was recorded."""

    latency_first_chunk_s: float | None = None
    cost_usd: float | None = None
    """None where the usage or the price is not known."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a comparator is given."""

    prompt: str
    """The question in words, as people read it."""

    baseline: Side
    target: Side
    category: str | None = None


@dataclass(frozen=True)
class ComparisonResult:
    """What a comparator says of a pair."""

    comparator: str
    score: float
    """0.0 (nothing in common) to 1.0 (the same)."""

    passed: bool | None
    """None where passing means nothing."""

    detail: str = ""
    """Why, in a line."""

    error: bool = False
    """Whether the comparator itself failed; score and verdict then mean nothing."""


class Comparator(ABC):
    """Says how alike two answers are."""

    name: str
    is_online: ClassVar[bool] = False
    """Whether it asks somebody over the network, unless its answer was recorded."""

    @abstractmethod
    async def compare(self, prompt: str, baseline: str, target: str) -> ComparisonResult:
        """How alike two texts are, as answers to ``prompt``."""

    async def compare_pair(self, pair: Pair) -> ComparisonResult:
        """How alike two answers are; looks at their texts alone unless overridden."""
        return await self.compare(pair.prompt, pair.baseline.text, pair.target.text)


class Scorer(Comparator):
    """A comparator that computes: nothing to wait for. Must be picklable, for executors."""

    @abstractmethod
    def score(self, pair: Pair) -> ComparisonResult:
        """How alike two answers are."""

    async def compare(self, prompt: str, baseline: str, target: str) -> ComparisonResult:
        return self.score(Pair(prompt, Side(text=baseline), Side(text=target)))

    async def compare_pair(self, pair: Pair) -> ComparisonResult:
        return self.score(pair)


def failed(name: str, error: BaseException | str) -> ComparisonResult:
    """The result of a comparator that could not do its work."""
    told: Any = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return ComparisonResult(name, 0.0, None, f"comparator failed: {told}", error=True)
