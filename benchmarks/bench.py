"""What a measure is given, and what it gives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.contenders import CONTENDERS
from benchmarks.corpora import Corpora
from benchmarks.figures import Figure
from benchmarks.job import Corpus
from benchmarks.turns import WorkerFailed
from benchmarks.workload import CELLS, Cell, Kind


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to be reached, and whether it was."""

    wanted: str
    shown: str
    met: bool | None
    """None where it could not be judged."""


@dataclass(slots=True)
class Measured:
    """A measure's outcome."""

    name: str
    title: str
    reads: str
    """What the figures and their ratios mean."""

    figures: list[Figure]
    goals: list[Goal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bench:
    """The circumstances of a run."""

    corpora: Corpora
    folder: str
    chosen: tuple[str, ...]
    """Contenders that take part."""

    quick: bool = False
    full: bool = False

    @property
    def cells(self) -> Sequence[Cell]:
        """Quickly, one sync and one async."""
        return (CELLS[0], CELLS[3]) if self.quick else CELLS

    def pick(self, usual: int, quick: int) -> int:
        """How many, by circumstance."""
        return quick if self.quick else usual

    def names(self, *roles: str, but: Sequence[str] = ()) -> list[str]:
        """The chosen contenders that can play all ``roles`` (``replaying``, ``recording``)."""
        able = [name for name in self.chosen if all(getattr(CONTENDERS[name], role) for role in roles)]
        return [name for name in able if name not in but]

    def corpora_of(
        self, names: Sequence[str], kind: Kind, count: int
    ) -> tuple[dict[str, Corpus], dict[str, str]]:
        """Each contender's corpus, and why another has none."""
        found, out = {}, {}
        for name in names:
            contender = CONTENDERS[name]
            if reason := contender.absent() or contender.lacks(count):
                out[name] = reason
                continue
            try:
                found[name] = self.corpora.of(name, kind, count)
            except WorkerFailed as failed:
                out[name] = f"could not record: {failed}"
        return found, out


def say(text: str) -> None:
    """Progress, for whoever waits."""
    print(text, file=sys.stderr, flush=True)


def of(figures: Sequence[Figure], contender: str) -> list[Figure]:
    """A contender's figures that are there and right."""
    return [one for one in figures if one.contender == contender and one.ratio and not one.wrong]


def every(wanted: str, figures: Sequence[Figure], holds: Callable[[float], bool], digits: int = 2) -> Goal:
    """A goal for our paired medians, in each cell."""
    ratios = {one.cell: one.ratio.median for one in of(figures, "ours") if one.ratio}
    shown = ", ".join(f"{cell} {ratio:.{digits}f}" for cell, ratio in ratios.items())
    return Goal(wanted, shown, all(map(holds, ratios.values())) if ratios else None)
