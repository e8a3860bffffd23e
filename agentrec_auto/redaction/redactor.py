"""One request and its response, made fit for the disk under one set of settings.

    redaction = redactor.open(request)      # the request as it is sent
    redaction.request                       # as it is stored and keyed
    redaction.response(interaction)         # what came back, as it is stored
    redaction.text("…")                     # for messages about it

Nothing given is changed; what holds no secret comes back as the same object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agentrec_auto import decoding
from agentrec_auto.capture import (
    CapturedChunk,
    CapturedInteraction,
    CapturedRequest,
    Headers,
    headers_without,
)
from agentrec_auto.redaction import bodies, headers, streams, url, values, windows
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.documents import in_text
from agentrec_auto.redaction.edits import applied, merged
from agentrec_auto.redaction.fields import PLACEHOLDER
from agentrec_auto.redaction.finder import Finder, patterns
from agentrec_auto.redaction.paths import Paths
from agentrec_auto.redaction.windows import Watch
from agentrec_auto.settings import RedactSettings
from agentrec_auto.spool import Spool

_MOST = 256
"""URLs remembered; then it begins anew."""


class Redactor:
    """Redacts under what the user said and what the environment holds when it is made.

    Raises `ConfigError` for a pattern or a path that can't be read.
    """

    def __init__(self, settings: RedactSettings, environ: Mapping[str, str]) -> None:
        self._rules = Rules(
            Finder(
                named=values.named(environ, settings.env),
                patterns=patterns(settings.patterns),
                known=values.found(environ),
            ),
            Paths(settings.paths),
            frozenset(name.lower().encode("latin-1", "replace") for name in settings.headers),
            frozenset(name.lower() for name in settings.query),
        )
        self._met: dict[tuple[str, tuple[str, ...]], tuple[Rules, str]] = {}

    def open(self, request: CapturedRequest) -> Redaction:
        """The redaction of one exchange; ``request`` as it is sent.

        Raises `UndecodableBodyError` for a body under an encoding that can't be undone.
        """
        credentials = (*headers.credentials(request.headers), *url.credentials(request.url))
        met = self._met.get((request.url, credentials))
        if met is None:
            if len(self._met) >= _MOST:
                self._met.clear()
            met = self._met[request.url, credentials] = self._meet(request.url, credentials)
        return Redaction(request, *met)

    def _meet(self, address: str, credentials: tuple[str, ...]) -> tuple[Rules, str]:
        """What holds for all requests to a URL with these credentials: the rules, and the URL redacted."""
        rules = self._rules
        if known := values.known((value, PLACEHOLDER) for value in credentials):
            rules = replace(rules, finder=rules.finder.knowing(known))
        return rules, url.redacted(address, rules.finder, rules.query)

    def request(self, request: CapturedRequest) -> CapturedRequest:
        """A request without its secrets."""
        return self.open(request).request

    def response(self, interaction: CapturedInteraction) -> CapturedInteraction:
        """An interaction without its secrets; the credential of its request is looked for in the response."""
        redaction = self.open(interaction.request)
        return redaction.response(replace(interaction, request=redaction.request))

    def text(self, text: str) -> str:
        """A message, a log line or the like without secrets."""
        return _text(text, self._rules)


class Redaction:
    """The redaction of one exchange: it knows the credential that the request was sent with."""

    __slots__ = ("_head", "_request", "_rules", "without_headers")

    def __init__(self, request: CapturedRequest, rules: Rules, address: str) -> None:
        """``rules`` know the credential already; ``address`` is the URL, redacted."""
        self._rules = rules
        self._request: CapturedRequest | None = None
        self._head, clean, content_type = self._redacted(request)
        told = [(b"content-type", content_type.encode("latin-1"))] if content_type else []
        self.without_headers = CapturedRequest(request.method, address, told, clean)
        """The request as it is stored, but of its headers the content type alone."""

    @property
    def request(self) -> CapturedRequest:
        """The request as it is stored: without secrets, its body decoded."""
        if self._request is None:
            bare = self.without_headers
            self._request = CapturedRequest(bare.method, bare.url, self._headers(self._head), bare.content)
        return self._request

    def _headers(self, head: Headers) -> Headers:
        rules = self._rules
        return headers.redacted(head, rules.finder, names=rules.headers, query=rules.query)

    def response(self, interaction: CapturedInteraction) -> CapturedInteraction:
        """The interaction with its response as it is stored: without secrets, decoded.

        As many chunks as before, cut where they were cut. A content-encoding that was undone is noted in
        ``metadata["content_encoding"]``, and its header is gone; so is a content-length that is no longer
        true. Its request is taken to be redacted already. Raises `UndecodableBodyError`.
        """
        rules = self._rules
        encoding, content_type, head = _described(interaction.response_headers)
        if self._is_clean(interaction.chunks):
            return interaction.retold(self._headers(head), interaction.chunks, interaction.metadata)
        chunks = [chunk.data for chunk in interaction.chunks]
        metadata = interaction.metadata
        if encoding:
            decoded = decoding.decode_chunks(chunks, encoding) if chunks else chunks
            metadata = {**metadata, "content_encoding": encoding.decode("latin-1")}
        else:
            decoded = chunks
        clean = streams.redacted(decoded, content_type, rules)
        if clean is not decoded and not encoding:
            head = headers_without(head, b"content-length")
        told = interaction.chunks
        if clean is not chunks:
            told = [
                CapturedChunk(data, chunk.timestamp_offset)
                for data, chunk in zip(clean, interaction.chunks, strict=True)
            ]
        return interaction.retold(self._headers(head), told, metadata)

    def watch(self, head: Headers) -> Watch | None:
        """A watch over a long body under these headers, while it comes; None where there can be none."""
        encoding, content_type, _ = _described(head)
        return None if encoding else windows.watching(content_type, self._rules)

    def _is_clean(self, chunks: Sequence[CapturedChunk]) -> bool:
        """Whether a body was looked at as it came, under our rules, and has nothing to be found."""
        if not (isinstance(chunks, Spool) and chunks.is_clean):
            return False
        return isinstance(chunks.watch, Watch) and chunks.watch.rules is self._rules

    def text(self, text: str) -> str:
        """A message about this exchange without secrets."""
        return _text(text, self._rules)

    def _redacted(self, request: CapturedRequest) -> tuple[Headers, bytes, str]:
        """The headers as they still hold their secrets, the body without, and its type."""
        encoding, content_type, head = _described(request.headers)
        content = (
            decoding.decode(request.content, encoding) if encoding and request.content else request.content
        )
        clean = bodies.redacted(content, content_type, self._rules) if content else content
        if clean is not content and not encoding:
            head = headers_without(head, b"content-length")
        return head, clean, content_type


def _text(text: str, rules: Rules) -> str:
    edits = url.in_query(text, rules.query) if "=" in text else []
    if (near := rules.finder.narrowed(text)) is not None:
        edits += in_text(text, near)
    return applied(text, merged(edits))


def _described(head: Headers) -> tuple[bytes, str, Headers]:
    """The content-encoding to undo, the content type, and the headers as they are when it is undone."""
    encoding, content_type = b"", b""
    for name, value in head:
        if len(name) in _LENGTHS:  # most names are of another length than these two
            match name.lower():
                case b"content-encoding":
                    encoding = b", ".join([encoding, value]) if encoding else value
                case b"content-type":
                    content_type = content_type or value
    told = content_type.decode("latin-1")
    if not (encoding and decoding.is_encoded(encoding)):
        return b"", told, head
    return encoding, told, headers_without(head, b"content-encoding", b"content-length")


_LENGTHS = frozenset(map(len, ("content-encoding", "content-type")))
