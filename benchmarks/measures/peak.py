"""Peak memory while a streamed body of 50 MiB is recorded and saved, and while it is replayed, over what the
process held before."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from benchmarks import memory, recording
from benchmarks.asking import make_ready
from benchmarks.bench import Bench, Goal, Measured, say
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figure
from benchmarks.job import Corpus, Job, Sample, Work
from benchmarks.server import serving
from benchmarks.turns import in_turns
from benchmarks.workload import HEADERS, PATH, Cell, question

CHUNKS = {"1 KiB chunks": 1024, "64 KiB chunks": 65536}
CELL = Cell("httpx2", "sync")


def run(bench: Bench) -> Measured:
    """Each size of chunk, on httpx2 sync; a fresh process a contender, to record and to replay."""
    mib = bench.pick(50, 4)
    found: list[Figure] = []
    for label, chunk in CHUNKS.items():
        say(f"  {mib} MiB, {label}")
        options = {"mib": mib, "chunk": chunk}
        with serving() as url:
            given, out = recording.jobs(bench, f"peak-{chunk}", CELL, url, "stream")
            jobs = {
                name: Job("measures.peak", name, CELL, None, url, job.folder, "record", options)
                for name, job in given.items()
            }
            found += _figures(label, jobs, bench.names("recording"), out)
        jobs = {
            name: replace(job, mode="replay", corpus=Corpus(job.folder, job.url, 2, "stream"))
            for name, job in jobs.items()
            if CONTENDERS[name].replaying is not None
        }
        found += _figures(f"{label}, replayed", jobs, bench.names("recording", but=("bare",)), out)
    most = min(10.0, 0.2 * mib)
    return Measured(
        "peak",
        f"Peak memory, a streamed body of {mib} MiB, recorded and saved, and replayed",
        "MiB over the start; in brackets CPU seconds",
        found,
        [
            Goal(f"{one.cell}: at most {most:.1f} MiB", f"{one.best:.1f}", one.best <= most)
            for one in found
            if one.contender == "ours" and one.best is not None and not one.wrong
        ],
    )


def _figures(
    label: str, jobs: Mapping[str, Job], names: Sequence[str], out: Mapping[str, str]
) -> Iterator[Figure]:
    told, failed = in_turns(jobs, lambda name, place: [place + 1], rounds=1)
    for name in names:
        figure = Figure(label, name, "MiB", absent=({**out, **failed}).get(name))
        if sample := next((took[name] for took in told if name in took), None):
            figure.best = figure.median = sample.facts["peak_mib"]
            figure.calls, figure.wrong = 1, sample.wrong
            figure.facts = {"cpu_s": sample.cpu_s, "said": f"{figure.best:.1f} ({sample.cpu_s:.2f} s)"}
        yield figure


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """Turn 0 records or replays something small, so that all is loaded; the next the long body."""
    contender = CONTENDERS[job.contender]
    record, replay = contender.recording, contender.replaying

    def opened(path: str) -> AbstractContextManager[Any]:
        if job.corpus is None:
            assert record is not None
            return record(job.cell, path)
        assert replay is not None
        return replay(job.cell, replace(job.corpus, path=path))

    def work(numbers: list[int]) -> Sample:
        if contender.brings_client:
            contender.prepare(job.cell, Corpus("", job.url, 0, "stream"))
        else:
            make_ready(job.cell)
        small = numbers[0] == 0
        query = "" if small else "?mib={mib}&chunk={chunk}".format(**job.options)
        expected = 100_000 if small else job.options["mib"] * 2**20
        memory.forget_peak()
        before = memory.resident_mib()
        wall, cpu, size = time.monotonic(), time.process_time(), 0
        with opened(f"{job.folder}/turn{numbers[0]}") as client:
            body = question(numbers[0], "stream")
            with (
                client,
                client.stream("POST", job.url + PATH + query, content=body, headers=HEADERS) as response,
            ):
                for chunk in response.iter_bytes():
                    size += len(chunk)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        return Sample(1, cpu, wall, size != expected, facts={"peak_mib": memory.peak_mib() - before})

    yield work
