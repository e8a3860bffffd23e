"""What a run would do, without doing it: who would be asked what, and what it would cost at most."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from agentrec_auto.errors import DecodeError, MissingAPIKeyError, UnsupportedRequestError
from agentrec_auto.migration.answers import Answers
from agentrec_auto.migration.baselines import baselines
from agentrec_auto.migration.ids import migration_id_for
from agentrec_auto.migration.recordings import Recordings
from agentrec_auto.migration.run import ASKED_ANEW, Options
from agentrec_auto.migration.targets import Target
from agentrec_auto.migration.translating import translated
from agentrec_auto.providers.conversation import Usage


@dataclass(frozen=True, slots=True)
class Planned:
    """One question, and what would become of it."""

    baseline_id: str
    target: str
    fate: Literal["ask", "answered", "skip"]
    """``answered``: its answer is in the corpus, and nobody is asked."""

    why: str = ""
    """Of a skip."""

    prompt: str = ""
    url: str = ""
    body: bytes = b""
    notes: tuple[str, ...] = ()
    """What translation leaves out or changes."""

    usage: Usage = field(default_factory=Usage)
    """The most that it should take."""

    cost_usd: float | None = None
    """The most that it should cost; None without a price."""


async def planned(
    recordings: Recordings, targets: Sequence[Target], options: Options
) -> AsyncIterator[Planned]:
    """What would become of each question, in the order of the report's rows."""
    answers = Answers(recordings)
    for baseline in await baselines(recordings, options.choice, options.keyer, options.prices):
        for target in targets:
            name, prompt = baseline.name, str(baseline.prompt)
            if baseline.problem is not None:
                yield Planned(name, target.name, "skip", baseline.problem, prompt)
                continue
            try:
                found = await answers.find(migration_id_for(name, target.name), baseline, target)
            except DecodeError as error:
                yield Planned(name, target.name, "skip", str(error), prompt)
                continue
            if found is not None:
                yield Planned(name, target.name, "answered", prompt=prompt, notes=tuple(found.notes or ()))
                continue
            try:
                asking = translated(
                    target,
                    await answers.question(baseline),
                    max_tokens_default=options.max_tokens_default,
                    with_key=False,
                )
            except (UnsupportedRequestError, MissingAPIKeyError) as error:
                yield Planned(name, target.name, "skip", f"unsupported request: {error}", prompt)
                continue
            usage = asking.expected_usage(baseline, options.max_tokens_default)
            cost = options.prices.cost(target.model, target.provider, usage) if options.prices else None
            anew = (ASKED_ANEW,) if migration_id_for(name, target.name) in answers.outdated else ()
            notes = (*anew, *asking.notes)
            yield Planned(name, target.name, "ask", "", prompt, asking.url, asking.body, notes, usage, cost)
