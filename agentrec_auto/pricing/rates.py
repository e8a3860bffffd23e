"""What a model costs a token, by bucket and by how much is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from agentrec_auto.providers.conversation import Usage

Tiers = tuple[tuple[int, float], ...]
"""Tokens read in all above which a rate holds, and the rate in dollars for a million; lowest first."""

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of one model, from some day on. An empty one is not known.

    The highest rate whose threshold was passed holds for all tokens of the call, as providers bill it.
    """

    input: Tiers = ()
    output: Tiers = ()
    cache_read: Tiers = ()
    """As `input`, where it isn't known: a cache without a price of its own is billed so."""

    cache_write: Tiers = ()
    reasoning: Tiers = ()
    """As `output`, where it isn't known."""

    call: float = 0.0
    """In dollars, for each call, whatever it takes (Perplexity's searches)."""

    def cost(self, usage: Usage) -> float | None:
        """In dollars; None where a rate that it takes is not known."""
        read = usage.input + usage.cache_read + usage.cache_write
        total = 0.0
        for tokens, tiers in (
            (usage.input, self.input),
            (usage.cache_read, self.cache_read or self.input),
            (usage.cache_write, self.cache_write or self.input),
            (usage.output, self.output),
            (usage.reasoning, self.reasoning or self.output),
        ):
            if not tokens:
                continue
            rate = _rate(tiers, read)
            if rate is None:
                return None
            total += rate * tokens
        return total / _MILLION + self.call

    def as_json(self) -> dict[str, Any]:
        """What is known."""
        return {field.name: tiers for field in fields(self) if (tiers := getattr(self, field.name))}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Rates:
        """What `as_json` gave; ValueError, TypeError or AttributeError where it didn't."""
        made = dict(told)
        call = float(made.pop("call", 0.0))
        tiers = {name: tuple((int(start), float(rate)) for start, rate in one) for name, one in made.items()}
        return cls(**tiers, call=call)


def _rate(tiers: Tiers, read: int) -> float | None:
    found = None
    for start, rate in tiers:
        if found is None or read > start:
            found = rate
    return found
