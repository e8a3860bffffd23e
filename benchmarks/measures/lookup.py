"""A look-up in corpora of 1,000, 100,000 and (``--full``) 1,000,000 recordings, in a folder and in SQLite.

A thousand are recorded; the rest are links to, or rows copied from, those under names that nobody asks for.
Each turn is a fresh process that answers each of the thousand once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace

from benchmarks.bench import Bench, Goal, Measured, say
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figure, dearer, figures
from benchmarks.job import Corpus, Job
from benchmarks.server import serving
from benchmarks.turns import Worker, in_turns
from benchmarks.workload import Cell

TITLE = "Look-up by size of the corpus"
READS = "CPU us a request, first time in a process; in brackets relative to the smallest corpus"
CELL = Cell("httpx2", "sync")


def run(bench: Bench) -> Measured:
    """Ours in a folder and in SQLite, agentrec in a folder; the others load and scan all they have."""
    recorded = bench.pick(1000, 50)
    sizes = [recorded, bench.pick(100_000, 2000)] + [1_000_000] * bench.full
    found: list[Figure] = []
    for cell, name, suffix, grow in (
        ("ours, folder", "ours", "", _linked),
        ("ours, SQLite", "ours", ".db", _copied),
        ("agentrec, folder", "agentrec", "", _linked),
    ):
        if name not in bench.chosen or CONTENDERS[name].absent():
            continue
        say(f"  {cell}")
        corpora = {f"{size:,}": _corpus(bench, name, suffix, recorded, size, grow) for size in sizes}
        jobs = {size: Job("measures.cold", name, CELL, corpus) for size, corpus in corpora.items()}
        rounds = bench.pick(5, 1)
        told, out = in_turns(
            jobs,
            lambda size, place: [] if place < 0 else range(recorded),
            rounds=rounds,
            generations=rounds,
        )
        found += figures(cell, told, out, list(jobs), f"{recorded:,}", dearer)
    return Measured("lookup", TITLE, READS, found, goals(found, f"{recorded:,}"))


def goals(found: list[Figure], least: str) -> list[Goal]:
    """Next to the smallest corpus."""
    small = {one.cell: one for one in found if one.contender == least}
    told = []
    for one in found:
        if one.contender == least or not one.cell.startswith("ours") or one.ratio is None:
            continue
        most = 1.3 if one.contender == "1,000,000" else 1.2
        more = one.facts["rss_mib"] - small[one.cell].facts["rss_mib"]
        told.append(
            Goal(
                f"{one.cell}, {one.contender}: at most {most} x, and 5 MiB",
                f"{one.ratio.median:.2f} and {more:+.1f} MiB",
                one.ratio.median <= most and more <= 5,
            )
        )
    return told


def _corpus(
    bench: Bench, name: str, suffix: str, recorded: int, size: int, grow: Callable[[str, int], None]
) -> Corpus:
    path = os.path.join(bench.folder, f"lookup-{name}-{size}{suffix}")
    where = f"sqlite:///{path}" if suffix else path
    with serving() as url:
        corpus = Corpus(where, url, recorded, "json")
        with Worker(Job("corpora", name, corpus=corpus, mode="record")) as worker:
            worker.turn([])
    grow(path, size - recorded)
    return replace(corpus, count=recorded)


def _linked(folder: str, more: int) -> None:
    """Give the recordings that are there ``more`` names."""
    there = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".json")]
    for number in range(more):
        one = there[number % len(there)]
        os.link(one, os.path.join(folder, f"openai_gpt-4o-mini_{_unasked(number)}.json"))


def _copied(path: str, more: int) -> None:
    """Add ``more`` rows to the database."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        (document,) = database.execute("SELECT document FROM recording LIMIT 1").fetchone()
        rows = ((f"openai_gpt-4o-mini_{_unasked(number)}", "", document) for number in range(more))
        database.executemany("INSERT INTO recording (name, run, document) VALUES (?, ?, ?)", rows)


def _unasked(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()[:32]
