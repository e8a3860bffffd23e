"""Interactions in this process's memory (``corpus = "memory:"``): gone when it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import count

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.keying.identity import Key
from agentrec_auto.spool import unspooled
from agentrec_auto.store.base import Recording, Store, in_asked_order, name_of, split_name


class MemoryStore(Store):
    """Interactions in a dictionary."""

    def __init__(self) -> None:
        self.where = "memory:"
        self._kept: dict[str, CapturedInteraction] = {}
        self._lock = threading.RLock()

    def takes(self, key: Key) -> Sequence[Recording]:
        found: list[Recording] = []
        for take in count(1):
            interaction = self._kept.get(name_of(key, take))
            if interaction is None:
                return in_asked_order(found)
            found.append(Recording(name_of(key, take), interaction))
        return found

    def add(
        self, key: Key, interaction: CapturedInteraction, *, take: int, run: str, replace: bool
    ) -> str | None:
        interaction = unspooled(interaction)
        with self._lock:
            while (there := self._kept.get(name_of(key, take))) is not None:
                if there.metadata.get("run") == run:
                    return None
                if replace:
                    self._forget_from(key, take)
                    break
                take += 1
            self._kept[name_of(key, take)] = interaction
        return name_of(key, take)

    def rewrite(self, name: str, interaction: CapturedInteraction) -> None:
        interaction = unspooled(interaction)
        with self._lock:
            self._kept[name] = interaction

    def remove(self, name: str) -> None:
        key, take = split_name(name)
        with self._lock:
            self._kept.pop(name, None)
            while (later := self._kept.pop(name_of(key, take + 1), None)) is not None:
                self._kept[name_of(key, take)] = later
                take += 1

    def names(self, prefix: str = "") -> Iterator[str]:
        with self._lock:
            found = [name for name in self._kept if name.startswith(prefix)]
        yield from reversed(found)

    def load(self, name: str) -> CapturedInteraction:
        return self._kept[name]

    def note_secrets(self, names: Sequence[str]) -> None:
        """Nothing to do: nobody replays this store without the process that recorded it."""

    def _forget_from(self, key: str, take: int) -> None:
        for later in count(take):
            if self._kept.pop(name_of(key, later), None) is None:
                return
