"""Recordings as the page reads them: JSON that every browser takes, whatever a model has said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from agentrec_auto.capture import CapturedInteraction, Headers
from agentrec_auto.corpus import wording
from agentrec_auto.corpus.facts import facts_of
from agentrec_auto.corpus.held import Broken, Corpus, Held
from agentrec_auto.corpus.identity import standing_of
from agentrec_auto.corpus.jsonable import jsonable
from agentrec_auto.corpus.listing import Candidate, row_of
from agentrec_auto.providers.registry import read
from agentrec_auto.report.plain_json import dumps, finite

SEARCHED = 8_000
"""Characters of question and answer that the page's search looks at; the filters of `ls` look at all."""

A_BLOCK = 100
"""Rows that are sent at a time."""

Told = dict[str, Any]


def rows(corpus: Corpus, names: Iterable[str]) -> Iterator[Told]:
    """A row for each of these recordings; what can't be read says so."""
    for held in corpus.read(names):
        yield {"name": held.name, "why": held.why} if isinstance(held, Broken) else row(held)


def row(held: Held) -> Told:
    """What the list shows of a recording, and searches."""
    candidate = Candidate(held)
    told = row_of(candidate)
    facts = told.facts
    return _known(
        name=facts.name,
        key=facts.key,
        take=facts.take,
        at=facts.recorded_at.isoformat() if facts.recorded_at else None,
        provider=facts.provider,
        model=facts.model or facts.dialect,
        stream=facts.stream or None,
        status=facts.status,
        ending=facts.ending,
        category=facts.category,
        tags=facts.tags or None,
        site=facts.call_site,
        run=facts.run,
        latency=finite(facts.latency_s),
        input=told.input_tokens,
        output=told.output_tokens,
        question=told.question,
        answer=told.answer,
        text=wording.everything(held.interaction, candidate.reading)[:SEARCHED],
    )


def whole(corpus: Corpus, held: Held) -> Told:
    """All of a recording, for the page that shows one."""
    interaction = held.interaction
    reading = read(interaction)
    return {
        "name": held.name,
        "facts": jsonable(facts_of(held)),
        "standing": jsonable(standing_of(corpus, held)),
        "question": jsonable(reading.question),
        "answer": jsonable(reading.answer),
        "why": reading.why,
        "metadata": jsonable(interaction.metadata),
        "request_headers": _plain(interaction.request.headers),
        "request_body": wording.body_text(interaction, request=True),
        "response_headers": _plain(interaction.response_headers),
        "response_body": _body(interaction),
        "chunks": [[round(chunk.timestamp_offset, 6), jsonable(chunk.data)] for chunk in interaction.chunks],
    }


def spelled(told: Told) -> str:
    """As JSON, on one line."""
    return dumps(told)


def _body(interaction: CapturedInteraction) -> str | None:
    """The body of the answer, where it says more than its chunks do: they aren't text, or were compressed."""
    text = wording.body_text(interaction, request=False)
    try:
        return None if text == interaction.body.decode("utf-8") else text
    except UnicodeDecodeError:
        return text


def _plain(headers: Headers) -> list[list[str]]:
    return [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]


def _known(**facts: Any) -> Told:
    """Those of the facts that somebody knows."""
    return {name: value for name, value in facts.items() if value is not None}
