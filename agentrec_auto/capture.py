"""The nouns: a request, the chunks that answered it, and the interaction of both.

Mutable on purpose and by contract (code written for the ``agentrec`` library fills them in place);
inside, nobody changes one that somebody else holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Headers = list[tuple[bytes, bytes]]
"""Header pairs as sent: order, case and duplicates kept."""


class Ending(str, Enum):
    """How a response came to its end; stored as ``metadata["ending"]``."""

    COMPLETE = "complete"
    """The whole response passed: its last byte, or the dialect's terminator."""

    ABANDONED = "abandoned"
    """The caller stopped reading: closed, broke out, was cancelled, or dropped the response."""

    FAILED = "failed"
    """The response broke off: the connection dropped, timed out or was malformed. Never replayed."""


_COMPLETE = Ending.COMPLETE.value


@dataclass
class CapturedChunk:
    """One piece of a response body, as the caller received it."""

    data: bytes
    timestamp_offset: float = 0.0
    """Seconds from the arrival of the response head."""


@dataclass
class CapturedRequest:
    """One HTTP request, its body read to the end."""

    method: str
    url: str
    headers: Headers
    content: bytes

    def header(self, name: bytes) -> bytes | None:
        """The first value of the header ``name`` (lower case), or None."""
        return first_header(self.headers, name)


@dataclass
class CapturedInteraction:
    """A request and the response that answered it."""

    request: CapturedRequest
    response_status: int
    response_headers: Headers
    response_extensions: dict[str, Any]
    chunks: list[CapturedChunk] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def ending(self) -> Ending:
        """How it ended; an interaction that doesn't say is taken to be complete."""
        told = self.metadata.get("ending", _COMPLETE)
        return Ending.COMPLETE if told == _COMPLETE else Ending(told)

    @property
    def body(self) -> bytes:
        """All chunks joined."""
        return b"".join([chunk.data for chunk in self.chunks])

    def retold(
        self, response_headers: Headers, chunks: list[CapturedChunk], metadata: dict[str, Any]
    ) -> CapturedInteraction:
        """The same exchange with these instead; by `dataclasses.replace` it takes three times as long."""
        request, status, extensions = self.request, self.response_status, self.response_extensions
        return CapturedInteraction(request, status, response_headers, extensions, chunks, metadata)


def headers_without(headers: Headers, *names: bytes) -> Headers:
    """The headers but for those called one of ``names`` (given in lower case)."""
    return [pair for pair in headers if pair[0].lower() not in names]


def first_header(headers: Headers, name: bytes) -> bytes | None:
    """The first value of the header ``name`` (given in lower case), or None."""
    for key, value in headers:
        if key.lower() == name:
            return value
    return None
