"""Recordings of other tools, brought into a corpus: ``agentrec import``.

    a file ── inputs ── documents ──► a document ── table ── a source ──► records ── intake ──► the store

inputs                             files, folders, stdin
documents · yaml_text              bytes → documents made of plain values
record                             what a source finds in a document
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

from agentrec_auto.lazily import fetching

if TYPE_CHECKING:
    from agentrec_auto.importers.importing import Imported as Imported
    from agentrec_auto.importers.importing import import_files as import_files
    from agentrec_auto.importers.record import Aside as Aside
    from agentrec_auto.importers.record import Record as Record
    from agentrec_auto.importers.record import Source as Source
    from agentrec_auto.importers.record import Unread as Unread

_HOMES = {
    "Aside": "record",
    "Imported": "importing",
    "Record": "record",
    "Source": "record",
    "Unread": "record",
    "import_files": "importing",
}

__all__ = [*_HOMES]

__getattr__ = fetching(__name__, _HOMES)
