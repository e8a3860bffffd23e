"""Many at once: 64 tasks and 8 threads, replaying and recording; none wrong, none lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks import recording
from benchmarks.bench import Bench, Goal, Measured, say
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figure, dearer, figures
from benchmarks.job import Job
from benchmarks.server import serving
from benchmarks.turns import in_turns
from benchmarks.workload import CELLS, Cell

TITLE = "Many at once"
READS = (
    "CPU us a request; in brackets, replaying: relative to the same contender with one caller, "
    "recording: relative to the bare client with as many callers"
)
TASKS, THREADS = 64, 8


def run(bench: Bench) -> Measured:
    """Replay on both libraries; record on httpx2."""
    cells = (CELLS[1], CELLS[0]) if bench.quick else CELLS
    found = [one for cell in cells for one in _replayed(bench, cell)]
    found += [one for cell in (CELLS[3], CELLS[2]) for one in _recorded(bench, cell)]
    told = [
        Goal(
            f"replay, {one.cell}: at most 1.15 x one caller, none wrong or lost",
            f"{one.ratio.median:.2f}, {one.wrong} of {one.calls} wrong",
            one.ratio.median <= 1.15 and not one.wrong,
        )
        for one in found
        if one.contender == "ours" and one.ratio and not one.cell.startswith("record")
    ]
    told += [
        Goal(f"{one.cell}: none wrong or lost", f"{one.wrong} of {one.calls}", not one.wrong)
        for one in found
        if one.contender == "ours" and one.cell.startswith("record")
    ]
    return Measured("crowd", TITLE, READS, found, told)


def _replayed(bench: Bench, cell: Cell) -> list[Figure]:
    """Warm, next to one caller."""
    many = TASKS if cell.style == "async" else THREADS
    label = f"{cell}, {many} {'tasks' if cell.style == 'async' else 'threads'}"
    say(f"  {label}")
    count = bench.pick(1000, 100)
    names = bench.names("replaying")
    corpora, out = bench.corpora_of(names, "json", count)
    jobs: dict[str, Job] = {}
    for name, corpus in corpora.items():
        for callers in (1, many):
            options = {"callers": callers}
            jobs[f"{name} {callers}"] = Job("crowd", name, cell, corpus, options=options)

    def numbers(name: str, place: int) -> Sequence[int]:
        scans = CONTENDERS[name.split()[0]].scans
        size = (many if scans else count) if place < 0 else 2 * many if scans else 256
        return [(place * 37 + number) % count for number in range(size)]

    told, failed = in_turns(
        jobs, numbers, rounds=bench.pick(12, 2), generations=bench.pick(2, 1), budget_s=bench.pick(4, 1)
    )
    found = []
    for name in names:
        dropped = {name: out[name]} if name in out else {}
        if reason := failed.get(f"{name} {many}"):
            dropped[f"{name} {many}"] = reason
        (figure,) = figures(label, told, dropped, [f"{name} {many}"], f"{name} 1", dearer)
        figure.contender, figure.absent = name, dropped.get(name) or figure.absent
        found.append(figure)
    return found


def _recorded(bench: Bench, cell: Cell) -> list[Figure]:
    """Next to a bare client with as many callers."""
    many = TASKS if cell.style == "async" else THREADS
    label = f"record, {many} {'tasks' if cell.style == 'async' else 'threads'}"
    say(f"  {label}")
    rounds, calls = bench.pick(10, 2), 2 * many

    def numbers(name: str, place: int) -> Sequence[int]:
        return range(1_000_000, 1_000_000 + many) if place < 0 else range(place * calls, (place + 1) * calls)

    with serving() as url:
        given, out = recording.jobs(bench, "crowd", cell, url, "json")
        options = {"callers": many, "kind": "json"}
        jobs = {name: replace(job, measure="crowd", options=options) for name, job in given.items()}
        told, failed = in_turns(jobs, numbers, rounds=rounds)
    for took in told:
        for name, sample in took.items():
            sample.facts["path"] = f"{jobs[name].folder}/all"
    recording.check(jobs, told, [numbers("", place) for place in range(rounds)])
    return figures(label, told, out | failed, bench.names("recording"), "bare", dearer)
