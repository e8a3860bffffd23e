"""Requests that ask for another protocol: a websocket lives on its connection, which a recording hasn't."""

from __future__ import annotations

from collections.abc import Container


def is_upgrade(url: str, headers: Container[str]) -> bool:
    """Whether a request isn't HTTP to its end. ``headers``: a mapping that takes names in any case."""
    return not url.startswith(("http://", "https://")) or "upgrade" in headers
