"""How late each chunk reaches the caller while it is recorded: a server sends one every 20 ms."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import recording
from benchmarks.asking import make_ready
from benchmarks.bench import Bench, Goal, Measured, say
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figure, Round
from benchmarks.job import Corpus, Job, Sample, Work
from benchmarks.server import TIMED, serving
from benchmarks.turns import in_turns
from benchmarks.workload import HEADERS, PATH, Cell, question

TITLE = f"Delay of a chunk while recording, {TIMED} chunks, one every 20 ms"
READS = "ms from the server's sending to the caller's having it: median, 99th percentile; time to the first"
_SENT = re.compile(rb'"sent":([\d.]+)')


def run(bench: Bench) -> Measured:
    """On httpx2, sync and async."""
    cells = [Cell("httpx2", "sync"), Cell("httpx2", "async")]
    found = [one for cell in cells for one in in_cell(bench, cell)]
    return Measured("delay", TITLE, READS, found, goals(found))


def in_cell(bench: Bench, cell: Cell) -> list[Figure]:
    """Every contender in one cell."""
    say(f"  {cell}")
    with serving() as url:
        jobs, out = recording.jobs(bench, "delay", cell, url, "stream")
        timed = {
            name: Job("measures.delay", name, cell, url=url, folder=job.folder, mode="record")
            for name, job in jobs.items()
        }
        told, failed = in_turns(timed, lambda name, place: [place + 2], rounds=bench.pick(5, 1))
    return [_figure(cell, name, told, out | failed) for name in bench.names("recording")]


def _figure(cell: Cell, name: str, told: list[Round], out: dict[str, str]) -> Figure:
    taken = [took[name] for took in told if name in took]
    figure = Figure(str(cell), name, "ms", absent=out.get(name))
    if taken:
        delays = sorted(delay for sample in taken for delay in sample.facts["delays_ms"])
        figure.best, figure.median = delays[0], statistics.median(delays)
        figure.wrong = sum(sample.wrong for sample in taken)
        figure.calls = len(taken)
        first = statistics.median(sample.facts["first_ms"] for sample in taken)
        late = delays[int(len(delays) * 0.99)]
        figure.facts = {"p50_ms": figure.median, "p99_ms": late, "first_ms": first}
        figure.facts["said"] = f"{figure.median:.2f}, {late:.2f}, {first:.0f}"
    return figure


def goals(found: list[Figure]) -> list[Goal]:
    """Next to the bare client's."""
    told = []
    for ours in (one for one in found if one.contender == "ours" and one.facts):
        for bare in (one for one in found if one.contender == "bare" and one.cell == ours.cell and one.facts):
            p50, p99 = (ours.facts[name] - bare.facts[name] for name in ("p50_ms", "p99_ms"))
            shown = f"{p50:+.2f} and {p99:+.2f} ms"
            wanted = f"{ours.cell}: median within 0.1 ms and 99th percentile within 1 ms of the bare client's"
            told.append(Goal(wanted, shown, p50 <= 0.1 and p99 <= 1))
    return told


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """Reads one stream a turn, and notes when each event came."""
    contender = CONTENDERS[job.contender]
    assert contender.recording is not None
    record = contender.recording

    def work(numbers: list[int]) -> Sample:
        if contender.brings_client:
            contender.prepare(job.cell, Corpus("", job.url, 0, "stream"))
        else:
            make_ready(job.cell)
        with record(job.cell, f"{job.folder}/turn{numbers[0]}") as client:
            begun = time.monotonic()
            cpu = time.process_time()
            arrived = read(client, job, numbers[0])
            cpu = time.process_time() - cpu
        delays = [(at - float(sent)) * 1000 for at, chunk in arrived for sent in _SENT.findall(chunk)]
        facts = {"delays_ms": delays, "first_ms": (arrived[0][0] - begun) * 1000}
        return Sample(1, cpu, time.monotonic() - begun, wrong=len(delays) != TIMED, facts=facts)

    yield work


def read(client: Any, job: Job, number: int) -> list[tuple[float, bytes]]:
    """When each chunk came."""
    url, body = f"{job.url}{PATH}?pace=20", question(number, "stream")
    if job.cell.style == "sync":
        with client, client.stream("POST", url, content=body, headers=HEADERS) as response:
            return [(time.monotonic(), chunk) for chunk in response.iter_bytes()]

    async def arriving() -> list[tuple[float, bytes]]:
        async with client, client.stream("POST", url, content=body, headers=HEADERS) as response:
            return [(time.monotonic(), chunk) async for chunk in response.aiter_bytes()]

    return asyncio.run(arriving())
