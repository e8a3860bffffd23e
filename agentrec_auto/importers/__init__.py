"""Recordings of other tools, brought into a corpus: ``agentrec import``.

    a file ── inputs ── documents ──► a document ── table ── a source ──► records ── intake ──► the store

inputs                             files, folders, stdin
documents · yaml_text              bytes → documents made of plain values
table                              which source reads which document, by its content
vcr · cassetter · har · agentrec   sources that keep what went over the wire
wire · addresses                   loosely kept facts → a request and a response
langfuse · langsmith · otel        sources that keep conversations
messages · tracing · spans         what these have in common
synthesis                          a conversation → the exchange that a provider would have had
intake · importing                 scoped, redacted, keyed, numbered and stored, exactly as what is recorded

Another format is one more file with a `Source` and one line in the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentrec_auto.importers.importing import Imported as Imported
    from agentrec_auto.importers.importing import import_files as import_files
    from agentrec_auto.importers.record import Aside as Aside
    from agentrec_auto.importers.record import Record as Record
    from agentrec_auto.importers.record import Source as Source
    from agentrec_auto.importers.record import Unread as Unread

_HOMES = {
    "Aside": "agentrec_auto.importers.record",
    "Imported": "agentrec_auto.importers.importing",
    "Record": "agentrec_auto.importers.record",
    "Source": "agentrec_auto.importers.record",
    "Unread": "agentrec_auto.importers.record",
    "import_files": "agentrec_auto.importers.importing",
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
