"""Which source reads which document: a table of strings, each imported when first needed.

In this order: what is more particular is asked first.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from agentrec_auto.errors import ConfigError
from agentrec_auto.importers.record import Document, Source

SOURCES = {
    "agentrec": "agentrec:Agentrec",
    "har": "har:HAR",
    "cassetter": "cassetter:Cassetter",
    "vcr": "vcr:VCR",
    "otel": "otel:OTel",
    "langfuse": "langfuse:Langfuse",
    "langsmith": "langsmith:LangSmith",
}
"""As in ``--source`` → ``module:class`` in this package."""

AUTO = "auto"


def source_of(document: Document, asked: str = AUTO) -> Source | None:
    """The source that reads a document: the one asked for, else the first that recognises it."""
    if asked != AUTO:
        source = named(asked)
        return source if source.recognises(document) else None
    return next((source for source in map(named, SOURCES) if source.recognises(document)), None)


@cache
def named(name: str) -> Source:
    """The source of that name; `ConfigError` for none."""
    if name not in SOURCES:
        raise ConfigError(f"unknown source {name!r}", where="--source", expected=", ".join((AUTO, *SOURCES)))
    module, _, kind = SOURCES[name].partition(":")
    source: Source = getattr(import_module(f"agentrec_auto.importers.{module}"), kind)()
    return source
