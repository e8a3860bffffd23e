"""``agentrec rekey``: put recordings under the keys that they have now."""

from __future__ import annotations

from functools import partial

import typer

from agentrec_auto.cli import changes, opening
from agentrec_auto.corpus.identity import rekeyed


def register(app: typer.Typer) -> None:
    """Add ``rekey``."""
    app.command("rekey")(rekey)


def rekey(
    words: list[str] = opening.FILTER,
    write: bool = opening.WRITE,
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Give recordings the keys that they have now, without recording them again.

    For when a key rule or a request was changed, for another version of keys, and for files of the agentrec
    library. What comes to one key becomes takes of it, the older first; missing takes are closed up.

    Example: `agentrec rekey` to see what would be done, then `agentrec rekey --write`
    """
    opened = opening.open_corpus(corpus, config)
    query = opening.query_of(words)
    remake = partial(rekeyed, opened)
    changes.make(opened, query, remake, "rekeyed", write=write, as_json=as_json, closes_gaps=True)
