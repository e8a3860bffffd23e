"""What is compared, and what comes of it.

A comparator sees a `Pair`: the question in words, and two sides. One that computes is a `Scorer`: it has
`score`, needs no event loop and may run in any executor. One that asks somebody (a judge, an embedding
model) is a plain `Comparator`, which has `compare`, on two answers, as the ``agentrec`` library has it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

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


class HasText(Protocol):
    """An answer in one text: a `Side`, or what `decode_interaction` gives."""

    @property
    def text(self) -> str: ...


Said = Side | HasText | str
"""What may be compared without more ado."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a comparator is given."""

    prompt: str
    """The question in words, as people read it."""

    baseline: Side
    target: Side
    category: str | None = None


@dataclass(frozen=True, slots=True)
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

    applies: bool = True
    """False where there is nothing to compare (no JSON in either answer): such a result counts nowhere."""


class Comparator(ABC):
    """Says how alike two answers are."""

    name: str
    is_online: ClassVar[bool] = False
    """Whether it asks somebody over the network, unless the answer was recorded."""

    @abstractmethod
    async def compare(self, prompt: str, baseline: Side, target: Side) -> ComparisonResult:
        """How alike two answers to ``prompt`` are."""

    async def compare_pair(self, pair: Pair) -> ComparisonResult:
        """The same of a pair, with its category."""
        return await self.compare(pair.prompt, pair.baseline, pair.target)

    async def close(self) -> None:  # noqa: B027  # most have nothing to close
        """A run is over: hang up. Another may follow."""


class Scorer(Comparator):
    """A comparator that computes: nothing to wait for. Must be picklable, for executors."""

    @abstractmethod
    def score(self, pair: Pair) -> ComparisonResult:
        """How alike two answers are."""

    async def compare(self, prompt: str, baseline: Said, target: Said) -> ComparisonResult:
        return self.score(Pair(prompt, side_with(baseline), side_with(target)))

    async def compare_pair(self, pair: Pair) -> ComparisonResult:
        return self.score(pair)


def side_with(said: Said) -> Side:
    """An answer as a side, whatever it came as."""
    match said:
        case Side():
            return said
        case str():
            return Side(text=said)
    return Side(model=getattr(said, "model", None), text=said.text)


def failed(name: str, error: BaseException | str) -> ComparisonResult:
    """The result of a comparator that could not do its work."""
    told = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return ComparisonResult(name, 0.0, None, f"comparator failed: {told}", error=True)


def does_not_apply(name: str, why: str) -> ComparisonResult:
    """The result where there is nothing to compare."""
    return ComparisonResult(name, 0.0, None, why, applies=False)
