"""A program's own store, seen as one of ours.

A program's `InteractionStore` keeps one interaction an id, in coroutines; the flow of a call is synchronous.
So what a call may need is read before it (`fetch`), the flow works on that, and what it changed is written
after it (`flush`): each awaited by the transport, in an async program on its own event loop, to which its
store may be bound. In a sync program a loop on a thread of ours runs them (`agentrec_auto.explicit.bridge`).

What was read or written stays here as long as the scope.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.flow import active
from agentrec_auto.flow.ledger import warn_once
from agentrec_auto.interrupts import let_through
from agentrec_auto.store.base import name_of
from agentrec_auto.store.interaction import InteractionStore
from agentrec_auto.store.memory import MemoryStore


class Mirror(MemoryStore):
    """What is known of a program's own store, and what is still to be written to it."""

    def __init__(self, theirs: Any) -> None:
        super().__init__()
        self.where = ""
        self._theirs = theirs
        self._synced: dict[str, CapturedInteraction] = {}

    async def fetch(self, names: Iterable[str]) -> None:
        """Read all takes under these names, anew."""
        for base in names:
            for take in count(1):
                name = name_of(base, take)
                if not await self._read(name):
                    break

    @property
    def is_behind(self) -> bool:
        """Whether there is something to `flush`."""
        return self._kept.keys() != self._synced.keys() or any(
            self._synced[name] is not interaction for name, interaction in list(self._kept.items())
        )

    async def flush(self) -> None:
        """Write what changed. What the store refuses costs a warning, not the program's call."""
        for name, interaction in list(self._kept.items()):
            before = self._synced.get(name)
            if before is interaction:
                continue
            self._synced[name] = interaction  # first: others may flush while this one waits
            try:
                await self._theirs.save(name, interaction)
            except Exception as error:
                self._synced.pop(name, None)
                self._kept.pop(name, None)
                let_through(error)
                why = f"{type(error).__name__}: {error}"
                warn_once(active.ledger, f"{name} was not kept: {type(self._theirs).__name__} said {why}")
        for name in [name for name in list(self._synced) if name not in self._kept]:
            del self._synced[name]
            await self._discard(name)

    async def _read(self, name: str) -> bool:
        if self._kept.get(name) is not self._synced.get(name):
            return True  # ours is newer, and about to be written
        try:
            if not await self._has(name):
                raise KeyError(name)
            found = await self._theirs.load(name)
        except KeyError:
            self._kept.pop(name, None)
            self._synced.pop(name, None)
            return False
        self._kept[name] = self._synced[name] = found
        return True

    async def _has(self, name: str) -> bool:
        """False only if the store says so; one that would load to tell isn't asked."""
        has = getattr(type(self._theirs), "has", InteractionStore.has)
        return has is InteractionStore.has or bool(await self._theirs.has(name))

    async def _discard(self, name: str) -> None:
        discard = getattr(self._theirs, "discard", None)
        if discard is not None:
            await discard(name)
