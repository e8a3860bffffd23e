"""Tools that answer in the place of a server, recognised by the module that their code is in."""

from __future__ import annotations

import socket
import sys
from typing import Any

seen: set[str] = set()
"""Libraries a call of which went to a fake: then "no LLM call was seen" is no alarm."""

_TOOLS = frozenset({"vcr", "httpretty", "mocket"})


def is_a_fakes(thing: Any) -> bool:
    """Whether a class or a function is one of a tool's, though it may say that it wraps the library's own."""
    places = (getattr(thing, "__globals__", {}).get("__name__"), getattr(thing, "__module__", None))
    return any(str(place).partition(".")[0] in _TOOLS for place in places)


def is_at_work(connection: Any) -> bool:
    """Whether a tool answers below a library, by its class of connections or by the sockets themselves."""
    if is_a_fakes(connection) or is_a_fakes(socket.socket):
        return True
    httpretty = sys.modules.get("httpretty")
    return httpretty is not None and bool(httpretty.is_enabled())
