"""Which comparators a migration is judged by, and at what prices: from options to objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agentrec_auto.comparators.base import Comparator
from agentrec_auto.corpus.held import Corpus
from agentrec_auto.migration.sides import Prices


@contextmanager
def comparators(
    spec: str,
    corpus: Corpus,
    *,
    judge_models: Sequence[str],
    embedding_model: str,
    fuzzy_threshold: float,
    embedding_threshold: float,
    offline: bool,
) -> Iterator[list[Comparator]]:
    """The comparators that ``spec`` names."""
    from agentrec_auto import comparators as known

    made: Any = known.build_comparators(
        spec,
        judge_model=judge_models[0],
        embedding_model=embedding_model,
        fuzzy_threshold=fuzzy_threshold,
        embedding_threshold=embedding_threshold,
    )
    yield list(made)


def prices(file: str, as_of: str) -> Prices | None:
    """What tokens cost."""
    return None
