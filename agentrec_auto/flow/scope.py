"""Which requests concern us: LLM traffic by default, or all; the user's globs decide first.

Where a redirect leads from one that does, the next one does, too: a file of an API may be behind a signed
link, at a path and on a host that say nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from agentrec_auto.capture import Headers, first_header
from agentrec_auto.keying.canonical import NO_DOCUMENT, parsed
from agentrec_auto.keying.rules import url_pattern, without_query
from agentrec_auto.providers.shapes import is_llm_call
from agentrec_auto.settings import Settings

_MOST = 1024
"""Requests remembered; then it begins anew."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Scope:
    """`Settings.scope`, `include` and `exclude`, compiled."""

    def __init__(self, settings: Settings) -> None:
        self._all = settings.scope == "all"
        self._include = tuple(url_pattern(glob) for glob in settings.include)
        self._exclude = tuple(url_pattern(glob) for glob in settings.exclude)
        self._met: dict[tuple[str, str], bool] = {}
        """Method and URL, where they alone decided."""

        self._followed: dict[tuple[str, str], None] = {}
        """Where redirects led, the oldest first."""

    def concerns(self, method: str, url: str, body: Callable[[], bytes | None]) -> bool:
        """Whether a request is in scope; ``body`` gives its bytes if they are at hand, else None."""
        met = self._met.get((method, url))
        if met is not None:
            return met
        looked = False

        def document() -> object:
            nonlocal looked
            looked = True
            return _document(body())

        verdict = self._judged(method, url, document)
        if not looked:
            if len(self._met) >= _MOST:
                self._met.clear()
            self._met[method, url] = verdict
        return verdict

    def follow(self, url: str, status: int, headers: Headers) -> None:
        """A request in scope, to ``url``, was answered so: where that is a redirect, what it leads to is in
        scope as well, unless it is excluded."""
        if status not in _REDIRECTS or (location := first_header(headers, b"location")) is None:
            return
        try:
            place = _place(urlsplit(urljoin(url, location.decode("utf-8", "replace"))))
        except ValueError:  # no URL: the client will say so
            return
        if place not in self._followed:
            if len(self._followed) >= _MOST:
                self._followed.pop(next(iter(self._followed)), None)
            self._followed[place] = None
            self._met.clear()

    def _judged(self, method: str, url: str, document: Callable[[], object]) -> bool:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return False
        bare = without_query(url)
        if any(glob.fullmatch(bare) for glob in self._exclude):
            return False
        if self._all or any(glob.fullmatch(bare) for glob in self._include):
            return True
        if self._followed and _place(parts) in self._followed:
            return True
        return is_llm_call(method.upper(), parts.hostname or "", parts.path, document)


def _place(parts: SplitResult) -> tuple[str, str]:
    """Where a URL leads, without what a client may spell anew and what redaction takes out."""
    return parts.hostname or "", unquote(parts.path) or "/"


def _document(body: bytes | None) -> object:
    document = parsed(body) if body else NO_DOCUMENT
    return None if document is NO_DOCUMENT else document
