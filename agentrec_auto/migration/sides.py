"""From an answer to what comparators look at, with its tokens, its time and its price."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any, Protocol

from agentrec_auto.comparators.base import Side
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Answer, Usage

_ENDS = {
    "length": "cut off at its token limit",
    "filtered": "kept back by the provider's filter",
    "refusal": "is a refusal",
    "paused": "only begun: the provider paused it",
}

_EDGES = ("^", "$", "-", ".", ":", "@", "_")
"""What may stand before and behind a model's name in a longer one."""


class Prices(Protocol):
    """What tokens cost."""

    @property
    def provenance(self) -> str:
        """Where the prices come from, and as of when."""

    def cost(
        self, model: str | None, provider: str | None, usage: Usage, at: str | None = None
    ) -> float | None:
        """In dollars; None where there is no price. ``at`` is when the answer was recorded."""


def side_of(
    answer: Answer | None, told: Mapping[str, Any], model: str | None, prices: Prices | None = None
) -> Side:
    """One answer with its circumstances. ``told`` is the recording's metadata, ``model`` who was asked."""
    if answer is None:
        return Side(model=model)
    usage = answer.usage or _counted(told.get("usage"))
    name = answer.model or model
    name = name and intern(name)  # one for all rows
    provider = reading.word(told.get("provider"))
    first = answer.first
    return Side(
        model=name,
        text=first.text,
        tool_calls=first.tool_calls,
        refusal=first.refusal,
        finish_reason=first.finish_reason,
        is_whole=answer.is_whole,
        usage=usage,
        latency_s=reading.number(told.get("latency_s")),
        latency_first_chunk_s=reading.number(told.get("latency_first_chunk_s")),
        cost_usd=_cost(prices, name, model, provider, usage, reading.word(told.get("recorded_at"))),
    )


def _cost(
    prices: Prices | None,
    answered: str | None,
    asked: str | None,
    provider: str | None,
    usage: Usage | None,
    at: str | None,
) -> float | None:
    """By the model that answered or, where nobody knows its price, by the one that was asked."""
    if prices is None or usage is None:
        return None
    cost = prices.cost(answered, provider, usage, at)
    return prices.cost(asked, provider, usage, at) if cost is None and asked != answered else cost


def ended_badly(side: Side) -> str | None:
    """Why an answer is not what it might have been; None where it is."""
    return _ENDS.get(side.finish_reason or "")


def tokens_in(usage: Usage | None) -> int | None:
    """Read by the model, from a cache or not."""
    return None if usage is None else usage.input + usage.cache_read + usage.cache_write


def tokens_out(usage: Usage | None) -> int | None:
    """Written by the model, thoughts included."""
    return None if usage is None else usage.output + usage.reasoning


def _counted(told: Any) -> Usage | None:
    """The usage that a recording's metadata says, where its body doesn't."""
    if not isinstance(told, dict):
        return None
    return Usage(**{name: reading.count(told.get(name)) for name in Usage.__dataclass_fields__})


def is_same_model(answered: str, asked: str) -> bool:
    """Whether a model that answered is the one asked: providers add a date, gateways a prefix."""
    one, other = (name.lower().rpartition("/")[2] for name in (answered, asked))
    shorter, longer = sorted((one, other), key=len)
    return any(f"{before}{shorter}{after}" in f"^{longer}$" for before in _EDGES for after in _EDGES)
