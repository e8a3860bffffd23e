"""A migration as a call: for programs, and for code written for the ``agentrec`` library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING

from agentrec_auto.comparators.base import Comparator
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.cassette_id import fingerprint_of
from agentrec_auto.migration.choosing import Choice, chosen
from agentrec_auto.migration.limits import Limits
from agentrec_auto.migration.recordings import AnyStore, recordings_of
from agentrec_auto.migration.rows import MigrationReport, RowResult, Study
from agentrec_auto.migration.run import Options, study
from agentrec_auto.migration.sides import Prices
from agentrec_auto.migration.targets import Target, target_for

if TYPE_CHECKING:
    import httpx


async def run_migration(
    store: AnyStore,
    target_model: str | Target,
    comparators: Sequence[Comparator],
    *,
    target_provider: str | None = None,
    offline: bool = False,
    max_tokens_default: int = 4096,
    filter_substr: str | None = None,
    inner_transport: httpx.AsyncBaseTransport | None = None,
    concurrency: int = 8,
    retries: int = 3,
    progress: Callable[[RowResult], object] | None = None,
    target_url: str | None = None,
    choice: Choice | None = None,
    limits: Limits | None = None,
    pricing: Prices | None = None,
    executor: Executor | None = None,
    stream: bool = False,
) -> MigrationReport:
    """Ask every recorded question of ``target_model``, and compare what it answers with what is recorded.

    ``store``: a `FileStore`, `InMemoryStore` or `Store`, one of the program's own with ``ids()``, or where
    one is. Answers are kept in it, and never asked for again; ``offline`` asks for none. ``comparators`` are
    asked in their order. The provider is told by the model's name, unless ``target_provider`` says it, or
    ``target_url`` names a server that speaks OpenAI's dialect; LookupError where it can't be told.

    ``filter_substr`` is a part of recordings' names; ``choice`` (see `chosen`) says more. ``limits`` take
    the place of ``concurrency`` and ``retries``. ``pricing`` tells what tokens cost. ``executor``, any of
    ``concurrent.futures``, is given the comparators that compute. ``progress`` is told each row, once.
    ``stream``: whether answers are asked for as streams, which tells the time to the first chunk.

    What fails is an error row; what can't be asked faithfully a skipped one; each with its reason.
    """
    found = await migrate_study(
        store,
        [target_model],
        comparators,
        target_provider=target_provider,
        offline=offline,
        max_tokens_default=max_tokens_default,
        filter_substr=filter_substr,
        inner_transport=inner_transport,
        concurrency=concurrency,
        retries=retries,
        progress=progress,
        target_url=target_url,
        choice=choice,
        limits=limits,
        pricing=pricing,
        executor=executor,
        stream=stream,
    )
    return found.first


async def migrate_study(
    store: AnyStore,
    targets: Sequence[str | Target],
    comparators: Sequence[Comparator],
    *,
    target_provider: str | None = None,
    offline: bool = False,
    max_tokens_default: int = 4096,
    filter_substr: str | None = None,
    inner_transport: httpx.AsyncBaseTransport | None = None,
    concurrency: int = 8,
    retries: int = 3,
    progress: Callable[[RowResult], object] | None = None,
    target_url: str | None = None,
    choice: Choice | None = None,
    limits: Limits | None = None,
    pricing: Prices | None = None,
    executor: Executor | None = None,
    stream: bool = True,
) -> Study:
    """`run_migration` of several targets: a report each, over the same questions in the same order.

    As the command line does, it asks for streams unless told otherwise.
    """
    if not targets:
        raise ValueError("no target: name at least one model")
    which = choice or Choice()
    if filter_substr:
        which = replace(which, name_part=filter_substr)
    options = Options(
        offline=offline,
        stream=stream,
        max_tokens_default=max_tokens_default,
        choice=which,
        limits=limits or Limits(concurrency=concurrency, retries=retries),
        prices=pricing,
        executor=executor,
        inner_transport=inner_transport,
        progress=progress,
    )
    asked = [_target(target, target_provider, target_url) for target in targets]
    return await study(recordings_of(store), asked, comparators, options)


async def annotate_corpus(store: AnyStore) -> list[str]:
    """Say provider, model and semantic key in the metadata of recordings that don't; the ids of all."""
    recordings = recordings_of(store)
    names = await recordings.names()
    for name in names:
        try:
            interaction = await recordings.load(name)
        except (KeyError, BrokenRecordingError):
            continue
        told = {
            key: value
            for key, value in fingerprint_of(interaction).as_metadata().items()
            if value is not None
        }
        if told.keys() - interaction.metadata.keys():
            await recordings.rewrite(name, replace(interaction, metadata={**told, **interaction.metadata}))
    return names


def _target(target: str | Target, provider: str | None, url: str | None) -> Target:
    if not isinstance(target, str):
        return target
    return target_for(target, provider=provider, url=url)


__all__ = ["annotate_corpus", "chosen", "migrate_study", "run_migration"]
