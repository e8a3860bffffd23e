"""Which requests concern us: LLM traffic by default, or all; the user's globs decide first."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from agentrec_auto.keying.canonical import NO_DOCUMENT, parsed
from agentrec_auto.keying.rules import url_pattern
from agentrec_auto.providers.shapes import is_llm_call
from agentrec_auto.settings import Settings


class Scope:
    """`Settings.scope`, `include` and `exclude`, compiled."""

    def __init__(self, settings: Settings) -> None:
        self._all = settings.scope == "all"
        self._include = tuple(url_pattern(glob) for glob in settings.include)
        self._exclude = tuple(url_pattern(glob) for glob in settings.exclude)

    def concerns(self, method: str, url: str, body: Callable[[], bytes | None]) -> bool:
        """Whether a request is in scope; ``body`` gives its bytes if they are at hand, else None."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return False
        bare = url.split("?", 1)[0].split("#", 1)[0]
        if any(glob.fullmatch(bare) for glob in self._exclude):
            return False
        if self._all or any(glob.fullmatch(bare) for glob in self._include):
            return True
        return is_llm_call(method.upper(), parts.hostname or "", parts.path, lambda: _document(body()))


def _document(body: bytes | None) -> object:
    document = parsed(body) if body else NO_DOCUMENT
    return None if document is NO_DOCUMENT else document
