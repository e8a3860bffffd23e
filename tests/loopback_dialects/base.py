"""What the dialects have in common: what is asked, what is answered, and how it is written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """One request, as the dialects see it: control words taken off its path."""

    number: int
    method: str
    path: str
    query: str
    headers: dict[str, str]
    """Names in lower case."""

    body: bytes
    controls: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Json:
        try:
            read = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


@dataclass(frozen=True)
class Answer:
    """What goes back: a body, or the events of a stream."""

    status: int = 200
    content_type: str = "application/json"
    body: bytes = b""
    events: list[bytes] | None = None
    closing: int = 0
    """How many of the last events are the dialect's terminator."""

    headers: tuple[tuple[str, str], ...] = ()


def as_json(value: Json) -> bytes:
    """Compact JSON, in UTF-8 as the providers send it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def as_data(value: Json) -> bytes:
    """One server-sent event."""
    return b"data: " + as_json(value) + b"\n\n"


def as_named(value: Json) -> bytes:
    """One server-sent event, named by its type."""
    return f"event: {value['type']}\n".encode() + as_data(value)
