"""HTTP archives: what browsers' developer tools and proxies save (HAR 1.1 to 1.3).

Source: "HAR 1.2 Spec", Jan Odvarko. Bodies are decoded in it; binary ones are in base64.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from agentrec_auto.importers import wire
from agentrec_auto.importers.record import Document, Found, Record, Source, Unread, UnreadableError


class HAR(Source):
    name = "har"

    def recognises(self, document: Document) -> bool:
        return _entries(document.value) is not None

    def records(self, document: Document) -> Iterator[Found]:
        for number, entry in enumerate(_entries(document.value) or (), 1):
            position = f"{document.position} entry {number}".lstrip()
            try:
                yield _record(position, entry)
            except UnreadableError as error:
                yield Unread(position, str(error))


def _entries(value: Any) -> list[Any] | None:
    match value:
        case {"log": {"entries": list(entries)}}:
            return entries
    return None


def _record(position: str, entry: Any) -> Record:
    match entry:
        case {"request": dict(asked), "response": dict(told)}:
            pass
        case _:
            raise UnreadableError("it has no request with a response")
    if told.get("status") in (0, None):
        raise UnreadableError(f"it was not answered ({told.get('_error') or 'blocked, or broken off'})")
    url = str(asked.get("url"))
    if url.startswith(("ws://", "wss://")):
        raise UnreadableError("a websocket: only requests with one response can be replayed")
    content = told.get("content")
    content = content if isinstance(content, dict) else {}
    if content.get("text") is None and isinstance(size := content.get("size"), int) and size > 0:
        raise UnreadableError("the body of its response was not saved: save the archive with content")
    at, took = entry.get("startedDateTime"), entry.get("time")
    return wire.record(
        position,
        method=asked.get("method"),
        url=url,
        request_headers=asked.get("headers"),
        request_body=_posted(asked.get("postData")),
        status=told.get("status"),
        response_headers=_typed(told.get("headers"), content.get("mimeType")),
        response_body=_content(content),
        extensions=_extensions(told),
        metadata={
            "recorded_at": at if isinstance(at, str) else None,
            "latency_s": round(took / 1000, 4) if isinstance(took, (int, float)) and took > 0 else None,
        },
    )


def _posted(posted: Any) -> Any:
    """The request's body: its text, or a form's fields."""
    match posted:
        case {"text": str(text), "encoding": "base64"}:
            return {"base64_string": text}
        case {"text": str(text)} if text:
            return text
        case {"params": [*fields]} if fields:
            return urlencode([(one.get("name", ""), one.get("value", "")) for one in fields])
    return None


def _content(content: dict[str, Any]) -> Any:
    text = content.get("text")
    return {"base64_string": text} if content.get("encoding") == "base64" else text


def _typed(pairs: Any, kind: Any) -> Any:
    """The headers, with the type of the content where they don't say it."""
    known = wire.headers(pairs)
    if isinstance(kind, str) and kind and not any(name.lower() == b"content-type" for name, _ in known):
        return [*known, ("content-type", kind)]
    return known


def _extensions(told: dict[str, Any]) -> dict[str, Any]:
    kept = {"http_version": told.get("httpVersion"), "reason_phrase": told.get("statusText")}
    return {
        name: said.encode("ascii", "replace") for name, said in kept.items() if isinstance(said, str) and said
    }
