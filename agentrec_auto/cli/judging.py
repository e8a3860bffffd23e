"""Which comparators a migration is judged by, and at what prices: from options to objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from agentrec_auto.comparators.base import Comparator
from agentrec_auto.comparators.table import ALL, OFFLINE, build_comparators
from agentrec_auto.corpus.held import Corpus
from agentrec_auto.errors import ConfigError
from agentrec_auto.migration.sides import Prices
from agentrec_auto.settings import Settings


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
    """The comparators that ``spec`` names; `ConfigError` for one that would have to ask, offline."""
    try:
        made = build_comparators(
            spec,
            judge_model=judge_models[0],
            judge_model_2=judge_models[1] if len(judge_models) > 1 else None,
            embedding_model=embedding_model,
            fuzzy_threshold=fuzzy_threshold,
            embedding_threshold=embedding_threshold,
            patterns=corpus.settings.comparators,
            every=OFFLINE if offline else ALL,
        )
    except ConfigError:
        raise
    except ValueError as error:
        raise ConfigError(str(error), where=f"--compare {spec}") from error
    online = [one.name for one in made if one.is_online]
    if offline and online:
        raise ConfigError(
            f"{', '.join(online)} would have to ask somebody",
            where="`agentrec report`, which asks nobody",
            expected="comparators that compute, or `agentrec migrate` with the same options",
        )
    yield made


def prices(files: str, as_of: str, settings: Settings) -> Prices:
    """What tokens cost: as ``files`` say, then the settings, then the price library."""
    from agentrec_auto.pricing import open_catalog

    return open_catalog(files, as_of, settings.prices)
