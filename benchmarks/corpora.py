"""Recordings to replay, made by each contender itself from a server that is gone when they are replayed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.contenders import CONTENDERS
from benchmarks.job import Corpus, Job, Sample, Work
from benchmarks.server import serving
from benchmarks.turns import Worker
from benchmarks.workload import Kind


class Corpora:
    """Corpora under a folder, each made when it is first asked for."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._made: dict[tuple[str, Kind, int, str], Corpus] = {}

    def of(self, name: str, kind: Kind, count: int, *, tree: str = "") -> Corpus:
        """What a contender has of questions 0 to ``count`` - 1; `WorkerFailed` if it can't make that."""
        wanted = (name, kind, count, tree)
        if wanted not in self._made:
            path = os.path.join(self.folder, f"{len(self._made)}-{name}-{kind}-{count}")
            with serving() as url:
                corpus = Corpus(path, url, count, kind)
                if CONTENDERS[name].fill is not None:
                    job = Job("corpora", name, corpus=corpus, mode="record", tree=tree)
                    with Worker(job) as worker:
                        worker.turn([])
            self._made[wanted] = corpus
        return self._made[wanted]


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """In the worker: fills the corpus in its only turn."""

    def fill(numbers: list[int]) -> Sample:
        contender = CONTENDERS[job.contender]
        assert contender.fill is not None and job.corpus is not None
        contender.fill(job.corpus)
        return Sample(job.corpus.count, 0.0, 0.0)

    yield fill
