"""When is a streamed answer whole? When the dialect's last event has passed.

An end of file proves nothing (SDKs close before it, servers drop at it), so each stream is watched for
its terminator:

    OpenAI Chat, Mistral    ``data: [DONE]`` · ``conversation.response.done`` (Conversations)
    OpenAI Responses        ``response.completed`` · ``response.incomplete``
    Anthropic               a ``message_delta`` with a ``stop_reason`` · ``message_stop``
    Gemini                  a candidate with ``finishReason`` · ``interaction.completed`` (Interactions)
    Cohere                  ``message-end`` (v2) · ``stream-end`` (v1)
    Ollama                  ``"done": true``

Behind Anthropic's stop reason only an empty ``message_stop`` comes, often in a chunk of its own: where that
is read, the recording is written once more, with it. litellm (sync, 1.106) doesn't read it, and keeps the
response for good, neither closed nor collected; a worker that a signal ends would lose it.

Dialect-free on purpose: gateways serve one dialect under another's path.

A stream can also end in an **error event** (Anthropic's ``overloaded_error``, a Responses
``response.failed``, an ``error`` in place of choices) under a status of 200: that answer failed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache

from agentrec_auto.capture import CapturedChunk, Ending
from agentrec_auto.compiled import Words

_LAST_TYPES = frozenset(
    """
    message_stop message-end stream-end response.completed response.incomplete
    interaction.completed interaction.complete conversation.response.done
    """.split()  # noqa: SIM905
)
_FAILED_TYPES = frozenset({"error", "response.failed", "conversation.response.error"})
_MARKS = (
    b"[DONE]",
    b"message_stop",
    b"message_delta",
    b"message-end",
    b"stream-end",
    b"response.completed",
    b"response.incomplete",
    b"response.failed",
    b"interaction.complete",
    b"conversation.response.",
    b"finishReason",
    b'"done"',
    b'"error"',
    b"event: error",
)
_SSE_BOUNDARY = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE_BOUNDARY = re.compile(rb"\r?\n")
_STREAM_TYPES = (
    b"text/event-stream",
    b"application/x-ndjson",
    b"application/jsonl",
    b"application/stream+json",
)


def is_stream(content_type: bytes) -> bool:
    """Whether a content type is one that LLM APIs stream events in."""
    return content_type.split(b";")[0].strip().lower() in _STREAM_TYPES


def status_in(chunks: Iterable[CapturedChunk]) -> int | None:
    """The status that a JSON body under a status of 200 tells of a failure; None for an answer.

    OpenRouter tells so of the provider behind it: ``{"error": {"code": 429, …}}``.
    """
    pieces = (chunk.data for chunk in chunks)
    first = next(pieces, b"").lstrip()
    if not first.startswith(b'{"error"'):
        return None
    try:
        document = json.loads(b"".join((first, *pieces)))
    except (ValueError, RecursionError):
        return None
    error = document["error"]
    code = error.get("code") if isinstance(error, dict) and "choices" not in document else None
    return code if isinstance(code, int) else None


class Terminator:
    """Watches the decoded body of a stream, piece by piece, for the event that ends it."""

    __slots__ = ("_boundary", "_event", "_has_mark")

    def __init__(self, content_type: bytes) -> None:
        sse = content_type.split(b";")[0].strip().lower() == b"text/event-stream"
        self._boundary = _SSE_BOUNDARY if sse else _LINE_BOUNDARY
        self._has_mark = _marks().any_in
        self._event = bytearray()
        """What has come of the event that isn't whole yet."""

    def feed(self, piece: bytes) -> Ending | None:
        """Take the next piece.

        Complete once the last event has passed whole, its closing blank line included; failed once an
        error event has; None before. Each byte is looked at once, however large an event and however
        small its pieces: a `response.completed` holds the whole answer.
        """
        event = self._event
        if not event and piece.endswith((b"\n\n", b"\r\n\r\n")) and not self._has_mark(piece):
            return None  # whole events, as most servers send them, and none that ends anything
        before = max(0, len(event) - 3)  # a boundary may be split over two pieces
        event += piece
        begin, ending = 0, None
        for boundary in self._boundary.finditer(event, before):
            if ending is None:
                whole = bytes(event[begin : boundary.start()])
                if self._has_mark(whole):
                    ending = _ending(whole)
            begin = boundary.end()
        if begin:
            del event[:begin]
        return ending


@cache
def _marks() -> Words:
    return Words(_MARKS)


def _ending(event: bytes) -> Ending | None:
    """The ending that one event (SSE lines, or a line of JSON) brings; None if it ends nothing."""
    name, data = _fields(event)
    if data.strip() == b"[DONE]" or name in _LAST_TYPES:
        return Ending.COMPLETE
    if name in _FAILED_TYPES:
        return Ending.FAILED
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    kinds = {kind for kind in (document.get("type"), document.get("event_type")) if isinstance(kind, str)}
    if (
        kinds & _LAST_TYPES
        or document.get("done") is True
        or _has_finished(document.get("candidates"))
        or ("message_delta" in kinds and _has_stopped(document.get("delta")))
    ):
        return Ending.COMPLETE
    failed = isinstance(document.get("error"), (dict, str)) and "choices" not in document
    return Ending.FAILED if failed or kinds & _FAILED_TYPES else None


def _has_finished(candidates: object) -> bool:
    return isinstance(candidates, list) and any(
        isinstance(candidate, dict) and candidate.get("finishReason") for candidate in candidates
    )


def _has_stopped(delta: object) -> bool:
    return isinstance(delta, dict) and bool(delta.get("stop_reason"))


def _fields(event: bytes) -> tuple[str, bytes]:
    """The event name and the joined data of an SSE event; a line without a field name is data as it is."""
    name, data = "", []
    for line in event.splitlines():
        if line.startswith(b"event:"):
            name = line[6:].strip().decode("utf-8", "replace")
        elif line.startswith(b"data:"):
            data.append(line[5:].lstrip(b" "))
        elif line.startswith((b"{", b"[")):
            data.append(line)
    return name, b"\n".join(data)
