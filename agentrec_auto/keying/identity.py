"""The key of a request: what must be the same for a recording to answer it.

    key = <dialect>_<model>_<16 hex of sha256 over the parts, each followed by NUL>
    parts = method · path · model · stream · canonical query · canonical body · (headers, host: by rule)

Left out: the host (a gateway or a port may change), headers, the URL fragment, secrets in the query, and
what the user's rules drop. Always computed on the **redacted** request, which is also what is stored, so
that the key recomputed from a file equals its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NewType
from urllib.parse import parse_qsl, urlsplit

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.keying.canonical import (
    NO_DOCUMENT,
    canonical_bytes,
    canonical_json,
    digest,
    is_exact,
    may_hold_ids,
    parsed,
    rename_ids,
    without_cache_key,
)
from agentrec_auto.keying.rules import RuleBook, Rules
from agentrec_auto.providers.hosts import provider_of
from agentrec_auto.providers.shapes import dialect_of, is_stream_in, is_streamed, model_in, model_of
from agentrec_auto.redaction.url import is_secret_query_name
from agentrec_auto.settings import KeyRule

KEY_VERSION = 1
"""Counts up when the same request gets another key; stored, so that `rekey` knows what to redo."""

_MOST = 256
"""URLs remembered; then it begins anew."""

Key = NewType("Key", str)
"""Identity of a request for replay; safe as a file name."""

SemanticKey = NewType("SemanticKey", str)
"""Identity of the question, whatever the provider, the model and the sampling; 32 hex characters."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a request is, with the facts that went into it."""

    key: Key
    dialect: str
    provider: str
    method: str
    path: str
    model: str | None
    stream: bool
    query: str
    """Canonical: sorted pairs, secrets and ignored names left out."""

    body: str
    """The canonical body, rules applied; for a body that is no JSON, its text."""

    document: Any
    """The body as JSON, rules applied; `NO_DOCUMENT` where it is none."""

    extra: tuple[str, ...] = ()
    """Headers and host, where a rule says that they count."""

    is_as_sent: bool = False
    """Whether the document is the body's own: no rule, and no id, changed it."""

    @property
    def semantic_key(self) -> SemanticKey:
        """The identity of the question; computed at each access."""
        from agentrec_auto.keying.semantic import semantic_key  # here: replay never reads a question

        return semantic_key(self)


@dataclass(frozen=True, slots=True)
class _Address:
    """What a URL says of all requests to it, under the user's rules."""

    rules: Rules
    origin: str
    path: str
    query: str
    dialect: str
    provider: str
    model: str | None
    """The one that the path names."""

    streams: bool
    """Whether the path asks for a stream."""

    @classmethod
    def of(cls, address: str, rules: Rules) -> _Address:
        url = urlsplit(address)
        dialect = dialect_of(url.path) or "http"
        return cls(
            rules=rules,
            origin=f"{url.scheme}://{url.netloc}".lower(),
            path=rules.apply_text(url.path) or "/",
            query=_canonical_query(url.query, rules),
            dialect=dialect,
            provider=provider_of(url.hostname or "") or dialect,
            model=model_of(url.path, None),
            streams=is_streamed(url.path, None),
        )


class Keyer:
    """Tells requests apart under the user's rules."""

    def __init__(self, rules: Sequence[KeyRule] = ()) -> None:
        self._book = RuleBook(rules)
        self._met: dict[str, _Address] = {}
        self.counted_headers = self._book.headers
        """Headers that may count, in lower case; the content type, which says how to read the body, always
        does."""

    def identify(self, request: CapturedRequest) -> Identity:
        """Who ``request`` is; it must be in the redacted form, the one that is stored."""
        at = self._address(request.url)
        method, document = request.method.upper(), parsed(request.content)
        body, ruled = _bodies(request, document, at.rules)
        if ruled is not NO_DOCUMENT and not is_exact(ruled, body):
            document = parsed(request.content, exactly=True)
            body, ruled = _bodies(request, document, at.rules)
        model, stream = model_in(document) or at.model, at.streams or is_stream_in(document)
        extra = tuple(_extra(request, at))
        hashed = digest(method, at.path, str(model), "stream" if stream else "", at.query, body, *extra)
        return Identity(
            key=Key(f"{at.dialect}_{_plain(model or 'unknown')}_{hashed[:16]}"),
            dialect=at.dialect,
            provider=at.provider,
            method=method,
            path=at.path,
            model=model,
            stream=stream,
            query=at.query,
            body=body,
            document=ruled,
            extra=extra,
            is_as_sent=ruled is document,
        )

    def _address(self, url: str) -> _Address:
        met = self._met.get(url)
        if met is None:
            if len(self._met) >= _MOST:
                self._met.clear()
            met = self._met[url] = _Address.of(url, self._book.for_url(url))
        return met


def _bodies(request: CapturedRequest, document: Any, rules: Rules) -> tuple[str, Any]:
    """The canonical body, and the document it stands on."""
    try:
        ruled = NO_DOCUMENT if document is NO_DOCUMENT else rules.apply(without_cache_key(document))
        if may_hold_ids(request.content):
            ruled = rename_ids(ruled)
    except RecursionError:  # nested without end: told apart by its bytes
        ruled = NO_DOCUMENT
    if ruled is NO_DOCUMENT:
        content = canonical_bytes(request.content, request.header(b"content-type") or b"")
        text = rules.apply_text(content.decode("utf-8", "surrogateescape"))
        return text, NO_DOCUMENT
    if not isinstance(ruled, dict):
        return canonical_json(ruled), ruled
    # The model and the stream flag stand in the key by themselves.
    body = canonical_json({name: ruled[name] for name in ruled if name not in ("model", "stream")})
    return body, ruled


def _canonical_query(query: str, rules: Rules) -> str:
    if not query:
        return ""
    pairs = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name not in rules.ignore_query and not is_secret_query_name(name)
    ]
    return canonical_json(sorted(pairs)) if pairs else ""


def _extra(request: CapturedRequest, at: _Address) -> Iterator[str]:
    for name in at.rules.headers:
        values = [value for key, value in request.headers if key.lower() == name]
        yield f"{name.decode()}: {b', '.join(values).decode('latin-1')}"
    if at.rules.host:
        yield at.origin


_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


@lru_cache(maxsize=256)
def _plain(word: str) -> str:
    """A word made safe for a file name: other characters become ``-``; at most 80 long, and no dot at an end,
    which `agentrec_auto.keying.cassette_id.sanitized` leaves as the ``agentrec`` library does."""
    return _PLAIN.sub("-", word).strip("-.")[:80] or "x"
