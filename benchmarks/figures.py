"""From turns to figures: the best, and the ratio to a reference within each round, with its spread."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.job import Sample

Round = dict[str, Sample]


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and the quartiles around it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of one value or more."""
        if len(values) < 2:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


@dataclass(slots=True)
class Figure:
    """What one contender took in one cell of a measure."""

    cell: str
    contender: str
    unit: str = "us"
    best: float | None = None
    """Of all turns, processor time a call."""

    median: float | None = None
    wall: float | None = None
    """Median elapsed time a call."""

    ratio: Spread | None = None
    """To the reference, within rounds; how to read it is the measure's."""

    best_ratio: float | None = None
    calls: int = 0
    wrong: int = 0
    changed: int = 0
    chunks: int = 0
    absent: str | None = None
    """Why there is none: a dash in the table."""

    facts: dict[str, Any] = field(default_factory=dict)


def faster(reference: float, own: float) -> float:
    """Speed relative to the reference."""
    return reference / own


def dearer(reference: float, own: float) -> float:
    """Cost relative to the reference."""
    return own / reference


def added(reference: float, own: float) -> float:
    """Cost on top of the reference."""
    return own - reference


def figures(
    cell: str,
    rounds: Sequence[Round],
    out: dict[str, str],
    names: Sequence[str],
    reference: str,
    read: Callable[[float, float], float] = faster,
    *,
    per: int = 1,
) -> list[Figure]:
    """A figure for each name, in microseconds of processor time a call (a ``per``-th of one)."""
    found = []
    limits = _costs(rounds, reference, per)
    for name in names:
        costs = _costs(rounds, name, per)
        if not costs:
            found.append(Figure(cell, name, absent=out.get(name, "no turn")))
            continue
        taken = [took[name] for took in rounds if name in took]
        figure = Figure(cell, name, absent=out.get(name))
        figure.best, figure.median = min(costs.values()), statistics.median(costs.values())
        figure.wall = statistics.median(sample.wall_s / sample.calls / per * 1e6 for sample in taken)
        figure.calls = sum(sample.calls for sample in taken)
        figure.wrong = sum(sample.wrong for sample in taken)
        figure.changed = sum(sample.changed for sample in taken)
        figure.chunks = min(sample.chunks for sample in taken)
        figure.facts = taken[-1].facts
        pairs = [read(limits[place], cost) for place, cost in costs.items() if place in limits]
        if pairs:
            figure.ratio = Spread.of(pairs)
            figure.best_ratio = read(min(limits.values()), figure.best)
        found.append(figure)
    return found


def _costs(rounds: Sequence[Round], name: str, per: int) -> dict[int, float]:
    """Round → microseconds of processor time a call."""
    return {
        place: took[name].cpu_s / took[name].calls / per * 1e6
        for place, took in enumerate(rounds)
        if name in took and took[name].calls
    }
