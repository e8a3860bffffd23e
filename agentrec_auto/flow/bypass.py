"""A call to a model that no seam sees: told, and refused in replay, which never goes live."""

from __future__ import annotations

import os
from collections.abc import Mapping

from agentrec_auto.flow import active, ledger

_told: set[str] = set()


class BypassRefusedError(ConnectionRefusedError):
    """In replay, something was about to reach an LLM host and no seam can record or replay it."""


_UNKNOWN = (
    "this call is of no library that is intercepted; `agentrec doctor` names those that are, "
    "on_miss = 'live' lets it through"
)


def bypass(what: str, host: str, *, why: str = _UNKNOWN) -> None:
    """Note ``what`` (``a connection``, ``a gRPC call``) to an LLM host; ``why`` it can't be replayed.

    Raises `BypassRefusedError` in replay, unless a miss may go live.
    """
    mode = os.environ.get("AGENTREC_MODE", "").strip() or "off"
    if mode == "off":
        return
    subject = f"{what} to {host}"
    refused = mode == "replay" and not may_go_live(os.environ)
    text = f"{subject} went past every library that is intercepted, and was not recorded"
    if refused:
        text = f"refused {subject}: replay never goes live, and {why}"
    seen = ""
    if subject not in _told:
        _told.add(subject)
        seen = "" if refused and ledger.is_pytest() else ledger.tell(text)
    kind = ledger.REFUSED if refused else ledger.BYPASSED
    active.ledger.note(kind, what=what, host=host, text=text, seen=seen)
    if refused:
        raise BypassRefusedError(text)


def may_go_live(environ: Mapping[str, str]) -> bool:
    """Whether a miss would be let through, so that a call past us may be, too."""
    on_miss = environ.get("AGENTREC_ON_MISS")
    if on_miss is None:
        import json

        try:
            on_miss = json.loads(environ.get("AGENTREC_SETTINGS") or "{}").get("on_miss")
        except (ValueError, AttributeError):
            return False
    return on_miss in ("live", "record")
