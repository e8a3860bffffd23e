"""One change made to many recordings: planned first, carried out when it was looked at.

A change may move a recording to another key. What meets there becomes takes of it: the older first, after
those that are there. Nothing is ever lost: a recording is written under its new name before the old one
is removed, so that an interruption leaves it twice, and the next time the second is seen to be there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.corpus.facts import moment
from agentrec_auto.corpus.held import Broken, Corpus, Held
from agentrec_auto.errors import AgentrecError, BrokenRecordingError
from agentrec_auto.keying.identity import Key
from agentrec_auto.store.base import name_of, split_name
from agentrec_auto.store.document import newer_format

Remake = Callable[[Held], "Remade"]


@dataclass(frozen=True, slots=True)
class Remade:
    """What becomes of one recording: the same object where nothing does."""

    interaction: CapturedInteraction
    key: str
    """Where it belongs; the key it has where it stays."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one recording."""

    name: str
    to: str
    """Its name afterwards; the same where only its content changes."""

    why: str

    @property
    def moves(self) -> bool:
        """Whether it goes to another key."""
        return split_name(self.name)[0] != split_name(self.to)[0]

    @property
    def closes_gap(self) -> bool:
        """Whether it moves up to a take that is missing."""
        return self.name != self.to and not self.moves


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is to be done, in the order in which it is."""

    changes: tuple[Change, ...]
    looked_at: int
    broken: tuple[Broken, ...]
    """What can't be read, and is left as it is."""

    @property
    def moves(self) -> int:
        """How many go to another key."""
        return sum(change.moves for change in self.changes)


def plan(
    corpus: Corpus, recordings: Iterable[Held | Broken], remake: Remake, *, closes_gaps: bool = False
) -> Plan:
    """What ``remake`` makes of the recordings; nothing is written yet.

    ``closes_gaps``: takes behind a missing one move up, or replay would never come to them.
    """
    staying: list[Change] = []
    moving: list[tuple[float, Change, str]] = []
    broken: list[Broken] = []
    looked_at = 0
    for held in recordings:
        looked_at += 1
        if isinstance(held, Broken):
            broken.append(held)
            continue
        try:
            remade = remake(held)
            if remade.interaction is not held.interaction or remade.key != split_name(held.name)[0]:
                _check_format(held)
        except AgentrecError as error:
            why = error.why if isinstance(error, BrokenRecordingError) else str(error)
            broken.append(Broken(held.name, why))
            continue
        if remade.key != split_name(held.name)[0]:
            moving.append((_age(held), Change(held.name, "", remade.why), remade.key))
        elif remade.interaction is not held.interaction:
            staying.append(Change(held.name, held.name, remade.why))
    moving.sort(key=lambda move: (move[0], move[1].name))
    changes = (*staying, *_named(corpus, moving), *(_closing(corpus, moving) if closes_gaps else ()))
    return Plan(changes, looked_at, tuple(broken))


def carry_out(corpus: Corpus, planned: Plan, remake: Remake) -> Iterator[Change]:
    """Do what was planned; gives each change when it is done."""
    moved: list[str] = []
    gaps: dict[str, list[Change]] = {}
    for change in planned.changes:
        if change.closes_gap:
            gaps.setdefault(split_name(change.name)[0], []).append(change)
            continue
        held = Held(change.name, corpus.store.load(change.name))
        remade = remake(held)
        if not change.moves:
            corpus.store.rewrite(change.name, remade.interaction)
            yield change
            continue
        _put(corpus, Key(remade.key), remade.interaction)
        moved.append(change.name)
        yield change
    # From the last take down: with each that goes, those behind it move up.
    for name in sorted(moved, key=lambda name: -split_name(name)[1]):
        corpus.store.remove(name)
    for key, changes in gaps.items():
        _close(corpus, key)
        yield from changes


def _check_format(held: Held) -> None:
    """Raise `BrokenRecordingError` for what a newer version of us has written: rewritten, it would lose what
    we don't understand of it."""
    if (told := newer_format(held.interaction.metadata)) is not None:
        raise BrokenRecordingError(held.name, f"it is of {told}: upgrade agentrec-auto")


def _named(corpus: Corpus, moving: list[tuple[float, Change, str]]) -> Iterator[Change]:
    """The moves with the names they will come to, once those that leave have made room."""
    held = Counter(split_name(name)[0] for name in corpus.names)
    held.subtract(split_name(change.name)[0] for _, change, _ in moving)
    for _, change, key in moving:
        held[key] += 1
        yield Change(change.name, name_of(key, held[key]), change.why)


def _closing(corpus: Corpus, moving: Iterable[tuple[float, Change, str]]) -> Iterator[Change]:
    """Takes that stand behind a missing one; not those of keys that others leave, or come to."""
    takes: dict[str, list[int]] = {}
    for name in corpus.names:
        key, take = split_name(name)
        takes.setdefault(key, []).append(take)
    for _, change, key in moving:
        takes.pop(key, None)
        takes.pop(split_name(change.name)[0], None)
    for key, numbers in takes.items():
        for number, take in enumerate(sorted(numbers), 1):
            if number != take:
                yield Change(name_of(key, take), name_of(key, number), "a take before it is missing")


def _close(corpus: Corpus, key: str) -> None:
    """Move takes up until none is missing before another."""
    while True:
        numbers = sorted(
            take for name in corpus.store.names(key) for of, take in [split_name(name)] if of == key
        )
        missing = next((number for number, take in enumerate(numbers, 1) if number != take), None)
        if missing is None:
            return
        name = name_of(key, numbers[missing - 1])
        try:
            held = Held(name, corpus.store.load(name))
            _check_format(held)
            corpus.store.rewrite(name_of(key, missing), held.interaction)
        except BrokenRecordingError:  # what can't be read, or written, stays where it is
            return
        corpus.store.remove(name)


def _put(corpus: Corpus, key: Key, interaction: CapturedInteraction) -> None:
    """Make it the next take of a key, unless it is one already."""
    if any(recording.interaction == interaction for recording in corpus.store.takes(key)):
        return
    run = interaction.metadata.get("run")
    run, take = run if isinstance(run, str) else "", 1
    while corpus.store.add(key, interaction, take=take, run=run, replace=False) is None:
        take += 1


def _age(held: Held) -> float:
    """Sorts by time of recording; what doesn't say comes first."""
    at = moment(held.interaction.metadata.get("recorded_at"))
    return at.timestamp() if at else 0.0
