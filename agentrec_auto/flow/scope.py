"""Which requests concern us: LLM traffic by default, or all; the user's globs decide first."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from agentrec_auto.keying.canonical import NO_DOCUMENT, parsed
from agentrec_auto.keying.rules import url_pattern
from agentrec_auto.providers.shapes import is_llm_call
from agentrec_auto.settings import Settings

_MOST = 1024
"""Requests remembered; then it begins anew."""


class Scope:
    """`Settings.scope`, `include` and `exclude`, compiled."""

    def __init__(self, settings: Settings) -> None:
        self._all = settings.scope == "all"
        self._include = tuple(url_pattern(glob) for glob in settings.include)
        self._exclude = tuple(url_pattern(glob) for glob in settings.exclude)
        self._met: dict[tuple[str, str], bool] = {}
        """Method and URL, where they alone decided."""

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

    def _judged(self, method: str, url: str, document: Callable[[], object]) -> bool:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return False
        bare = url.split("?", 1)[0].split("#", 1)[0]
        if any(glob.fullmatch(bare) for glob in self._exclude):
            return False
        if self._all or any(glob.fullmatch(bare) for glob in self._include):
            return True
        return is_llm_call(method.upper(), parts.hostname or "", parts.path, document)


def _document(body: bytes | None) -> object:
    document = parsed(body) if body else NO_DOCUMENT
    return None if document is NO_DOCUMENT else document
