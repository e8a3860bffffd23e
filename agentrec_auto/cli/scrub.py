"""``agentrec scrub``: take secrets out of a corpus, in place."""

from __future__ import annotations

from functools import partial

import typer

from agentrec_auto.cli import changes, opening
from agentrec_auto.corpus.scrubbing import scrubbed_under_its_key


def register(app: typer.Typer) -> None:
    """Add ``scrub``."""
    app.command("scrub")(scrub)


def scrub(
    words: list[str] = opening.FILTER,
    write: bool = opening.WRITE,
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Take secrets out of what is recorded already.

    Redacts under the settings that hold now. Keys stay true: files are renamed where need be. What was
    committed before stays in the history of git: a secret that was there is to be revoked.

    Example: `agentrec scrub` to see what would be done, then `agentrec scrub --write`
    """
    opened = opening.open_corpus(corpus, config)
    remake = partial(scrubbed_under_its_key, opened)
    query = opening.query_of(words)
    changes.make(opened, query, remake, "scrubbed", write=write, as_json=as_json)
