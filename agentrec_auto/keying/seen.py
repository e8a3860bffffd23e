"""The keys of requests that this process has sent before: sent again, they need neither redaction nor keying.

A request is recognised by all that redaction and key depend on: method, URL, body, and those headers that
carry a credential, say what the body is, or count by a rule. Other headers may differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.keying.identity import Key
from agentrec_auto.redaction.headers import is_secret_header

Stamp = tuple[object, ...]
"""What a request is recognised by."""

_MOST = 4096
"""Requests remembered; then it begins anew."""

_SHORT = 4096
"""Bytes up to which a body is remembered as it is: longer ones by their SHA-256."""

_COUNTS = frozenset({b"content-type", b"content-encoding", b"upgrade"})


class SeenRequests:
    """The keys of requests sent before, under one set of settings. Safe under threads."""

    def __init__(self, header_names: Iterable[bytes] = ()) -> None:
        """``header_names``: headers that count by a rule, in lower case."""
        self._counting = _COUNTS.union(header_names)
        self._counts: dict[bytes, bool] = {}
        self._keys: dict[Stamp, Key] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no request is remembered."""
        return not self._keys

    def stamp(self, request: CapturedRequest) -> Stamp:
        """What ``request`` is recognised by."""
        counts, content = self._counts, request.content
        return (
            request.method,
            request.url,
            content if len(content) <= _SHORT else sha256(content).digest(),
            *[
                pair
                for pair in request.headers
                if (counts[pair[0]] if pair[0] in counts else self._learnt(pair[0]))
            ],
        )

    def key_of(self, stamp: Stamp) -> Key | None:
        """The key that was remembered, or None."""
        return self._keys.get(stamp)

    def remember(self, stamp: Stamp, key: Key) -> None:
        """The request of ``stamp`` has ``key``."""
        keys = self._keys
        if len(keys) >= _MOST:
            keys.clear()
        keys[stamp] = key

    def _learnt(self, name: bytes) -> bool:
        lower = name.lower()
        if len(self._counts) >= _MOST:
            self._counts.clear()
        counts = lower in self._counting or (is_secret_header(name) and lower != b"cookie")
        self._counts[name] = counts
        return counts
