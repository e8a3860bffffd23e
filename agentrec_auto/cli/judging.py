"""Which comparators a migration is judged by, and at what prices: from options to objects."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agentrec_auto.comparators.base import Comparator
from agentrec_auto.comparators.table import ALL, OFFLINE, build_comparators
from agentrec_auto.corpus.held import Corpus
from agentrec_auto.errors import ConfigError
from agentrec_auto.migration.consulting import EMBEDDING, JUDGE, RecordedEmbedder, RecordedJudge
from agentrec_auto.migration.limits import Limits
from agentrec_auto.migration.recordings import Recordings
from agentrec_auto.migration.targets import Target, target_for
from agentrec_auto.pricing import Catalog, open_catalog
from agentrec_auto.settings import Settings


def comparators(
    spec: str,
    corpus: Corpus,
    recordings: Recordings,
    *,
    judge_models: Sequence[str],
    embedding_model: str,
    fuzzy_threshold: float,
    embedding_threshold: float,
    offline: bool,
    limits: Limits | None = None,
) -> list[Comparator]:
    """The comparators that ``spec`` names. What judges and embedding models say is kept in the corpus.

    `ConfigError`, offline, for one that nobody has asked yet; for one without a key where it would be.
    """
    asks = _asking(spec)
    known = _consulted(recordings) if offline and asks else frozenset(ALL)
    asks &= known
    judges = [_target(name, corpus, "--judge-model") for name in judge_models if JUDGE in asks]
    embedding = _target(embedding_model, corpus, "--embedding-model") if EMBEDDING in asks else None
    try:
        made = build_comparators(
            spec,
            fuzzy_threshold=fuzzy_threshold,
            embedding_threshold=embedding_threshold,
            patterns=corpus.settings.comparators,
            askers=[RecordedJudge(one, recordings, offline=offline, limits=limits) for one in judges],
            embedder=RecordedEmbedder(embedding, recordings, offline=offline, limits=limits)
            if embedding is not None
            else None,
            every=[name for name in ALL if name in (*OFFLINE, *known)],
        )
    except ConfigError:
        raise
    except ValueError as error:
        raise ConfigError(str(error), where=f"--compare {spec}") from error
    online = [one.name for one in made if one.is_online]
    if offline and (unheard := [name for name in online if name not in known]):
        raise _would_ask(unheard)
    if not offline:
        for target in (*judges, embedding):
            if target is not None:
                target.check_key()
    return made


def refuse_to_ask(spec: str) -> None:
    """`ConfigError` for comparators that ask somebody, where there is no corpus that could hold an answer."""
    named = {part.strip().lower() for part in spec.split(",")}
    if unheard := [kind for kind in (JUDGE, EMBEDDING) if kind in named]:
        raise _would_ask(unheard)


def _asking(spec: str) -> set[str]:
    named = {part.strip().lower() for part in spec.split(",")}
    return {kind for kind in (JUDGE, EMBEDDING) if named & {kind, "all"}}


def _would_ask(names: Sequence[str]) -> ConfigError:
    return ConfigError(
        f"{', '.join(names)} would have to ask somebody",
        where="`agentrec report`, which asks nobody",
        expected="comparators that compute, or `agentrec migrate` with the same options",
    )


def _consulted(recordings: Recordings) -> frozenset[str]:
    """Which kinds of comparators have asked somebody, whose answers are in the corpus."""
    names = asyncio.run(recordings.names())
    return frozenset(
        kind for kind in (JUDGE, EMBEDDING) if any(name.startswith(f"{kind}__") for name in names)
    )


def _target(name: str, corpus: Corpus, option: str) -> Target:
    try:
        return target_for(name, targets=corpus.settings.targets)
    except LookupError as error:
        raise ConfigError(str(error), where=f"{option} {name}") from error


def prices(files: str, as_of: str, settings: Settings) -> Catalog:
    """What tokens cost: as ``files`` say, then the settings, then the price library."""
    return open_catalog(files, as_of, settings.prices)
