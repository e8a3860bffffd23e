"""Requests that ask for another protocol: a websocket lives on its connection, which a recording hasn't."""

from __future__ import annotations

import re
from collections.abc import Container
from urllib.parse import urlsplit

from agentrec_auto.flow import active
from agentrec_auto.flow.bypass import bypass
from agentrec_auto.providers.hosts import is_llm_host

_SPOKEN = re.compile(r"/realtime$|/v1/responses$|\.BidiGenerate\w+$")
"""Where OpenAI's Realtime API, its Responses API and Gemini's Live API are spoken to, on gateways, too."""


def is_upgrade(url: str, headers: Container[str]) -> bool:
    """Whether a request isn't HTTP to its end. ``headers``: a mapping that takes names in any case."""
    return not url.startswith(("http://", "https://")) or "upgrade" in headers


def unseen(url: str) -> None:
    """A WebSocket is about to be opened. To an LLM it is told, and refused in replay."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if (is_llm_host(host) or _SPOKEN.search(parts.path)) and not active.inside.get():
        bypass("a WebSocket", host)
        active.reached.add(host)
