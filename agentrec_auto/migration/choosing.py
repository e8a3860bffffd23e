"""Which of the recorded questions are asked again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentrec_auto.corpus.query import Query, parse

if TYPE_CHECKING:
    from agentrec_auto.migration.baselines import Baseline


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen; without any condition, everything."""

    query: Query = field(default_factory=Query)
    """Put to each recording, as by ``agentrec ls``."""

    name_part: str = ""
    """What the recording's name must have in it."""

    limit: int | None = None
    """The first so many questions, by name."""

    sample: int | None = None
    """So many drawn at random."""

    seed: int = 0
    """Another seed draws another sample.

    A question is drawn by a hash of the seed and its key, so a corpus that has grown gives back most of the
    earlier sample, whose answers are there already.
    """

    def means_name(self, name: str) -> bool:
        """Whether a recording of that name may be meant."""
        return self.name_part in name

    def drawn(self, found: Sequence[Baseline]) -> list[Baseline]:
        """Of these questions, those that sample and limit leave."""
        chosen = list(found)
        if self.sample is not None and self.sample < len(chosen):
            ranked = sorted(chosen, key=lambda one: _rank(self.seed, one.semantic_key or one.name))
            drawn = {one.name for one in ranked[: self.sample]}
            chosen = [one for one in chosen if one.name in drawn]
        return chosen if self.limit is None else chosen[: self.limit]


def chosen(
    words: Sequence[str] = (),
    part: str | None = None,
    *,
    limit: int | None = None,
    sample: int | None = None,
    seed: int = 0,
) -> Choice:
    """The choice that a filter spells.

    ``part`` is a part of names, or, with a colon in it (which no name has), one more term of the filter.
    """
    terms, name_part = list(words), part or ""
    if ":" in name_part:
        terms, name_part = [*terms, name_part], ""
    return Choice(parse(terms), name_part, limit, sample, seed)


def _rank(seed: int, key: str) -> bytes:
    return hashlib.sha256(f"{seed} {key}".encode()).digest()
