"""The identity that the ``agentrec`` library (0.2 and 1.0) gives a request; explicit transports name by it.

    cassette id  = <provider>_<model>_<16 hex of sha256 over METHOD · path · model · body>
    semantic key = 32 hex of sha256 over METHOD · path · body

The body is canonical JSON without ``model``, ``stream`` and ``stream_options``; each part is followed by NUL.
Neither host nor query nor headers count, and a question streamed or not has one id: where two such requests
meet, the explicit transports tell them apart by `agentrec_auto.keying.identity`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from agentrec_auto.capture import CapturedInteraction, CapturedRequest
from agentrec_auto.keying.canonical import canonical_json, digest

_NO_PART = ("model", "stream", "stream_options")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Request(Protocol):
    """What httpx's and httpx2's requests have in common; the body must have been read."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> Any: ...
    @property
    def content(self) -> bytes: ...


@dataclass(frozen=True)
class Fingerprint:
    """Who a request is."""

    provider: str
    """``anthropic`` or ``openai`` where the host's name has the word in it, else the host."""

    model: str | None
    semantic_key: str
    """The same for a question to whatever model of one API."""

    cassette_id: str
    """The id under which explicit transports keep it."""

    def as_metadata(self) -> dict[str, Any]:
        """What is stored of it with an interaction."""
        return {"provider": self.provider, "model": self.model, "semantic_key": self.semantic_key}


def fingerprint(request: Request) -> Fingerprint:
    """The fingerprint of a request of httpx or httpx2."""
    return _fingerprint(request.method, request.url.host, request.url.path, request.content)


def fingerprint_of(interaction: CapturedInteraction) -> Fingerprint:
    """The fingerprint of a stored interaction, told by its method, URL and body."""
    return fingerprint_of_request(interaction.request)


def fingerprint_of_request(request: CapturedRequest) -> Fingerprint:
    """The same for a stored request alone."""
    url = urlsplit(request.url)
    return _fingerprint(request.method.upper(), url.hostname or "", unquote(url.path) or "/", request.content)


def default_key(request: Request) -> str:
    """The id that a request has unless the program gives it another."""
    return fingerprint(request).cassette_id


def _fingerprint(method: str, host: str, path: str, content: bytes) -> Fingerprint:
    document = _parsed(content)
    model = document.get("model") if isinstance(document, dict) else None
    if isinstance(document, dict):
        body = canonical_json({name: document[name] for name in document if name not in _NO_PART})
    elif document is not None:
        body = canonical_json(document)
    else:
        body = content.decode("utf-8", "replace")
    provider = _provider(host)
    hashed = digest(method, path, str(model), body)[:16]
    return Fingerprint(
        provider=provider,
        model=model,
        semantic_key=digest(method, path, body)[:32],
        cassette_id=f"{sanitized(provider)}_{sanitized(str(model or 'unknown'))}_{hashed}",
    )


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _provider(host: str) -> str:
    name = host.lower()
    for word in ("anthropic", "openai"):
        if word in name:
            return word
    return name or "unknown"


def sanitized(word: str) -> str:
    """A word as it can stand in a file's name; ``x`` where nothing is left of it."""
    return _UNSAFE.sub("-", word).strip("-") or "x"
