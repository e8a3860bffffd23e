"""Warm replay: plain answers of 2 KB, 2,000 recorded, each answered before in this process."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence

from benchmarks.bench import Bench, Goal, Measured, of, say
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figure, figures
from benchmarks.job import Job
from benchmarks.turns import in_turns
from benchmarks.workload import Cell

TITLE = "Warm replay, 2 KB of JSON"
READS = "CPU us a request; in brackets speed relative to MockTransport: median of the rounds (quartiles)"


def run(bench: Bench) -> Measured:
    """All four cells."""
    count = bench.pick(2000, 200)
    found = [one for cell in bench.cells for one in in_cell(bench, cell, count)]
    return Measured("replay", TITLE, READS, found, [*goals(found), *rates(found)])


def in_cell(bench: Bench, cell: Cell, count: int) -> list[Figure]:
    """Every contender in one cell."""
    say(f"  {cell}, {count} recorded")
    names = bench.names("replaying")
    corpora, out = bench.corpora_of(names, "json", count)
    jobs = {name: Job("replaying", name, cell, corpus) for name, corpus in corpora.items()}
    everything = list(range(count))
    turns = random.Random(7)
    asked = [[turns.randrange(count) for _ in range(200)] for _ in range(bench.pick(45, 4))]

    def numbers(name: str, place: int) -> Sequence[int]:
        if CONTENDERS[name].scans:
            return asked[place][:1]
        return everything if place < 0 else asked[place]

    told, failed = in_turns(
        jobs, numbers, rounds=len(asked), generations=bench.pick(3, 1), budget_s=bench.pick(6, 1)
    )
    return figures(str(cell), told, out | failed, names, "mock")


def goals(found: Sequence[Figure]) -> list[Goal]:
    """Speed next to MockTransport's."""
    ratios = {one.cell: one.ratio.median for one in of(found, "ours") if one.ratio}
    if not ratios:
        return []
    shown = ", ".join(f"{cell} {ratio:.2f}" for cell, ratio in ratios.items())
    middle = statistics.median(ratios.values())
    return [
        Goal("median of the cells at least 0.90 x MockTransport", f"{middle:.2f}", middle >= 0.9),
        Goal("no cell under 0.80 x", shown, min(ratios.values()) >= 0.8),
    ]


def rates(found: Sequence[Figure]) -> list[Goal]:
    """Requests a second next to those of others, by what both are of MockTransport's."""
    told = []
    for other, least in (("agentrec", 2.2), ("cassetter-toml", 50), ("vcrpy-json", 300)):
        theirs = {one.cell: one.ratio.median for one in of(found, other) if one.ratio}
        ours = {one.cell: one.ratio.median for one in of(found, "ours") if one.ratio}
        times = {cell: ratio / theirs[cell] for cell, ratio in ours.items() if cell in theirs}
        shown = ", ".join(f"{cell} {ratio:.1f}" for cell, ratio in times.items())
        met = min(times.values()) >= least if times else None
        told.append(Goal(f"rate at least {least} x {other}'s", shown, met))
    return told
