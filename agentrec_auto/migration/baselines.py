"""What the old model was asked, and what it answered: one pass over a corpus, a question a semantic key.

Several recordings of one question are takes: the newest is the baseline, and earlier ones of the same model
say how far that model agrees with itself. What can't serve as a baseline comes along with the reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from sys import intern

from agentrec_auto.capture import CapturedInteraction, Ending
from agentrec_auto.comparators.base import Side
from agentrec_auto.corpus.facts import moment
from agentrec_auto.corpus.held import Held
from agentrec_auto.corpus.listing import Candidate
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.cassette_id import fingerprint_of
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.keying.semantic import SEMANTIC_KEY_VERSION
from agentrec_auto.migration.choosing import Choice
from agentrec_auto.migration.recordings import Recordings
from agentrec_auto.migration.sides import Prices, side_of
from agentrec_auto.migration.waiting import Texts, WaitingText, waiting
from agentrec_auto.providers import registry
from agentrec_auto.providers.wording import question_text
from agentrec_auto.store.base import OF_MIGRATION

_TURN = 64
PREVIEW = 80


@dataclass(slots=True)
class Baseline:
    """One recorded question with its answer."""

    name: str
    semantic_key: str
    at: float
    """When it was recorded, in seconds; 0.0 where nobody knows."""

    side: Side
    provider: str | None = None
    prompt: str | WaitingText = ""
    """The question in words, for ``str()``; its beginning is `preview`."""

    preview: str = ""
    category: str | None = None
    problem: str | None = None
    """Why it can't be asked again; None where it can."""

    pinned_key: str | None = None
    """The semantic key that answers to it are kept with, where it isn't ours: recordings of the ``agentrec``
    library have that library's."""

    older: tuple[tuple[float, str], ...] = ()
    """Other recordings of the question: when, and their names."""

    takes: tuple[Side, ...] = ()
    """What the same model answered earlier."""

    @property
    def order(self) -> tuple[float, str]:
        """Later is newer."""
        return self.at, self.name


async def baselines(
    recordings: Recordings,
    choice: Choice,
    keyer: Keyer,
    prices: Prices | None = None,
    texts: Texts | None = None,
) -> list[Baseline]:
    """The questions in a corpus that are chosen, by name. What was asked is kept in words only, and these in
    ``texts`` where it is given."""
    groups: dict[str, Baseline] = {}
    async for found in _read(recordings, choice, keyer, prices, texts):
        key = found.semantic_key or found.name
        there = groups.get(key)
        groups[key] = found if there is None else _newer(there, found)
    return choice.drawn(sorted(groups.values(), key=lambda one: one.name))


def _newer(one: Baseline, other: Baseline) -> Baseline:
    """The baseline of two recordings of a question; the other is a take of it.

    One that can't be asked again gives way to one that can, however old.
    """
    if (one.problem is None, *one.order) < (other.problem is None, *other.order):
        one, other = other, one
    one.older = (*one.older, other.order, *other.older)
    if other.problem is None:
        earlier = [other.side, *other.takes]
        one.takes = (*one.takes, *[side for side in earlier if side.model == one.side.model])
    return one


async def _read(
    recordings: Recordings, choice: Choice, keyer: Keyer, prices: Prices | None, texts: Texts | None
) -> AsyncIterator[Baseline]:
    for number, name in enumerate(_candidates(await recordings.names())):
        if number % _TURN == 0:  # a folder is read without waiting: signals must get in
            await asyncio.sleep(0)
        if not choice.means_name(name):
            continue
        try:
            held = Held(name, await recordings.read(name))
        except KeyError:
            continue
        except BrokenRecordingError as error:
            if not choice.query:
                yield Baseline(name, "", 0.0, Side(), problem=f"baseline undecodable: {error.why}")
            continue
        candidate = Candidate(held)
        if choice.query.means(candidate):
            yield _baseline(held, candidate.reading, keyer, prices, texts)


def _candidates(names: Iterable[str]) -> Iterable[str]:
    return (name for name in names if not name.startswith(OF_MIGRATION))


def _baseline(
    held: Held, reading: registry.Reading, keyer: Keyer, prices: Prices | None, texts: Texts | None
) -> Baseline:
    interaction, told = held.interaction, held.interaction.metadata
    question, answer = reading.question, reading.answer
    at = moment(told.get("recorded_at"))
    category = told.get("category")
    provider = told.get("provider")
    model = told.get("model") or (question.model if question else None)
    side = side_of(answer, told, model if isinstance(model, str) else None, prices)
    problem = _problem(interaction, reading)
    prompt = question_text(question) if question is not None else ""
    return Baseline(
        name=held.name,
        semantic_key=_semantic_key(interaction, keyer),
        at=at.timestamp() if at else 0.0,
        side=waiting(side, texts),
        provider=intern(provider) if isinstance(provider, str) else reading.dialect,
        prompt=prompt if texts is None else WaitingText(prompt, texts),
        preview=_preview(prompt),
        category=intern(category) if isinstance(category, str) and category else None,
        problem=problem,
        pinned_key=None if "semantic_key_version" in told else fingerprint_of(interaction).semantic_key,
    )


def _preview(prompt: str) -> str:
    flat = " ".join(prompt[: PREVIEW * 8].split())
    return flat if len(flat) <= PREVIEW else flat[: PREVIEW - 1] + "…"


def _semantic_key(interaction: CapturedInteraction, keyer: Keyer) -> str:
    """As it is stored, if by this version; else worked out. Empty where the request can't be read."""
    told = interaction.metadata
    key = told.get("semantic_key")
    if told.get("semantic_key_version") == SEMANTIC_KEY_VERSION and isinstance(key, str) and key:
        return key
    try:
        return keyer.identify(interaction.request).semantic_key
    except (RecursionError, ValueError):
        return ""


def _problem(interaction: CapturedInteraction, reading: registry.Reading) -> str | None:
    """Why a recording is no baseline; None where it is one."""
    question, answer = reading.question, reading.answer
    if not 200 <= interaction.response_status < 300:
        return f"baseline undecodable: the response has status {interaction.response_status}, not 200"
    if interaction.ending is not Ending.COMPLETE:
        why = "the app stopped reading it" if interaction.ending is Ending.ABANDONED else "it broke off"
        return f"baseline undecodable: the answer is not whole, {why}"
    if question is not None and question.task != "chat" and question.task != "completion":
        return f"unsupported request: {question.task} requests have no answer in words"
    if answer is None or answer.error is not None or not answer.choices:
        why = (
            answer.error if answer is not None and answer.error else reading.why or "there is no answer in it"
        )
        return f"baseline undecodable: {why}"
    if not answer.is_whole:
        return "baseline undecodable: the answer is not whole, its last event is missing"
    if question is None:
        return f"unsupported request: {reading.why or 'the question cannot be read'}"
    return None
