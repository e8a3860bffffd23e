"""Where interactions live: a folder of readable files, memory, and (by the same base) others.

The names below are fetched on first use: saying where a corpus is (`location`) loads no store.
"""

from __future__ import annotations

from agentrec_auto.lazily import fetching

TYPE_CHECKING = False
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
    "DEFAULT_SECRET_PATTERNS": "scrubbing",
    "FileStore": "interaction",
    "InMemoryStore": "interaction",
    "InteractionStore": "interaction",
    "Recording": "base",
    "Store": "base",
    "copy": "copying",
    "open_store": "location",
    "scrub_secrets": "scrubbing",
}

__all__ = [*_HOMES]

__getattr__ = fetching(__name__, _HOMES)
