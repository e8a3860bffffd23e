"""Where interactions live: a folder of readable files, memory, and (by the same base) others.

The names below are fetched on first use: saying where a corpus is (`location`) loads no store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentrec_auto.store.base import Recording as Recording
    from agentrec_auto.store.base import Store as Store
    from agentrec_auto.store.copying import copy as copy
    from agentrec_auto.store.interaction import FileStore as FileStore
    from agentrec_auto.store.interaction import InMemoryStore as InMemoryStore
    from agentrec_auto.store.interaction import InteractionStore as InteractionStore
    from agentrec_auto.store.location import open_store as open_store
    from agentrec_auto.store.scrubbing import DEFAULT_SECRET_PATTERNS as DEFAULT_SECRET_PATTERNS
    from agentrec_auto.store.scrubbing import scrub_secrets as scrub_secrets

_HOMES = {
    "DEFAULT_SECRET_PATTERNS": "agentrec_auto.store.scrubbing",
    "FileStore": "agentrec_auto.store.interaction",
    "InMemoryStore": "agentrec_auto.store.interaction",
    "InteractionStore": "agentrec_auto.store.interaction",
    "Recording": "agentrec_auto.store.base",
    "Store": "agentrec_auto.store.base",
    "copy": "agentrec_auto.store.copying",
    "open_store": "agentrec_auto.store.location",
    "scrub_secrets": "agentrec_auto.store.scrubbing",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value
