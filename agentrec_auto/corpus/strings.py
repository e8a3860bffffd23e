"""Every text in a recording, with its escapes undone and the path that leads to it.

request.url                                     request.headers.authorization
request.content: messages[0].content            JSON in the body
request.content: tools[0].arguments: city       JSON in a string of JSON
response: choices[0].delta.content              a stream's events laid over one another: pieces joined
response                                        a body that is no JSON
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agentrec_auto import decoding
from agentrec_auto.capture import CapturedInteraction, Headers
from agentrec_auto.errors import UndecodableBodyError
from agentrec_auto.redaction import events

Text = tuple[str, str, str]
"""Path, the name of the field (empty for none), and what it says."""

_OURS = ("key", "semantic_key", "run", "recorded_at")
"""Metadata that looks like secrets to scanners, and is made by us."""

_DEPTH = 4
"""How many JSON texts inside one another are looked into."""


def texts(interaction: CapturedInteraction) -> Iterator[Text]:
    """The texts of a recording; of a body that can't be decoded, none."""
    request = interaction.request
    told = {name: value for name, value in interaction.metadata.items() if name not in _OURS}
    yield from in_value(told, "metadata")
    yield "request.url", "", request.url
    yield from _in_headers(request.headers, "request.headers")
    yield from _in_body(decoded(request.content, request.headers), "request.content")
    yield from _in_headers(interaction.response_headers, "response.headers")
    yield from _in_body(decoded(interaction.body, interaction.response_headers), "response")


def decoded(body: bytes, head: Headers) -> bytes:
    """A body without its content-encoding; empty where that can't be undone."""
    encoding = b", ".join(value for name, value in head if name.lower() == b"content-encoding")
    try:
        return decoding.decode(body, encoding) if encoding and body else body
    except UndecodableBodyError:
        return b""


def _in_headers(head: Headers, path: str) -> Iterator[Text]:
    for name, value in head:
        spelled = name.decode("latin-1").lower()
        yield f"{path}.{spelled}", spelled, value.decode("latin-1")


def _in_body(body: bytes, path: str) -> Iterator[Text]:
    text = body.decode("utf-8", "replace")
    pieces = events.events(text)
    if len(pieces) < 2:
        yield from _in_text(text, path, "", _DEPTH)
        return
    laid: dict[str, tuple[str, list[str]]] = {}
    between: list[str] = []
    at = 0
    for start, end in pieces:
        between.append(text[at:start])
        at = end
        for place, name, said in _in_text(text[start:end], path, "", depth=1):
            laid.setdefault(place, (name, []))[1].append(said)
    for place, (name, pieces_of_it) in laid.items():
        yield from _in_text("".join(pieces_of_it), place, name, _DEPTH)
    yield path, "", "".join([*between, text[at:]])


def _in_text(text: str, path: str, name: str, depth: int) -> Iterator[Text]:
    """The text itself or, where it is JSON of more than a word, the texts in it."""
    if depth and text.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            yield from in_value(value, f"{path}:", depth=depth - 1)
            return
    yield path, name, text


def in_value(value: Any, path: str, *, depth: int = 0) -> Iterator[Text]:
    """The strings in a parsed document. Not recursive: it may be nested deeper than our stack."""
    pending: list[tuple[Any, str, str]] = [(value, path, "")]
    while pending:
        inner, place, name = pending.pop()
        if isinstance(inner, str):
            yield from _in_text(inner, place, name, depth)
        elif isinstance(inner, dict):
            pending += [
                (member, _joined(place, key), str(key)) for key, member in reversed(list(inner.items()))
            ]
        elif isinstance(inner, list):
            pending += [
                (member, f"{place}[{at}]" if not place.endswith(":") else f"{place} [{at}]", name)
                for at, member in reversed(list(enumerate(inner)))
            ]


def _joined(place: str, key: str) -> str:
    step = key if key.replace("_", "").replace("-", "").isalnum() else json.dumps(key)
    return f"{place} {step}" if place.endswith(":") else f"{place}.{step}"
