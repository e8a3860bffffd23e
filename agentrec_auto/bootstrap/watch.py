"""Connections to LLM hosts that went past every seam: refused in replay, told otherwise.

Loaded at the first name look-up or connection of a process. Any host passes that is no LLM host, and any
that a seam let a call go out to.
"""

from __future__ import annotations

import os
from typing import Any

from agentrec_auto.bootstrap.hook import mode
from agentrec_auto.providers.hosts import is_llm_host

_told: set[str] = set()


class BypassRefusedError(ConnectionRefusedError):
    """In replay, something opened a connection to an LLM host and no seam knows of it."""


def check(address: Any) -> None:
    """Judge the host of a look-up, or the address of a connection."""
    host = address[0] if isinstance(address, tuple) and address else address
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("latin-1")
    if isinstance(host, str) and is_llm_host(host):
        _judge(host.lower().rstrip("."))


def _judge(host: str) -> None:
    from agentrec_auto.flow import active, ledger  # here: most processes never meet an LLM host

    if host in active.reached or mode() == "off":
        return
    refused = mode() == "replay" and not _may_go_live()
    text = f"a connection to {host} went past every library that is intercepted, and was not recorded"
    if refused:
        text = (
            f"refused a connection to {host}: replay never goes live, and this call is of no library that is "
            "intercepted; `agentrec doctor` names those that are, on_miss = 'live' lets it through"
        )
    active.ledger.note(ledger.REFUSED if refused else ledger.BYPASSED, host=host, text=text)
    if host not in _told:
        _told.add(host)
        ledger.say(text)
    if refused:
        raise BypassRefusedError(text)


def _may_go_live() -> bool:
    """Whether a miss would be let through, so that a call past us may be, too."""
    on_miss = os.environ.get("AGENTREC_ON_MISS")
    if on_miss is None:
        import json

        try:
            on_miss = json.loads(os.environ.get("AGENTREC_SETTINGS") or "{}").get("on_miss")
        except (ValueError, AttributeError):
            return False
    return on_miss in ("live", "record")
