"""Which recordings can go: those that nothing replays, old ones, failures, takes beyond so many.

Several reasons asked for at once must all hold: ``--unused --older-than 30d`` means what is both.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from agentrec_auto.capture import Ending
from agentrec_auto.corpus.facts import facts_of
from agentrec_auto.corpus.held import Broken, Corpus, Held
from agentrec_auto.errors import StoreError
from agentrec_auto.flow import ledger
from agentrec_auto.flow.keeping import is_transient
from agentrec_auto.store.base import OF_MIGRATION, split_name


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a recording should go; what is None or False is no reason."""

    used: Set[str] | None = None
    """Names of what was replayed: everything else is unused."""

    before: datetime | None = None
    older_than: timedelta | None = None
    """What `before` was made of, for words."""

    failed: bool = False
    """The connection broke off, or the answer was a transient error."""

    keep_takes: int | None = None
    """How many takes of each key stay, the newest."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A recording that is to go."""

    name: str
    why: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is to go, and what was looked at."""

    doomed: tuple[Doomed, ...]
    looked_at: int
    broken: tuple[Broken, ...]

    @property
    def bytes(self) -> int:
        """How much of requests and answers goes."""
        return sum(one.bytes for one in self.doomed)


def plan(recordings: Iterable[Held | Broken], reasons: Reasons) -> Pruning:
    """Which of the recordings are to go, all reasons holding; without any reason, all of them."""
    facts, broken = [], []
    for held in recordings:
        if isinstance(held, Broken):
            broken.append(held)
        else:
            facts.append(facts_of(held))
    surplus = _surplus([(fact.key, fact.take, fact.recorded_at) for fact in facts], reasons.keep_takes)
    doomed = []
    for fact in facts:
        why = []
        if reasons.used is not None:
            if fact.name in reasons.used or fact.name.startswith(OF_MIGRATION):
                continue
            why.append("unused")
        if reasons.before is not None:
            if fact.recorded_at is None or fact.recorded_at >= reasons.before:
                continue
            why.append(f"recorded {fact.recorded_at:%Y-%m-%d}")
        if reasons.failed:
            if fact.ending != Ending.FAILED.value and not is_transient(fact.status):
                continue
            why.append("broke off" if fact.ending == Ending.FAILED.value else f"status {fact.status}")
        if reasons.keep_takes is not None:
            if (fact.key, fact.take) not in surplus:
                continue
            why.append(f"more than {reasons.keep_takes} takes")
        doomed.append(
            Doomed(
                fact.name, ", ".join(why) or "matches the filter", fact.request_bytes + fact.response_bytes
            )
        )
    return Pruning(tuple(doomed), len(facts) + len(broken), tuple(broken))


def carry_out(corpus: Corpus, pruning: Pruning) -> None:
    """Remove what is to go. The takes that stay move up, so that replay finds them."""
    for one in sorted(pruning.doomed, key=lambda one: -split_name(one.name)[1]):
        corpus.store.remove(one.name)


def used_by(paths: Iterable[str]) -> frozenset[str]:
    """The names of what was replayed, or just recorded, as ledgers and lists tell.

    A path is a folder of ledger files (``AGENTREC_RUN_DIR``), one such file, or a text with a name a line.
    Raises `StoreError` for one that can't be read, or says of no recording.
    """
    used: set[str] = set()
    for path in paths:
        files = [path]
        if os.path.isdir(path):
            found = (os.path.join(place, name) for place, _, names in os.walk(path) for name in names)
            files = sorted(file for file in found if file.endswith(".jsonl"))
        before = len(used)
        for file in files:
            used |= _names_in(file)
        if len(used) == before:
            raise StoreError(f"{path} tells of no recording that was replayed: nothing would count as used")
    return frozenset(used)


def _names_in(path: str) -> set[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise StoreError(f"can't read {path}: {error.strerror}") from error
    if not path.endswith(".jsonl"):
        return {line.strip().removesuffix(".json") for line in lines if line.strip()}
    return {str(event["name"]) for event in map(_event, lines) if event.get("name")}


def _event(line: str) -> dict[str, object]:
    """A ledger's line, where it tells of a recording; a torn one tells nothing."""
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    told = (ledger.REPLAYED, ledger.RECORDED, ledger.VERIFIED, ledger.DRIFTED)
    return event if isinstance(event, dict) and event.get("kind") in told else {}


def _surplus(
    takes: Iterable[tuple[str, int, datetime | None]], keep: int | None
) -> frozenset[tuple[str, int]]:
    """Takes of each key beyond the newest so many."""
    if keep is None:
        return frozenset()
    by_key: dict[str, list[tuple[float, int]]] = {}
    for key, take, at in takes:
        by_key.setdefault(key, []).append((at.timestamp() if at else 0.0, take))
    return frozenset(
        (key, take) for key, found in by_key.items() for _, take in sorted(found, reverse=True)[keep:]
    )
