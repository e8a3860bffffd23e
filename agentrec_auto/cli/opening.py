"""What the corpus commands have in common: their options, and from them to an opened corpus."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import typer

from agentrec_auto.cli.output import note
from agentrec_auto.config.keys import SETTINGS
from agentrec_auto.config.load import load
from agentrec_auto.corpus.held import Corpus, opened
from agentrec_auto.corpus.nested import nested, told
from agentrec_auto.corpus.query import Query, parse
from agentrec_auto.settings import Settings
from agentrec_auto.store.location import open_store

CORPUS: Any = typer.Option(
    "",
    "--corpus",
    metavar="DIR",
    help="A folder or a store URL (default: as configured).",
    show_default=False,
)
CONFIG: Any = typer.Option(
    "", "--config", metavar="FILE", help="This file, not the one found.", show_default=False
)
AS_JSON: Any = typer.Option(False, "--json", help="As JSON, for programs.")
WRITE: Any = typer.Option(False, "--write", help="Do it; without, only say what would be done.")
FILTER: Any = typer.Argument(
    None, metavar="FILTER…", help="`model:gpt-4o* status:200 since:7d refund` …", show_default=False
)


def settings_of(corpus: str, config: str) -> Settings:
    """The settings that hold here; read afresh, whatever a run around us has handed down."""
    environ = {name: value for name, value in os.environ.items() if name != SETTINGS}
    given = {"corpus": corpus, "config": config}
    return load(environ, flags={name: said for name, said in given.items() if said}).settings


def open_corpus(corpus: str, config: str) -> Corpus:
    """The corpus that is meant; `StoreError` where there is none, or nothing in it."""
    settings = settings_of(corpus, config)
    found = opened(settings, os.environ)
    if below := nested(settings.corpus):
        note(f"passed over, for it is a corpus of its own: {told(below)} (--corpus names another)")
    return found


def target_corpus(corpus: str, config: str) -> Corpus:
    """The corpus that is to be written to, which need not be there yet."""
    settings = settings_of(corpus, config)
    return Corpus(open_store(settings.corpus), settings, os.environ)


def query_of(words: Sequence[str] | None) -> Query:
    """The query that the filter's words spell."""
    return parse(words or ())


def at_home(corpus: str, name: str) -> tuple[str, str]:
    """Corpus and name, where a path to a recording's file was given in place of its name."""
    folder, file = os.path.split(name)
    if not corpus and file.endswith(".json") and os.path.isfile(name) and _is_recording(name):
        return folder or ".", file.removesuffix(".json")
    return corpus, name


def _is_recording(path: str) -> bool:
    """Whether a file is a recording, whole or torn; JSON of another kind isn't."""
    try:
        with open(path, "rb") as file:
            told = json.loads(file.read())
    except OSError:
        return False
    except (ValueError, RecursionError):
        return True
    return isinstance(told, dict) and "request" in told and "chunks" in told
