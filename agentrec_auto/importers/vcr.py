"""Cassettes of vcrpy, pytest-recording and those who write like them (YAML or JSON).

    interactions: [{request: {method, uri, headers, body}, response: {status, headers, body}}]

Read along: two lists side by side (langchain-tests), ``parsed_body`` (pydantic-ai), one exchange a document
(ddtrace), ``http_interactions`` (VCR of Ruby), ``status_code`` and ``content`` (vcrpy 2 to 5 with httpx), and
a bare list of exchanges (vcrpy 0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agentrec_auto.importers import wire
from agentrec_auto.importers.record import Document, Found, Record, Source, Unread, UnreadableError

_WEBSOCKET = "a websocket (realtime): only requests with one response can be replayed"


class VCR(Source):
    name = "vcr"

    def recognises(self, document: Document) -> bool:
        return _pairs(document.value) is not None

    def records(self, document: Document) -> Iterator[Found]:
        pairs = _pairs(document.value) or []
        if pairs and all(isinstance(pair, dict) and "direction" in pair for pair in pairs):
            yield Unread(document.position, _WEBSOCKET)
            return
        for number, pair in enumerate(pairs, 1):
            position = f"{document.position} interaction {number}".lstrip()
            try:
                yield _found(position, pair)
            except UnreadableError as error:
                yield Unread(position, str(error))


def _pairs(value: Any) -> list[Any] | None:
    """The exchanges of a document; None where it is no cassette."""
    pairs: list[Any]
    match value:
        case {"requests": list(asked), "responses": list(told)}:
            short: list[Any] = [None] * max(0, len(asked) - len(told))
            return [{"request": a, "response": b} for a, b in zip(asked, [*told, *short], strict=False)]
        case {"interactions": list(found)} | {"http_interactions": list(found)}:
            return found
        case {"interactions": None}:
            return []
        case {"request": {"method": _}, "response": {}} if "log" not in value and "chunks" not in value:
            return [value]
        case [{"request": {}, "response": {}}, *_]:
            pairs = value
            return pairs
    return None


def _found(position: str, pair: Any) -> Found:
    match pair:
        case {"request": dict(asked), "response": dict(told)}:
            return _record(position, asked, told, pair)
        case {"direction": _}:
            raise UnreadableError(_WEBSOCKET)
    raise UnreadableError("it has no request with a response")


def _record(position: str, asked: Mapping[str, Any], told: Mapping[str, Any], pair: Any) -> Record:
    url = asked.get("uri", asked.get("url"))
    if isinstance(url, str) and url.startswith(("ws://", "wss://")):
        raise UnreadableError(_WEBSOCKET)
    inferred = []
    if "parsed_body" in asked or "parsed_body" in told:
        inferred.append("bytes")
    status = told.get("status", told.get("status_code", told.get("code")))
    at = pair.get("recorded_at")
    return wire.record(
        position,
        method=asked.get("method"),
        url=url,
        request_headers=asked.get("headers"),
        request_body=_body(asked),
        status=200 if status is None and told else status,
        response_headers=told.get("headers"),
        response_body=_body(told),
        extensions=_extensions(told),
        metadata={"recorded_at": at} if isinstance(at, str) else None,
        inferred=inferred,
    )


def _body(message: Mapping[str, Any]) -> Any:
    """The body of a message, under whichever name it is; some recorders keep it parsed, in its place."""
    for name in ("body", "content", "parsed_body"):
        if (value := message.get(name)) is not None and value != {"string": ""}:
            return value
    return None


def _extensions(told: Mapping[str, Any]) -> dict[str, Any]:
    version, status = told.get("http_version", told.get("protocol")), told.get("status")
    reason = status.get("message") if isinstance(status, Mapping) else None
    kept = {"http_version": version, "reason_phrase": reason}
    return {
        name: said.encode("ascii", "replace") for name, said in kept.items() if isinstance(said, str) and said
    }
