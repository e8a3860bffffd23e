"""Recording from a server on loopback: what it adds to a request, and to a chunk of a stream.

The save is in it, and default redaction. Cassettes of one file begin anew in each turn: those whose cost
grows with what they hold are seen at their best.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks import recording
from benchmarks.bench import Bench, Goal, Measured, of, say
from benchmarks.figures import Figure, added, figures
from benchmarks.server import serving
from benchmarks.turns import in_turns
from benchmarks.workload import EVENTS, Cell, Kind

TITLE = "Recording, and its save"
READS = "CPU us a request; in brackets what is added to the bare client's: median of the rounds (quartiles)"


def run(bench: Bench) -> Measured:
    """All cells."""
    found = [one for cell in bench.cells for one in in_cell(bench, cell, "json", calls=40)]
    return Measured("record", TITLE, READS, found, goals(found))


def in_cell(bench: Bench, cell: Cell, kind: Kind, calls: int, per: int = 1) -> list[Figure]:
    """Every contender in one cell; questions are never asked twice."""
    say(f"  {cell}")
    rounds = bench.pick(16, 2)

    def numbers(name: str, place: int) -> Sequence[int]:
        return range(1_000_000, 1_000_000 + calls) if place < 0 else range(place * calls, (place + 1) * calls)

    with serving() as url:
        jobs, out = recording.jobs(bench, f"record-{kind}", cell, url, kind)
        told, failed = in_turns(jobs, numbers, rounds=rounds, generations=bench.pick(2, 1))
    recording.check(jobs, told, [numbers("", place) for place in range(rounds)])
    names = bench.names("recording")
    return figures(str(cell), told, out | failed, names, "bare", added, per=per)


def goals(found: Sequence[Figure]) -> list[Goal]:
    """Next to what agentrec adds, and to the bare client."""
    told = []
    for style, most in (("sync", 0.3), ("async", 0.45)):
        wanted = f"{style}: adds at most {most} x what agentrec adds"
        told.append(share(wanted, [one for one in found if one.cell.endswith(f" {style}")], most))
    times = {
        one.cell: one.median / bare.median
        for one in of(found, "ours")
        for bare in found
        if bare.contender == "bare" and bare.cell == one.cell and one.cell.endswith(" sync")
        if bare.median and one.median
    }
    shown = ", ".join(f"{cell} {ratio:.2f}" for cell, ratio in times.items())
    met = max(times.values()) <= 1.8 if times else None
    return [*told, Goal("sync: at most 1.8 x the bare client", shown, met)]


def share(wanted: str, found: Sequence[Figure], most: float) -> Goal:
    """A goal for what we add as a share of what agentrec adds, in the same cells."""
    theirs = {one.cell: one.ratio.median for one in of(found, "agentrec") if one.ratio}
    shares = {
        one.cell: one.ratio.median / theirs[one.cell]
        for one in of(found, "ours")
        if one.ratio and theirs.get(one.cell, 0) > 0
    }
    shown = ", ".join(f"{cell} {ratio:.2f}" for cell, ratio in shares.items())
    return Goal(wanted, shown, statistics.median(shares.values()) <= most if shares else None)


def run_chunks(bench: Bench) -> Measured:
    """The same for each chunk of a stream."""
    cells = bench.cells
    found = [one for cell in cells for one in in_cell(bench, cell, "stream", calls=4, per=EVENTS)]
    goals = [
        Goal(f"{one.cell}: adds at most 4 us", f"{one.ratio.median:.1f}", one.ratio.median <= 4)
        for one in of(found, "ours")
        if one.ratio
    ]
    title = f"Recording a stream of {EVENTS} chunks, a chunk"
    reads = "CPU us a chunk, all in; in brackets what is added to the bare client's"
    return Measured("chunks", title, reads, found, goals)
