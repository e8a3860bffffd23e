"""A worker that replays: the client opened once, then turn by turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.asking import asking
from benchmarks.contenders import CONTENDERS
from benchmarks.job import Job, Work, timed


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """Asks what the corpus has."""
    contender, corpus = CONTENDERS[job.contender], job.corpus
    assert contender.replaying is not None and corpus is not None
    with (
        contender.replaying(job.cell, corpus) as client,
        asking(client, job.cell, corpus.url, corpus.kind) as ask,
    ):
        yield lambda numbers: timed(corpus.kind, numbers, ask)
