"""What a dialect is: a reader of one API's requests and responses.

A dialect gives a `Question` out of a request, and an `Answer` out of a response. Streams take no reader of
their own: a dialect **folds** their events into the document that the API gives without streaming, and
reads that.

    request  ── Call ──  question(call)  ──────────────────────────────►  Question
    response ── Reply ── events? ── fold(stream) ─► document ── read ──►  Answer

Bodies come from anywhere. A dialect raises `DecodeError` where one makes no sense; it needn't guard against
wrong types, for `agentrec_auto.providers.registry` takes any error of reading as a refusal.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from agentrec_auto.capture import CapturedInteraction, CapturedRequest, Headers, first_header
from agentrec_auto.decoding import decode, is_encoded
from agentrec_auto.errors import DecodeError, UndecodableBodyError
from agentrec_auto.providers import eventstream, sse
from agentrec_auto.providers.conversation import Answer, Question
from agentrec_auto.providers.shapes import is_streamed, model_of
from agentrec_auto.providers.sse import Event

_EVENT_STREAM = "application/vnd.amazon.eventstream"
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a dialect looks at it."""

    method: str
    host: str
    path: str
    document: dict[str, Any]
    """The body; empty where it is no JSON object."""

    model: str | None = None
    """The model asked, from the body or the path."""

    streamed: bool = False

    @classmethod
    def of(cls, request: CapturedRequest, loads: Callable[[bytes], Any] = json.loads) -> Call:
        """The call that a captured request makes.

        ``loads`` reads its body: one that loses digits of huge numbers, and is quicker, will do where it is
        only asked whose call this is.
        """
        try:
            document = loads(_decoded(request.content, request.headers))
        except (ValueError, RecursionError):
            document = None
        return cls.made(request.method, request.url, document)

    @classmethod
    def made(cls, method: str, url: str, document: Any) -> Call:
        """The call with this method, URL (or path) and JSON body."""
        try:
            parts = urlsplit(url)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            host, path = "", ""
        body = document if isinstance(document, dict) else {}
        return cls(method.upper(), host, path, body, model_of(path, body), is_streamed(path, body))


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as a dialect looks at it."""

    status: int
    content_type: str
    body: bytes
    """Decoded."""

    headers: Headers
    loads: Callable[[bytes], Any] = json.loads
    """Reads the body; one that loses digits of huge numbers, and is quicker, will do for a summary."""

    @classmethod
    def of(cls, interaction: CapturedInteraction, loads: Callable[[bytes], Any] = json.loads) -> Reply:
        """The reply in an interaction. A content-encoding is undone where the body still is under it."""
        headers = interaction.response_headers
        content_type = first_header(headers, b"content-type") or b""
        body = _decoded(interaction.body, headers)
        return cls(interaction.response_status, content_type.decode("latin-1"), body, headers, loads)

    def header(self, name: bytes) -> str | None:
        """The first value of the header ``name`` (lower case), or None."""
        value = first_header(self.headers, name)
        return None if value is None else value.decode("latin-1")

    def document(self) -> Any:
        """The body as JSON, or `DecodeError`."""
        try:
            return self.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise DecodeError(f"the response is not valid JSON: {error}") from error

    def events(self, piece: re.Pattern[str] | None = None) -> Iterator[Event] | None:
        """The events of the body, or None where it is no stream; ``piece`` as in `Dialect`."""
        if self.content_type.partition(";")[0].strip().lower() == _EVENT_STREAM:
            return eventstream.events(self.body)
        if sse.is_sse(self.content_type, self.body):
            return sse.events(self.body, piece)
        if sse.is_lines(self.content_type, self.body):
            return sse.lines(self.body)
        return None


class Stream:
    """The events of a stream up to its end, or to an event that says that it failed."""

    __slots__ = ("_events", "error")

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = events
        self.error: str | None = None
        """What the failing event said, once it was met."""

    def __iter__(self) -> Iterator[Event]:
        for event in self._events:
            name, document = event
            # A look that costs little, for streams have thousands of events: most have no type, and no error.
            may_be = name or type(document) is not dict or "type" in document or "error" in document
            if may_be and (error := _error_event(event)) is not None:
                self.error = error
                return
            yield event


@dataclass(frozen=True, slots=True)
class Folded:
    """A stream laid together."""

    document: Any
    """What the API would have given without streaming."""

    is_whole: bool
    """Whether the dialect's last event was there."""


class Dialect(ABC):
    """A reader of one API. Has no state: one instance serves every thread."""

    name: ClassVar[str]
    """What the dialect is called, in files and messages: ``openai_chat``."""

    piece: ClassVar[re.Pattern[str] | None] = None
    """Matches an event of a stream up to the quote that opens the one text in it that `fold` appends to what
    came before. Events that differ in nothing else may then come as one (`agentrec_auto.event_runs`)."""

    @abstractmethod
    def recognises(self, call: Call) -> bool:
        """Whether a request is this dialect's, by its method, path and body. Cheap, and may be generous:
        where several claim a request, the one that can read its response has it."""

    @abstractmethod
    def question(self, call: Call) -> Question:
        """What the request asks; `DecodeError` where it makes no sense."""

    @abstractmethod
    def read(self, document: Any) -> Answer:
        """The answer in a response's document; `DecodeError` where there is none."""

    def fold(self, stream: Iterable[Event]) -> Folded:
        """A stream, laid together into the document that `read` reads."""
        raise DecodeError(f"{self.name} has no streams")

    def events(self, reply: Reply) -> Iterator[Event] | None:
        """The events of a reply; None where it is no stream."""
        return reply.events(self.piece)

    def answer(self, reply: Reply) -> Answer:
        """What a response answers, be it a document, a stream, or an error."""
        if reply.status >= 400:
            return Answer(error=_error_body(reply))
        events = self.events(reply)
        if events is None:
            document = reply.document()
            if (error := error_in(document)) is not None:
                return Answer(error=error)
            return self.read(document)
        stream = Stream(events)
        folded = self.fold(stream)
        if stream.error is not None and not folded.document:
            return Answer(streamed=True, is_whole=False, error=stream.error)
        answer = self.read(folded.document)
        told = {"streamed": True, "is_whole": folded.is_whole, "error": stream.error}
        for name, value in told.items():  # it is nobody's yet, and `replace` would take five times as long
            object.__setattr__(answer, name, value)
        return answer


def error_in(document: Any) -> str | None:
    """What a document says went wrong, in the ways that providers say it; None if nothing did."""
    if isinstance(document, list):  # Gemini wraps the errors of a stream in an array
        document = document[0] if document else None
    if not isinstance(document, dict):
        return None
    error = document.get("error")
    if isinstance(error, dict) and error:
        return _sentence(error)
    if isinstance(error, str) and error:
        return error
    return _sentence(document) if document.get("type") == "error" else None


def _error_event(event: Event) -> str | None:
    document = event.document
    if event.name == "error":
        return error_in(document) or _sentence(document)
    if event.name.startswith("exception:"):
        return f"{event.name[10:]}: {_sentence(document)}"
    if isinstance(document, dict) and ("error" in document or document.get("type") == "error"):
        return None if "choices" in document else error_in(document)
    return None


def _error_body(reply: Reply) -> str:
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError):
        said = reply.body[:_SHOWN].decode("utf-8", "replace").strip()
    else:
        said = error_in(document) or _sentence(document)
    return f"{reply.status} {said}".strip()


def _sentence(error: Any) -> str:
    """``type: message``, as far as an error object says them."""
    if not isinstance(error, Mapping):
        return str(error)[:_SHOWN]
    kind = error.get("type") or error.get("status") or error.get("code") or error.get("__type")
    said = error.get("message") or error.get("Message") or error.get("detail") or ""
    if not isinstance(said, str):
        said = json.dumps(said, ensure_ascii=False)
    told = [str(kind)] if kind and kind != "error" else []
    return ": ".join([*told, said] if said else told)[:_SHOWN] or "an error without a message"


def _decoded(body: bytes, headers: Headers) -> bytes:
    """A body without its content-encoding; imported bodies often are decoded already, whatever is said."""
    encoding = first_header(headers, b"content-encoding")
    if not body or encoding is None or not is_encoded(encoding):
        return body
    try:
        return decode(body, encoding)
    except UndecodableBodyError:
        return body
