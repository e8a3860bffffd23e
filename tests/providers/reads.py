"""Reading a body given as JSON, or a stream, without more ado."""

from __future__ import annotations

import json
from typing import Any

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest, Headers
from agentrec_auto.providers.conversation import Answer, Question
from agentrec_auto.providers.registry import Reading, read


def exchange(
    url: str,
    ask: Any,
    answer: Any = b"",
    *,
    kind: str = "application/json",
    headers: Headers | None = None,
    status: int = 200,
    method: str = "POST",
) -> CapturedInteraction:
    """An interaction; bodies that are no bytes are sent as JSON."""
    content = ask if isinstance(ask, bytes) else json.dumps(ask).encode()
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return CapturedInteraction(
        request=CapturedRequest(method, url, [(b"content-type", b"application/json")], content),
        response_status=status,
        response_headers=[(b"content-type", kind.encode()), *(headers or [])],
        response_extensions={},
        chunks=[CapturedChunk(body)] if body else [],
    )


def reading(url: str, ask: Any, answer: Any = b"", **options: Any) -> Reading:
    return read(exchange(url, ask, answer, **options))


def question(url: str, ask: Any, **options: Any) -> Question:
    told = reading(url, ask, **options)
    assert told.question is not None, told.why
    return told.question


def answer(url: str, ask: Any, told: Any, **options: Any) -> Answer:
    found = reading(url, ask, told, **options)
    assert found.answer is not None, found.why
    return found.answer
