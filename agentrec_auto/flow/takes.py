"""Which of several recordings with one key is meant: counting takes.

A **lane** is a stretch in which takes are counted from 1: a process, or one test under pytest. The same
request asked for the nth time in a lane is answered by the nth take; past the last, by what
``takes = "last" | "cycle" | "error"`` says.

In auto mode a run never replays what it recorded itself: asked thrice, a model gives three answers, and
all three are recorded.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from agentrec_auto.capture import Ending
from agentrec_auto.flow.reel import Reel, reel_of
from agentrec_auto.keying.fingerprint import Key
from agentrec_auto.store.base import Recording, Store

_KEPT_REELS = 4096
_KEPT_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class Lane:
    """The counts of one lane."""

    asked: Counter[Key] = field(default_factory=Counter)
    kept: Counter[Key] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Turn:
    """One asking of a key: which in its lane, and what there is to replay."""

    lane: Lane
    order: int
    """1 for the first asking in the lane."""

    reel: Reel | None
    recorded: int
    """How many takes there are to replay."""


class Takes:
    """Counts askings and finds the reels of each."""

    def __init__(self, store: Store, *, policy: str, skip_run: str | None) -> None:
        """``skip_run``: the run whose own recordings are not replayed (auto), or None."""
        self._store = store
        self._policy = policy
        self._skip_run = skip_run
        self._lock = threading.RLock()
        self._lane = Lane()
        self._reels: OrderedDict[Key, tuple[Reel, ...]] = OrderedDict()
        self._bytes = 0

    def start_lane(self, lane: Lane | None = None) -> Lane:
        """Count from take 1 again (a new test), or go on in ``lane``; gives the lane before."""
        before, self._lane = self._lane, lane or Lane()
        return before

    def after_fork(self) -> None:
        """In a forked child: a lane and a lock of its own."""
        self._lock = threading.RLock()
        self._lane = Lane()

    def turn(self, key: Key, *, replays: bool) -> Turn:
        """The next asking of ``key``; its reel is looked for only if ``replays``."""
        lane = self._lane
        with self._lock:
            order = lane.asked[key] = lane.asked.get(key, 0) + 1
        reels = self._reels_of(key) if replays else ()
        return Turn(lane, order, self._pick(reels, order), len(reels))

    def ready(self, key: Key) -> Reel | None:
        """The next asking of ``key``, where its reel is at hand; else None, and nothing is counted."""
        asked = self._lane.asked
        with self._lock:
            reels = self._at_hand(key)
            if not reels:
                return None
            order = asked.get(key, 0) + 1
            reel = reels[order - 1] if order <= len(reels) else self._past(reels, order)
            if reel is not None:
                asked[key] = order
            return reel

    def keep(self, turn: Turn, key: Key) -> int:
        """The take number for what a turn recorded; numbers count what is finished, without a gap."""
        with self._lock:
            turn.lane.kept[key] += 1
            return turn.recorded + turn.lane.kept[key]

    def unkeep(self, turn: Turn, key: Key) -> None:
        """What `keep` gave a number to could not be stored."""
        with self._lock:
            turn.lane.kept[key] -= 1

    def _pick(self, reels: tuple[Reel, ...], order: int) -> Reel | None:
        if not reels:
            return None
        return reels[order - 1] if order <= len(reels) else self._past(reels, order)

    def _past(self, reels: tuple[Reel, ...], order: int) -> Reel | None:
        """What an asking past the last take gets."""
        if self._policy == "error":
            return None
        return reels[-1] if self._policy == "last" else reels[(order - 1) % len(reels)]

    def _reels_of(self, key: Key) -> tuple[Reel, ...]:
        """What there was to replay when the key was first asked; later the answer doesn't change, unless
        it is played from a file that was written anew."""
        with self._lock:
            reels = self._at_hand(key)
            if reels is not None:
                self._reels.move_to_end(key)
                return reels
        only = self._store.only(key)
        takes = self._store.takes(key) if only is None else [only]
        found = tuple(map(reel_of, filter(self._may_replay, takes)))
        with self._lock:
            self._remember(key, found)
        return found

    def _at_hand(self, key: Key) -> tuple[Reel, ...] | None:
        """What was found before; None where nothing was looked for yet, or is to be looked for again."""
        reels = self._reels.get(key)
        if reels and not reels[0].held and reels[0].is_stale:
            del self._reels[key]
            return None
        return reels

    def _may_replay(self, recording: Recording) -> bool:
        interaction = recording.interaction
        if interaction.ending is Ending.FAILED:
            return False
        return self._skip_run is None or interaction.metadata.get("run") != self._skip_run

    def _remember(self, key: Key, reels: tuple[Reel, ...]) -> None:
        if key in self._reels:
            return
        if not reels and self._skip_run is None:
            return  # in replay somebody may record it yet, and a miss need not be quick
        self._reels[key] = reels
        self._bytes += _size(reels)
        while len(self._reels) > _KEPT_REELS or self._bytes > _KEPT_BYTES:
            _, dropped = self._reels.popitem(last=False)
            self._bytes -= _size(dropped)


def _size(reels: tuple[Reel, ...]) -> int:
    return sum(reel.held for reel in reels)
