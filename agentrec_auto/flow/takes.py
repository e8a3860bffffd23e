"""Which of several recordings with one key is meant: counting takes.

A **lane** is a stretch in which takes are counted from 1: a process, or one test under pytest. The same
request asked for the nth time in a lane is answered by the nth take; past the last, by what
``takes = "last" | "cycle" | "error"`` says.

A take that can't be read keeps its place: what was asked for is not there, and the next is not it.

In auto mode a run never replays what it recorded itself: asked thrice, a model gives three answers, and
all three are recorded.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from agentrec_auto.capture import Ending
from agentrec_auto.flow.reel import Reel, reel_of
from agentrec_auto.keying.identity import Key
from agentrec_auto.store.base import Recording, Store, asked_order, split_name
from agentrec_auto.store.document import FORMAT_VERSION, newer_format

Played = TypeVar("Played")

_KEPT_REELS = 4096
_KEPT_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class Lane:
    """The counts of one lane."""

    asked: Counter[Key] = field(default_factory=Counter)
    kept: Counter[Key] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Turn:
    """One asking of a key: its number in the lane, and what there is to replay."""

    lane: Lane
    order: int
    """1 for the first asking in the lane."""

    reel: Reel | None
    recorded: int
    """How many takes there are to replay."""

    unread: str = ""
    """The name of the take that this asking is answered by, where that can't be read."""


class Takes:
    """Counts askings and finds the reels of each."""

    def __init__(
        self,
        store: Store,
        *,
        policy: str,
        skip_run: str | None,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        """``skip_run``: the run whose own recordings are not replayed (auto), or None."""
        self._store = store
        self._warn = warn
        self._policy = policy
        self._skip_run = skip_run
        self._lock = threading.RLock()
        self._lane = Lane()
        self._reels: OrderedDict[Key, tuple[Reel, ...]] = OrderedDict()
        self._bytes = 0
        self._torn: dict[Key, tuple[Reel | str, ...]] = {}
        """In auto, the keys of which a take can't be read: its name stands in its place."""

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
        picked = self._pick(reels, order)
        if isinstance(picked, str):
            return Turn(lane, order, None, len(reels), picked)
        return Turn(lane, order, picked, len(reels))

    def ready(self, key: Key) -> Reel | None:
        """The next asking of ``key``, where its reel is at hand; else None, and nothing is counted."""
        asked = self._lane.asked
        with self._lock:
            reels = self._at_hand(key)
            if not reels:
                return None
            order = asked.get(key, 0) + 1
            reel = reels[order - 1] if order <= len(reels) else self._past(reels, order)  # as `_pick`
            if reel is not None:
                asked[key] = order
            return reel

    def keep(self, turn: Turn, key: Key) -> int:
        """The take number for what a turn recorded: numbers are given as answers finish, without a gap."""
        with self._lock:
            turn.lane.kept[key] += 1
            return turn.recorded + turn.lane.kept[key]

    def unkeep(self, turn: Turn, key: Key) -> None:
        """Take a number back: what `keep` gave it to could not be stored."""
        with self._lock:
            turn.lane.kept[key] -= 1

    def _pick(self, reels: tuple[Played, ...], order: int) -> Played | None:
        if not reels:
            return None
        return reels[order - 1] if order <= len(reels) else self._past(reels, order)

    def _past(self, reels: tuple[Played, ...], order: int) -> Played | None:
        """What an asking past the last take gets."""
        if self._policy == "error":
            return None
        return reels[-1] if self._policy == "last" else reels[(order - 1) % len(reels)]

    def _reels_of(self, key: Key) -> tuple[Reel | str, ...]:
        """What there was to replay when the key was first asked for, whatever is recorded later; but a
        reel that is played from a file is loaded again once the file has changed, and in replay all of them
        while one can't be read: its name stands in its place."""
        with self._lock:
            reels = self._at_hand(key)
            if reels is not None:
                self._reels.move_to_end(key)
                return reels
            if key in self._torn:
                return self._torn[key]
        only = self._store.only(key)
        takes = self._store.takes(key) if only is None else [only]
        unread = self._unread(key, takes) if self._store.unread else ()
        if unread:
            torn = self._with(unread, takes)
            if self._skip_run is not None:
                self._torn[key] = torn
            return torn
        found = tuple(map(reel_of, filter(self._may_replay, takes)))
        with self._lock:
            self._remember(key, found)
        return found

    def _unread(self, key: Key, takes: Sequence[Recording]) -> list[str]:
        """The takes of a key that are there and can't be read: not those that were mended since."""
        readable = {one.name for one in takes}
        return [
            name
            for name in self._store.unread
            if split_name(name)[0] == key and name not in readable and name in self._store
        ]

    def _with(self, unread: Sequence[str], takes: Sequence[Recording]) -> tuple[Reel | str, ...]:
        """The reels of a key, with the names of what can't be read where an asking has none, or at the end.

        What was recorded again since is in nobody's way any more.
        """
        placed: list[tuple[int, Recording | str]] = [(_place(one), one) for one in takes]
        said = {order for order, _ in placed}
        holes = [order for order in range(1, max(said, default=0)) if order not in said]
        last = max((split_name(one.name)[1] for one in takes), default=0)
        for number, name in sorted((split_name(name)[1], name) for name in unread):
            if holes:
                placed.append((holes.pop(0), name))
            elif number > last:
                placed.append((max(said, default=0) + number, name))
        return tuple(
            one if isinstance(one, str) else reel_of(one)
            for _, one in sorted(placed, key=lambda found: found[0])
            if isinstance(one, str) or self._may_replay(one)
        )

    def _at_hand(self, key: Key) -> tuple[Reel, ...] | None:
        """What was found before; None if nothing was looked for yet, or must be looked for again."""
        reels = self._reels.get(key)
        if reels and not reels[0].held and reels[0].is_stale:
            del self._reels[key]
            return None
        return reels

    def _may_replay(self, recording: Recording) -> bool:
        interaction = recording.interaction
        if interaction.metadata.get("format_version") != FORMAT_VERSION:
            warn_of_format(interaction.metadata, self._store.where, self._warn)
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


def _place(recording: Recording) -> int:
    """Which asking a take answers; of one that doesn't say, its number."""
    return asked_order(recording.interaction) or split_name(recording.name)[1]


def warn_of_format(metadata: Mapping[str, Any], where: str, warn: Callable[[str], None]) -> None:
    """Tell of a recording of a newer agentrec that is about to be replayed: in the same words for all of
    a corpus, so that it is said once."""
    if (told := newer_format(metadata)) is not None:
        warn(
            f"{where} holds recordings of {told}: "
            "they are replayed as far as they are understood; upgrade agentrec-auto"
        )


def _size(reels: tuple[Reel, ...]) -> int:
    return sum(reel.held for reel in reels)
