"""When is a streamed answer whole? When the dialect's last event has passed.

An end of file proves nothing (SDKs close before it, servers drop at it), so each stream is watched for
its terminator:

    OpenAI Chat, Mistral    ``data: [DONE]``
    OpenAI Responses        ``response.completed`` · ``response.incomplete`` · ``response.failed``
    Anthropic               ``message_stop``
    Gemini                  a candidate with ``finishReason``
    Cohere                  ``message-end`` (v2) · ``stream-end`` (v1)
    Ollama                  ``"done": true``

Dialect-free on purpose: gateways serve one dialect under another's path.
"""

from __future__ import annotations

import json
import re

_LAST_TYPES = frozenset(
    {
        "message_stop",
        "message-end",
        "stream-end",
        "response.completed",
        "response.incomplete",
        "response.failed",
    }
)
_MARKS = (
    b"[DONE]",
    b"message_stop",
    b"message-end",
    b"stream-end",
    b"response.completed",
    b"response.incomplete",
    b"response.failed",
    b"finishReason",
    b'"done"',
)
_OVERLAP = max(map(len, _MARKS)) - 1
_SSE_BOUNDARY = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_STREAM_TYPES = (
    b"text/event-stream",
    b"application/x-ndjson",
    b"application/jsonl",
    b"application/stream+json",
)


def is_stream(content_type: bytes) -> bool:
    """Whether a content type is one that LLM APIs stream events in."""
    return content_type.split(b";")[0].strip().lower() in _STREAM_TYPES


class Terminator:
    """Watches the decoded body of a stream, piece by piece, for the event that ends it."""

    __slots__ = ("_armed", "_boundary", "_overlap", "_pieces")

    def __init__(self, content_type: bytes) -> None:
        sse = content_type.split(b";")[0].strip().lower() == b"text/event-stream"
        self._boundary = _SSE_BOUNDARY if sse else re.compile(rb"\r?\n")
        self._pieces: list[bytes] = []
        self._overlap = b""
        self._armed = False

    def feed(self, piece: bytes) -> bool:
        """Take the next piece; True once the last event has passed whole, its closing blank line included."""
        window = self._overlap + piece
        self._overlap = window[-_OVERLAP:]
        self._pieces.append(piece)
        if not self._armed:
            self._armed = any(mark in window for mark in _MARKS)
            if not self._armed:
                self._forget_whole_events(piece)
                return False
        joined = b"".join(self._pieces)
        *whole, rest = self._boundary.split(joined)
        self._pieces = [rest]
        self._armed = any(mark in rest for mark in _MARKS)
        return any(_is_last(event) for event in whole)

    def _forget_whole_events(self, piece: bytes) -> None:
        """Drop what lies before the last boundary; one split over two pieces is found with the next."""
        if piece.endswith(b"\n\n"):
            self._pieces.clear()
            return
        if len(self._pieces) > 1 and b"\n" not in piece and b"\r" not in piece:
            return
        joined = b"".join(self._pieces)
        end = 0
        for match in self._boundary.finditer(joined):
            end = match.end()
        self._pieces = [joined[end:]] if end < len(joined) else []


def _is_last(event: bytes) -> bool:
    """Whether one event (SSE lines, or a line of JSON) is the one that ends its stream."""
    name, data = _fields(event)
    if data.strip() == b"[DONE]" or name in _LAST_TYPES:
        return True
    try:
        document = json.loads(data)
    except ValueError:
        return False
    if not isinstance(document, dict):
        return False
    if document.get("type") in _LAST_TYPES or document.get("event_type") in _LAST_TYPES:
        return True
    if document.get("done") is True:
        return True
    candidates = document.get("candidates")
    return isinstance(candidates, list) and any(
        isinstance(candidate, dict) and candidate.get("finishReason") for candidate in candidates
    )


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
