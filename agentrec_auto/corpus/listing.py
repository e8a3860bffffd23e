"""Choosing recordings by a query, and listing them newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from agentrec_auto.corpus import wording
from agentrec_auto.corpus.facts import Facts, facts_of, moment
from agentrec_auto.corpus.held import Broken, Corpus, Held
from agentrec_auto.corpus.query import Query
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.providers import registry


class Candidate:
    """A recording that a query is put to; what takes time is worked out when it is asked for."""

    def __init__(self, held: Held) -> None:
        self.held = held

    @cached_property
    def facts(self) -> Facts:
        return facts_of(self.held)

    @cached_property
    def reading(self) -> registry.Reading:
        """Question and answer."""
        return registry.read(self.held.interaction)

    @cached_property
    def text(self) -> str:
        return wording.everything(self.held.interaction, self.reading).lower()


@dataclass(frozen=True, slots=True)
class Row:
    """One recording, for a table."""

    facts: Facts
    question: str
    answer: str
    input_tokens: int | None
    """Read by the model, from a cache or not."""

    output_tokens: int | None
    """Written by the model, thoughts included."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a query means."""

    names: tuple[str, ...]
    """Newest first."""

    broken: tuple[Broken, ...]
    """What can't be read, so that nobody knows whether it is meant."""


def chosen(corpus: Corpus, query: Query) -> Iterator[Held | Broken]:
    """What a query means; what can't be read comes along, for nobody knows whether it is meant."""
    for held in corpus.read():
        if isinstance(held, Broken) or not query or query.means(Candidate(held)):
            yield held


def sorted_out(corpus: Corpus, query: Query) -> Chosen:
    """The names of what a query means, newest first; without a query no recording is read whole."""
    if not query:
        return Chosen(tuple(newest_first(corpus, corpus.names)), ())
    names, broken = [], []
    for held in chosen(corpus, query):
        if isinstance(held, Broken):
            broken.append(held)
        else:
            names.append(held.name)
    return Chosen(tuple(newest_first(corpus, names)), tuple(broken))


def rows(corpus: Corpus, names: Iterable[str]) -> Iterator[Row | Broken]:
    """The rows of these recordings, as they are read."""
    for held in corpus.read(names):
        yield held if isinstance(held, Broken) else row_of(Candidate(held))


def newest_first(corpus: Corpus, names: Iterable[str]) -> list[str]:
    """Names by time of recording, takes of one moment in order; what doesn't say when comes last."""
    return sorted(names, key=lambda name: _recorded_at(corpus, name), reverse=True)


def row_of(candidate: Candidate) -> Row:
    """The row of a recording."""
    interaction, reading = candidate.held.interaction, candidate.reading
    usage = reading.answer.usage if reading.answer else None
    return Row(
        candidate.facts,
        wording.asked(interaction, reading),
        wording.answered(interaction, reading),
        usage.input + usage.cache_read + usage.cache_write if usage else None,
        usage.output + usage.reasoning if usage else None,
    )


def _recorded_at(corpus: Corpus, name: str) -> float:
    try:
        at = moment(corpus.store.metadata(name).get("recorded_at"))
    except (KeyError, BrokenRecordingError):
        return 0.0
    return at.timestamp() if at else 0.0
