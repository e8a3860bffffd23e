"""Requests that people bring in a file: to be explained, or compared with what is recorded.

{"request": {"method": …, "url": …, "headers": …, "content": …}, …}   a cassette
{"method": …, "url": …, "headers": …, "body": …}                      a request
{"model": …, "messages": …}                                           just a body
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from agentrec_auto.capture import CapturedRequest, Headers
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.errors import ConfigError
from agentrec_auto.flow.nearest import nearest
from agentrec_auto.providers.dialect import Call
from agentrec_auto.providers.registry import question_of

_LOOKED_AT = 500
"""How many recordings are asked where a body may go."""

_PLACES = 12
"""How many of these places are tried."""

_SHAPES = 'a cassette, {"method", "url", "headers", "body"}, or the JSON body of a request'


@dataclass(frozen=True, slots=True)
class Brought:
    """A request in its stored form."""

    request: CapturedRequest
    assumed: str = ""
    """The recording whose URL was taken, where the file said none."""


def brought(data: bytes, where: str, corpus: Corpus, *, url: str = "") -> Brought:
    """The request in a file, redacted as it would be when it is recorded.

    A body alone goes to ``url``, or to where the recording most like it went. Raises `ConfigError` for what
    is no request.
    """
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"no JSON ({error})", where=where, expected=_SHAPES) from error
    if not isinstance(told, dict):
        raise ConfigError("no JSON object", where=where, expected=_SHAPES)
    if isinstance(inner := told.get("request"), dict) and "url" in inner:
        return Brought(corpus.redactor.request(_request(inner, where)))
    if isinstance(told.get("url"), str) and "model" not in told:
        return Brought(corpus.redactor.request(_request(told, where)))
    content = json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if url:
        return Brought(corpus.redactor.request(_posted(_checked(url, where), content)))
    return _placed(content, told, where, corpus)


def _request(told: dict[str, Any], where: str) -> CapturedRequest:
    url = told.get("url")
    body = next((told[name] for name in ("content", "body", "json") if name in told), "")
    if isinstance(body, dict) and isinstance(body.get("__b64__"), str):
        raise ConfigError("a body in base64", where=where, expected=_SHAPES)
    content = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return CapturedRequest(
        str(told.get("method", "POST")).upper(),
        _checked(url, where),
        _headers(told.get("headers"), where),
        content.encode("utf-8", "surrogatepass"),
    )


def _headers(told: Any, where: str) -> Headers:
    pairs = list(told.items()) if isinstance(told, dict) else told or []
    try:
        return [(str(name).encode("latin-1"), str(value).encode("latin-1")) for name, value in pairs]
    except (TypeError, ValueError) as error:
        raise ConfigError("bad headers", where=where, expected="an object, or [name, value] pairs") from error


def _checked(url: object, where: str) -> str:
    try:
        if isinstance(url, str) and urlsplit(url).path:
            return url
    except ValueError:
        pass
    raise ConfigError(
        f"bad URL {url!r}", where=where, expected="one like https://api.openai.com/v1/responses"
    )


def _posted(url: str, content: bytes) -> CapturedRequest:
    return CapturedRequest("POST", url, [(b"content-type", b"application/json")], content)


def _placed(content: bytes, body: dict[str, Any], where: str, corpus: Corpus) -> Brought:
    """The body at the place of the recording that is most like it."""
    best: tuple[float, Brought] | None = None
    for url, name in _places(corpus, body).items():
        request = corpus.redactor.request(_posted(url, content))
        identity = corpus.identify(request)
        if identity.key in corpus.store:
            return Brought(request, name)
        found = nearest(identity, corpus.store, corpus.keyer, search_s=1.0)
        score = found.score if found else 0.0
        if best is None or score > best[0]:
            best = score, Brought(request, name)
    if best is None:
        raise ConfigError("a body, and no recording tells where it goes", where=where, expected="--url")
    return best[1]


def _places(corpus: Corpus, body: dict[str, Any]) -> dict[str, str]:
    """URLs that bodies went to, and a recording of each; those in whose dialect this one is a question."""
    places: dict[str, str] = {}
    for held in corpus.read(corpus.names[:_LOOKED_AT]):
        if isinstance(held, Held) and held.interaction.request.method.upper() == "POST":
            places.setdefault(held.interaction.request.url, held.name)
        if len(places) == _PLACES:
            break
    asking = {
        url: name for url, name in places.items() if question_of(Call.made("POST", url, body)) is not None
    }
    return asking or places
