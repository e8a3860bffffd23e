"""What a worker is told to do, and what it tells of a turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.workload import CELLS, Cell, Kind, judged, question


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a contender recorded: questions 0 to ``count`` - 1, asked of ``url``."""

    path: str
    url: str
    count: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Job:
    """A measure's work for one contender."""

    measure: str
    """Name of a module of this package, which has ``working(job)``."""

    contender: str
    cell: Cell = CELLS[0]
    corpus: Corpus | None = None
    url: str = ""
    folder: str = ""
    """Where to record to."""

    mode: str = "replay"
    options: dict[str, Any] = field(default_factory=dict)
    tree: str = ""
    """A folder that holds ``agentrec_auto``, for a comparison of two; empty for the one that is installed."""

    @classmethod
    def of(cls, told: dict[str, Any]) -> Job:
        """The job that ``dataclasses.asdict`` made ``told`` of."""
        corpus = told["corpus"] and Corpus(**told["corpus"])
        return cls(**{**told, "cell": Cell(**told["cell"]), "corpus": corpus})


@dataclass(slots=True)
class Sample:
    """What a turn took."""

    calls: int
    cpu_s: float
    wall_s: float
    wrong: int = 0
    changed: int = 0
    chunks: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    """What a measure tells besides."""


Work = Callable[[list[int]], Sample]
"""Asks the questions of these numbers, and tells what it took."""


def timed(kind: Kind, numbers: list[int], ask: Callable[[list[int]], list[list[bytes]]]) -> Sample:
    """What it takes to ask: questions are made before the clock starts, answers checked after it stops."""
    for number in numbers:
        question(number, kind)
    wall, cpu = time.perf_counter(), time.process_time()
    answers = ask(numbers)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    verdict = judged(kind, numbers, answers)
    facts = {"chunks": verdict.chunks} if kind == "stream" else {}
    return Sample(len(numbers), cpu, wall, verdict.wrong, verdict.changed, verdict.chunks, facts)
