"""Where interactions live: a folder of readable files, memory, and (by the same base) others.

base           what every store promises: start here
location       from ``corpus/`` or ``sqlite:///corpus.db`` to its store
file · memory · sqlite, with its connections in database
document       a cassette file's JSON ⇄ an interaction; chunks and spelling are parts of it
long           long recordings, played from their file
copying        from one store to another
interaction    the stores of the library API: by id, asynchronous
scrubbing      what these do to request bodies besides

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
