"""What is told of a recording beside its bytes: who was asked, when, how it ended, how long it took.

Taken from its metadata; what an older file or another tool doesn't say is worked out from the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from agentrec_auto.capture import CapturedInteraction, Ending
from agentrec_auto.corpus.held import Held
from agentrec_auto.keying.canonical import NO_DOCUMENT, parsed
from agentrec_auto.providers.hosts import provider_of
from agentrec_auto.providers.shapes import dialect_of, is_streamed, model_of
from agentrec_auto.store.base import split_name

_AGES_S = 1e9


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one recording; None where nobody knows."""

    name: str
    key: str
    take: int
    provider: str
    dialect: str
    model: str | None
    stream: bool
    method: str
    url: str
    status: int
    ending: str
    recorded_at: datetime | None
    latency_s: float | None
    latency_first_chunk_s: float | None
    category: str | None
    tags: Mapping[str, str]
    call_site: str | None
    library: str | None
    sdk: str | None
    run: str | None
    imported_from: str | None
    """The tool that recorded it, if we didn't."""

    synthesised: bool
    """Whether its bytes were written after a conversation that was kept without them."""

    request_bytes: int
    response_bytes: int
    chunk_count: int

    @property
    def is_well(self) -> bool:
        """Whether it is a whole answer that isn't an error."""
        return self.status < 400 and self.ending == Ending.COMPLETE.value


def facts_of(held: Held) -> Facts:
    """The facts of a recording."""
    interaction, told = held.interaction, held.interaction.metadata
    key, take = split_name(held.name)
    request = interaction.request
    dialect, model, stream = _asked(interaction)
    return Facts(
        name=held.name,
        key=key,
        take=take,
        provider=_text(told.get("provider")) or provider_of(urlsplit(request.url).hostname or "") or dialect,
        dialect=dialect,
        model=model,
        stream=stream,
        method=request.method.upper(),
        url=request.url,
        status=interaction.response_status,
        ending=interaction.ending.value,
        recorded_at=moment(told.get("recorded_at")),
        latency_s=_seconds(told.get("latency_s")),
        latency_first_chunk_s=_seconds(told.get("latency_first_chunk_s")),
        category=_text(told.get("category")),
        tags=_tags(told.get("tags")),
        call_site=_text(told.get("call_site")),
        library=_text(told.get("library")),
        sdk=_text(told.get("sdk")),
        run=_text(told.get("run")),
        imported_from=_text(told.get("imported_from")),
        synthesised=told.get("synthesised") is True,
        request_bytes=len(request.content),
        response_bytes=sum(len(chunk.data) for chunk in interaction.chunks),
        chunk_count=len(interaction.chunks),
    )


def moment(value: object) -> datetime | None:
    """A point in time as metadata spells it, with its zone (UTC where it has none); None for none."""
    if not isinstance(value, str):
        return None
    spelled = value[:-1] + "+00:00" if value.endswith(("Z", "z")) else value  # Python 3.10 reads no Z
    try:
        read = datetime.fromisoformat(spelled)
    except ValueError:
        return None
    if not 1970 <= read.year < 9999:  # at the ends of time there are no zones, and nothing before or behind
        return None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)


def _asked(interaction: CapturedInteraction) -> tuple[str, str | None, bool]:
    """Dialect, model and whether a stream was asked for."""
    told = interaction.metadata
    dialect, model, stream = _text(told.get("dialect")), _text(told.get("model")), told.get("stream")
    if dialect is not None and model is not None and isinstance(stream, bool):
        return dialect, model, stream
    path = urlsplit(interaction.request.url).path
    document = parsed(interaction.request.content)
    if document is NO_DOCUMENT:
        document = None
    return (
        dialect or dialect_of(path) or "http",
        model or model_of(path, document),
        stream if isinstance(stream, bool) else is_streamed(path, document),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _seconds(value: object) -> float | None:
    """How long something took; None for what isn't said, or nobody can have waited for."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < _AGES_S else None  # and NaN is less than nothing


def _tags(value: Any) -> dict[str, str]:
    return {str(name): str(tag) for name, tag in value.items()} if isinstance(value, dict) else {}
