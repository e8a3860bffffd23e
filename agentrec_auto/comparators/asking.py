"""Whom a comparator asks: a model that answers in words, and one that embeds texts.

What stands behind them is the caller's: an HTTP client (`over_http`), or a corpus in which answers are kept
and found again offline (`agentrec_auto.migration.consulting`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, and what that took."""

    text: str
    is_cut: bool = False
    """Whether it ran into its limit of tokens."""


class Asker(Protocol):
    """A model that answers."""

    @property
    def model(self) -> str:
        """What the user calls it."""

    async def ask(self, system: str, prompt: str) -> Reply:
        """What it says; raises what stands in the way."""

    async def close(self) -> None:
        """Hang up; it may be asked again."""


class Embedder(Protocol):
    """A model that makes vectors of texts."""

    @property
    def model(self) -> str:
        """What the user calls it."""

    async def vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A vector a text; raises what stands in the way."""

    async def close(self) -> None:
        """Hang up; it may be asked again."""
