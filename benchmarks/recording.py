"""A worker that records from a server: each turn under a new path, with its save within the turn's time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from benchmarks.asking import asking, make_ready
from benchmarks.bench import Bench
from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.ours import OURS
from benchmarks.figures import Round
from benchmarks.job import Corpus, Job, Sample, Work, timed
from benchmarks.turns import Worker, WorkerFailed
from benchmarks.workload import Cell, Kind


def jobs(bench: Bench, label: str, cell: Cell, url: str, kind: Kind) -> tuple[dict[str, Job], dict[str, str]]:
    """A job for each contender that records, and why another has none."""
    found, out = {}, {}
    for name in bench.names("recording"):
        if reason := CONTENDERS[name].absent():
            out[name] = reason
            continue
        folder = os.path.join(bench.folder, f"{label}-{name}-{cell}".replace(" ", "-"))
        os.makedirs(folder, exist_ok=True)
        options = {"kind": kind}
        found[name] = Job("recording", name, cell, url=url, folder=folder, mode="record", options=options)
    return found, out


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """Opens its recording, asks, and saves, in each turn."""
    contender, kind = CONTENDERS[job.contender], job.options["kind"]
    assert contender.recording is not None
    recording = contender.recording
    nothing = Corpus("", job.url, 0, kind)
    turns = count()

    def work(numbers: list[int]) -> Sample:
        path = os.path.join(job.folder, f"turn{os.getpid()}-{next(turns)}")
        if contender.brings_client:
            contender.prepare(job.cell, nothing)
        else:
            make_ready(job.cell)

        def ask(numbers: list[int]) -> list[list[bytes]]:
            with recording(job.cell, path) as client, asking(client, job.cell, job.url, kind) as asks:
                return asks(numbers)

        sample = timed(kind, numbers, ask)
        sample.facts["path"] = path
        return sample

    yield work


def check(jobs: Mapping[str, Job], told: Sequence[Round], asked: Sequence[Sequence[int]]) -> None:
    """Replay, with no server, what was recorded last; what comes back wrong is added to the turn's."""
    for name, job in jobs.items():
        taken = [(place, took[name]) for place, took in enumerate(told) if name in took]
        if CONTENDERS[name].replaying is None or not taken:
            continue
        place, last = taken[-1]
        # Ours has one folder for all turns, so all of them can be asked again.
        path = job.folder if name == OURS.name else last.facts["path"]
        first = 0 if name == OURS.name else place
        numbers = [number for turn in asked[first : place + 1] for number in turn]
        corpus = Corpus(path, job.url, 0, job.options["kind"])
        replay = Job("replaying", name, job.cell, corpus)
        try:
            with Worker(replay) as worker:
                last.wrong += worker.turn(numbers).wrong
        except WorkerFailed:
            last.wrong += len(numbers)
