"""agentrec-auto as people use it: ``agentrec run``, patched libraries, a folder, default redaction."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.asking import client_of
from benchmarks.contenders.base import Contender, recorded_all
from benchmarks.job import Corpus
from benchmarks.workload import Cell


def started(mode: str, path: str) -> list[str]:
    """What stands in front of the program."""
    agentrec = os.path.join(os.path.dirname(sys.executable), "agentrec")
    return [agentrec, "run", "--mode", mode, "--corpus", path, "--exec", "--"]


@contextmanager
def replaying(cell: Cell, corpus: Corpus) -> Iterator[Any]:
    """Any client: the process was started to replay."""
    yield client_of(cell)


@contextmanager
def recording(cell: Cell, path: str) -> Iterator[Any]:
    """Any client: the process was started to record, to its corpus whatever ``path``."""
    yield client_of(cell)


def fill(corpus: Corpus) -> None:
    """By recording."""
    cell = Cell("httpx2", "sync")
    recorded_all(recording(cell, corpus.path), cell, corpus)


def prepare(cell: Cell, corpus: Corpus) -> None:
    """What is loaded at the first request of a process."""
    import agentrec_auto.assemble
    import agentrec_auto.store.file  # noqa: F401


OURS = Contender(
    "ours",
    "agentrec-auto: `agentrec run`, one JSON file a call, redaction on",
    replaying=replaying,
    recording=recording,
    fill=fill,
    started=started,
    prepare=prepare,
    distribution="agentrec-auto",
)
