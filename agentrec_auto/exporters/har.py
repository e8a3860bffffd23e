"""HTTP archives (HAR 1.2), for browsers' developer tools and whatever else reads them.

Source: "HAR 1.2 Spec", Jan Odvarko. Members that it demands and nobody recorded are -1 or empty, as it says.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import timedelta
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from agentrec_auto.capture import CapturedInteraction, Headers, first_header
from agentrec_auto.corpus.facts import facts_of
from agentrec_auto.corpus.held import Held
from agentrec_auto.exporters.format import Format, Left, Written, reason_of

_UNKNOWN = "1970-01-01T00:00:00.000Z"


class HAR(Format):
    name = "har"

    def pieces(self, recordings: Iterable[Held]) -> Iterator[Written | Left]:
        creator = json.dumps({"name": "agentrec-auto", "version": version("agentrec-auto")})
        yield Written(f'{{"log": {{"version": "1.2", "creator": {creator}, "entries": ['.encode())
        before = b"\n"
        for held in recordings:
            entry = json.dumps(_entry(held), ensure_ascii=False)
            yield Written(before + entry.encode("utf-8", "surrogatepass"), held.name)
            before = b",\n"
        yield Written(b"\n]}}\n")


def _entry(held: Held) -> dict[str, Any]:
    facts, interaction = facts_of(held), held.interaction
    took = (facts.latency_s or 0.0) * 1000
    first = min((facts.latency_first_chunk_s or 0.0) * 1000, took)
    started = _UNKNOWN
    if facts.recorded_at is not None:
        started = (facts.recorded_at - timedelta(milliseconds=took)).isoformat(timespec="milliseconds")
    return {
        "startedDateTime": started,
        "time": round(took, 1),
        "request": _request(interaction),
        "response": _response(interaction),
        "cache": {},
        "timings": {"send": 0, "wait": round(first, 1), "receive": round(took - first, 1)},
        "comment": held.name,
    }


def _request(interaction: CapturedInteraction) -> dict[str, Any]:
    request = interaction.request
    query = urlsplit(request.url).query
    told = {
        "method": request.method,
        "url": request.url,
        "httpVersion": _version(interaction),
        "cookies": [],
        "headers": _headers(request.headers),
        "queryString": [
            {"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": len(request.content),
    }
    if request.content:
        told["postData"] = {"mimeType": _kind(request.headers), "params": [], **_text(request.content)}
    return told


def _response(interaction: CapturedInteraction) -> dict[str, Any]:
    status, body = interaction.response_status, interaction.body
    location = first_header(interaction.response_headers, b"location") or b""
    return {
        "status": status,
        "statusText": reason_of(interaction),
        "httpVersion": _version(interaction),
        "cookies": [],
        "headers": _headers(interaction.response_headers),
        "content": {"size": len(body), "mimeType": _kind(interaction.response_headers), **_text(body)},
        "redirectURL": location.decode("latin-1"),
        "headersSize": -1,
        "bodySize": len(body),
    }


def _headers(pairs: Headers) -> list[dict[str, str]]:
    return [{"name": name.decode("latin-1"), "value": value.decode("latin-1")} for name, value in pairs]


def _text(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": b64encode(data).decode("ascii"), "encoding": "base64"}


def _kind(head: Headers) -> str:
    return (first_header(head, b"content-type") or b"application/octet-stream").decode("latin-1")


def _version(interaction: CapturedInteraction) -> str:
    said = interaction.response_extensions.get("http_version")
    return said.decode("ascii", "replace") if isinstance(said, bytes) else "HTTP/1.1"
