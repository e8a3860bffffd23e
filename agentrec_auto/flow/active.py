"""What is on in this process: the ledger, the recorder, and whether we are inside a live call.

Light: imported when an HTTP library is patched. The recorder itself is assembled at the first request.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from agentrec_auto.flow.ledger import Ledger

ledger = Ledger()

inside: ContextVar[bool] = ContextVar("agentrec_inside", default=False)
"""Set around each real call that a seam lets through: what an inner seam sees is already seen to."""

reached: set[str] = set()
"""Hosts (lower case) that a seam let a call go out to. A connection to an LLM host that isn't here went
past every seam. Process-wide, not task-local: name look-ups run in threads that inherit no context."""


def _nothing(*_: str) -> None:
    return None


restore: Callable[[], None] = _nothing
"""Puts our variables back into an environment that the app has cleared; start-up sets it."""

lend: Callable[[str], None] = _nothing
"""Lets a package of our environment be imported in an interpreter that lacks it; start-up sets it."""
