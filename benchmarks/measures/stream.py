"""A replayed stream: 500 chunks of 200 bytes, warm and cold, and how many of them the caller sees."""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchmarks.bench import Bench, Goal, Measured, every, of, say
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figure, figures
from benchmarks.job import Job
from benchmarks.measures import cold
from benchmarks.turns import in_turns
from benchmarks.workload import EVENTS, Cell

TITLE = f"Replay of a stream, {EVENTS} chunks of 200 bytes"
READS = "CPU us a stream; in brackets speed relative to a MockTransport that gives a generator"


def run(bench: Bench) -> Measured:
    """All cells, warm and then cold."""
    count = bench.pick(100, 10)
    warm = [one for cell in bench.cells for one in in_cell(bench, cell, count)]
    first = [one for cell in bench.cells for one in cold.in_cell(bench, cell, "stream", count)]
    for one in first:
        one.cell += ", cold"
    chunks = [one.chunks for one in of(warm + first, "ours")]
    goals = [
        every("warm at least 1.0 x MockTransport with a generator", warm, lambda ratio: ratio >= 1),
        every("cold at least 0.40 x", first, lambda ratio: ratio >= 0.4),
        Goal(
            f"all {EVENTS} chunks, each with its bytes",
            str(min(chunks, default=0)),
            min(chunks, default=0) == EVENTS,
        ),
    ]
    return Measured("stream", TITLE, READS, warm + first, goals)


def in_cell(bench: Bench, cell: Cell, count: int) -> list[Figure]:
    """Every contender in one cell."""
    say(f"  {cell}, {count} recorded")
    names = bench.names("replaying")
    corpora, out = bench.corpora_of(names, "stream", count)
    jobs = {name: Job("replaying", name, cell, corpus) for name, corpus in corpora.items()}
    turns = random.Random(7)
    asked = [[turns.randrange(count) for _ in range(30)] for _ in range(bench.pick(45, 4))]

    def numbers(name: str, place: int) -> Sequence[int]:
        if CONTENDERS[name].scans:
            return asked[place][:2]
        return range(count) if place < 0 else asked[place]

    told, failed = in_turns(
        jobs, numbers, rounds=len(asked), generations=bench.pick(3, 1), budget_s=bench.pick(6, 1)
    )
    return figures(str(cell), told, out | failed, names, "mock")
