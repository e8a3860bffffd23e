"""The key of a request: what must be the same for a recording to answer it.

    key = <dialect>_<model>_<16 hex of sha256 over the parts, each followed by NUL>
    parts = method · path · model · stream · canonical query · canonical body · (headers, host: by rule)

Left out: the host (a gateway or a port may change), headers, the URL fragment, secrets in the query, and
what the user's rules drop. Always computed on the **redacted** request, which is also what is stored, so
that the key recomputed from a file equals its name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NewType
from urllib.parse import parse_qsl, urlsplit

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.keying.canonical import NO_DOCUMENT, canonical_bytes, canonical_json, parsed, rename_ids
from agentrec_auto.keying.rules import RuleBook, Rules
from agentrec_auto.providers.hosts import provider_of
from agentrec_auto.providers.shapes import dialect_of, is_streamed, model_of
from agentrec_auto.redaction.url import is_secret_query_name
from agentrec_auto.settings import KeyRule

KEY_VERSION = 1
"""Counts up when the same request gets another key; stored, so that `rekey` knows what to redo."""

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
        """The identity of the question; worked out anew each time it is asked for."""
        from agentrec_auto.keying.semantic import semantic_key  # here: replay never reads a question

        return semantic_key(self)


class Keyer:
    """Tells requests apart under the user's rules."""

    def __init__(self, rules: Sequence[KeyRule] = ()) -> None:
        self._book = RuleBook(rules)
        self.counted_headers = self._book.headers
        """Headers that may count, in lower case; the content type, which says how to read the body, always
        does."""

    def identify(self, request: CapturedRequest) -> Identity:
        """Who ``request`` is; it must be in the redacted form, the one that is stored."""
        url = urlsplit(request.url)
        rules = self._book.for_url(request.url)
        method, path = request.method.upper(), rules.apply_text(url.path) or "/"
        document = parsed(request.content)
        model, stream = model_of(url.path, document), is_streamed(url.path, document)
        query = _canonical_query(url.query, rules)
        body, ruled = _bodies(request, document, rules)
        extra = tuple(_extra(request, rules, f"{url.scheme}://{url.netloc}"))
        dialect = dialect_of(url.path) or "http"
        digest = _digest(method, path, str(model), "stream" if stream else "", query, body, *extra)
        return Identity(
            key=Key(f"{_plain(dialect)}_{_plain(model or 'unknown')}_{digest[:16]}"),
            dialect=dialect,
            provider=provider_of(url.hostname or "") or dialect,
            method=method,
            path=path,
            model=model,
            stream=stream,
            query=query,
            body=body,
            document=ruled,
            extra=extra,
            is_as_sent=ruled is document,
        )


def _bodies(request: CapturedRequest, document: Any, rules: Rules) -> tuple[str, Any]:
    """The canonical body, and the document it stands on."""
    try:
        ruled = NO_DOCUMENT if document is NO_DOCUMENT else rename_ids(rules.apply(document))
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


def _extra(request: CapturedRequest, rules: Rules, origin: str) -> list[str]:
    told = []
    for name in rules.headers:
        values = [value for key, value in request.headers if key.lower() == name]
        told.append(f"{name.decode()}: {b', '.join(values).decode('latin-1')}")
    if rules.host:
        told.append(origin.lower())
    return told


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()


_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def _plain(word: str) -> str:
    """A word made safe for a file name: other characters become ``-``; at most 80 long."""
    return _PLAIN.sub("-", word).strip("-.")[:80] or "x"
