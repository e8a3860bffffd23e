"""The seam in websockets: nothing is recorded, but what goes to an LLM host is told, and refused in replay.

OpenAI's Realtime API and Gemini's Live API stand on it. A recording is one request and its answer; on a
WebSocket both sides speak whenever they like, for as long as they like.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from agentrec_auto.seams.upgrades import unseen
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap


def patch(module: ModuleType) -> None:
    """Listen at ``websockets.asyncio.client``, ``.sync.client`` or ``.legacy.client``."""
    place, name = _place(module)
    if not is_wrapped(place, name):
        wrap(place, name, _connecting)


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    unwrap(*_place(module))


def _place(module: ModuleType) -> tuple[Any, str]:
    """A class where the client is asynchronous, a function where it isn't."""
    connect = vars(module).get("Connect") or vars(module).get("connect")
    return (connect, "__init__") if isinstance(connect, type) else (module, "connect")


def _connecting(wrapped: Any, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    unseen(str(args[0] if args else kwargs.get("uri", "")))
    return wrapped(*args, **kwargs)
