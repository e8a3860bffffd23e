"""The first lines of a cassette file: what was asked and what was answered, for whoever opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from agentrec_auto.capture import CapturedChunk, CapturedInteraction
from agentrec_auto.compiled import dumps, loads
from agentrec_auto.interrupts import let_through
from agentrec_auto.providers.conversation import Usage
from agentrec_auto.providers.dialect import Call, Reply
from agentrec_auto.providers.hosts import provider_of
from agentrec_auto.providers.registry import Reading, question_of, read, read_both
from agentrec_auto.providers.wording import answer_text, question_text

MOST_CHARACTERS = 2_000
"""Of a prompt or a response: enough to know it by, for it stands in full further down."""


MOST_BYTES = 256 * 1024
"""Of a response that is read while it is recorded, in the app's own time. A longer one (embeddings by the
hundred) is left to whoever asks for its usage."""


_BUCKETS = tuple(bucket.name for bucket in fields(Usage))


def build_summary(interaction: CapturedInteraction) -> dict[str, Any]:
    """Provider, model, prompt, response, semantic key and time, as far as they can be told.

    Empty where neither prompt nor response can be read. Build it of a redacted interaction. Never raises,
    whatever somebody's dialect makes of it: a file can do without.
    """
    try:
        return summary_of(interaction, read(interaction))
    except Exception as error:
        let_through(error)
        return {}


def reading_of(interaction: CapturedInteraction, document: object = None) -> Reading:
    """What can be read of an interaction in the app's own time: of a long response, the question alone.

    ``document``: the request's body as JSON, if it was parsed already.
    """
    request = interaction.request
    call = Call.of(request) if document is None else Call.made(request.method, request.url, document)
    if _is_long(interaction.chunks):
        return Reading(question=question_of(call))
    return read_both(call, Reply.of(interaction, loads))


def _is_long(chunks: Sequence[CapturedChunk]) -> bool:
    """Of a file no more is read than it takes to know."""
    if isinstance(chunks, list):
        return sum([len(chunk.data) for chunk in chunks]) > MOST_BYTES
    return any(
        size > MOST_BYTES for size in accumulate(len(chunk.data) for chunk in chunks)
    )  # not all is read


def understood(
    interaction: CapturedInteraction, clean: Callable[[str], str], reading: Reading | None = None
) -> CapturedInteraction:
    """The interaction with what its bytes mean added to its metadata: ``usage``, and ``summary``, which a
    file has first and apart.

    ``clean`` redacts a text: what stands apart in a body is joined here, and may be a secret only then.
    Bodies are read once for both, unless ``reading`` was done before; a stream costs some microseconds an
    event.
    """
    if reading is None:
        reading = reading_of(interaction)
    metadata = dict(interaction.metadata)
    if reading.answer is not None and reading.answer.usage is not None:
        usage = reading.answer.usage
        metadata["usage"] = {name: getattr(usage, name) for name in _BUCKETS}
    interaction = interaction.retold(interaction.response_headers, interaction.chunks, metadata)
    summary = summary_of(interaction, reading)
    if "prompt" in summary and not _is_in(interaction.request.content, summary["prompt"]):
        summary["prompt"] = clean(summary["prompt"])
    if "response" in summary and not _is_in(interaction.body, summary["response"]):
        summary["response"] = clean(summary["response"])
    metadata["summary"] = summary
    return interaction


def _is_in(body: bytes, text: str) -> bool:
    """Whether a text is, or is in, one string of a JSON body, where redaction has seen it whole."""
    return dumps(text)[1:-1] in body


def summary_of(interaction: CapturedInteraction, reading: Reading) -> dict[str, Any]:
    """The same of what was read already."""
    question, answer = reading.question, reading.answer
    answered = answer is not None and bool(answer.choices or answer.vectors)
    if question is None and not answered:
        return {}
    metadata: Mapping[str, Any] = interaction.metadata
    told = {
        "provider": metadata.get("provider") or _provider(interaction) or reading.dialect,
        "model": metadata.get("model") or (question.model if question is not None else None),
        "prompt": _clipped(question_text(question)) if question is not None else None,
        "response": _clipped(answer_text(answer)) if answer is not None and answered else None,
        "semantic_key": metadata.get("semantic_key"),
        "recorded_at": metadata.get("recorded_at"),
    }
    return {name: value for name, value in told.items() if value is not None}


def _provider(interaction: CapturedInteraction) -> str | None:
    try:
        return provider_of(urlsplit(interaction.request.url).hostname or "")
    except ValueError:
        return None


def _clipped(text: str) -> str:
    more = len(text) - MOST_CHARACTERS
    return text if more <= 0 else f"{text[:MOST_CHARACTERS]}… ({more:,} more characters)"
