"""cassetter: `use_cassette` with bodies matched, in YAML (its default) and in TOML (its faster one)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from benchmarks.asking import client_of
from benchmarks.contenders.base import Contender
from benchmarks.job import Corpus
from benchmarks.workload import HEADERS, PATH, Cell, answer, events, question

MATCH = ["method", "uri", "json_body"]
YAML_HOLDS = 1_300
"""Interactions of ours that a YAML cassette may hold: its reader refuses more than 250,000 nodes (0.16)."""


@contextmanager
def cassette(suffix: str, cell: Cell, path: str, mode: str) -> Iterator[Any]:
    """A client in a cassette."""
    import cassetter

    client = client_of(cell)
    with cassetter.use_cassette(path + suffix, record_mode=mode, match_on=MATCH):
        yield client


def replaying(suffix: str, cell: Cell, corpus: Corpus) -> Any:
    """From one file."""
    return cassette(suffix, cell, corpus.path, "none")


def recording(suffix: str, cell: Cell, path: str) -> Any:
    """To one file."""
    return cassette(suffix, cell, path, "all")


def fill(suffix: str, corpus: Corpus) -> None:
    """By its own `record`, without a server: while it records a call, it looks all earlier ones over."""
    import cassetter

    streams = corpus.kind == "stream"
    said = {"content-type": ["text/event-stream" if streams else "application/json"]}
    asked = {name: [value] for name, value in HEADERS.items()}
    with cassetter.use_cassette(corpus.path + suffix, record_mode="all") as cassette:
        for number in range(corpus.count):
            body = b"".join(events(number)) if streams else answer(number)
            cassette.record("POST", corpus.url + PATH, asked, question(number, corpus.kind), 200, said, body)


def prepare(cell: Cell, corpus: Corpus) -> None:
    """Import it."""
    import cassetter  # noqa: F401


def lacks(suffix: str, count: int) -> str | None:
    """What it can't do."""
    return f"can't load its own YAML of {count:,}" if suffix == ".yaml" and count > YAML_HOLDS else None


def _contender(name: str, suffix: str, says: str) -> Contender:
    return Contender(
        name,
        says,
        replaying=partial(replaying, suffix),
        recording=partial(recording, suffix),
        fill=partial(fill, suffix),
        prepare=prepare,
        distribution="cassetter",
        modules=("cassetter",),
        scans=True,
        lacks=partial(lacks, suffix),
    )


CASSETTER = _contender(
    "cassetter", ".yaml", "cassetter: YAML, its default; matched by method, uri, json_body"
)
CASSETTER_TOML = _contender("cassetter-toml", ".toml", "cassetter: TOML, its faster format")
