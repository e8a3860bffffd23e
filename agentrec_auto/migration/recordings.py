"""The recordings that a migration reads and adds to, whatever kind of store holds them.

a folder, a database (`Store`), by URL or object    names as they stand
`FileStore`, `InMemoryStore`                        the same, under their own names for ids
a program's own `InteractionStore`                  through its coroutines; it must have ``ids()``
"""

from __future__ import annotations

import inspect
import os
from abc import ABC, abstractmethod
from typing import Any

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.identity import Key
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import RedactSettings
from agentrec_auto.store.base import Store
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.interaction import InteractionStore, StandingStore, file_names
from agentrec_auto.store.location import open_store

AnyStore = InteractionStore | Store | str | os.PathLike[str]


class Recordings(ABC):
    """A corpus, as a migration uses it."""

    where: str
    """What to call it in messages."""

    redactor: Redactor
    """What takes secrets out of the answers that are added."""

    lock_file: str | None = None
    """Where processes that ask the same questions meet; None where they can't."""

    @abstractmethod
    async def names(self) -> list[str]:
        """All names, sorted."""

    @abstractmethod
    async def load(self, name: str) -> CapturedInteraction:
        """The recording of that name; KeyError for none, `BrokenRecordingError` where it can't be read."""

    async def read(self, name: str) -> CapturedInteraction:
        """The same, its body as one chunk where that is cheaper: not to be written back."""
        return await self.load(name)

    @abstractmethod
    async def find(self, interaction_id: str) -> CapturedInteraction | None:
        """What is kept under an id, as by `read`; None where nothing is, or nothing that can be read."""

    @abstractmethod
    async def keep(self, interaction_id: str, interaction: CapturedInteraction) -> None:
        """Keep it under the id, in the place of what is there."""

    async def rewrite(self, name: str, interaction: CapturedInteraction) -> None:
        """Put it under a name that `names` gave."""
        await self.keep(name, interaction)


class Standing(Recordings):
    """Recordings in a `Store`."""

    def __init__(self, store: Store, redactor: Redactor, names_of: Any = file_names) -> None:
        self.where = store.where
        self.redactor = redactor
        self._store = store
        self._names_of = names_of
        if isinstance(store, FolderStore):
            self.lock_file = os.path.join(store.where, ".agentrec-asking")
        elif os.path.isfile(store.where):
            self.lock_file = f"{store.where}.asking"

    async def names(self) -> list[str]:
        return sorted(self._store.unsorted_names())

    async def load(self, name: str) -> CapturedInteraction:
        return self._store.load(name)

    async def read(self, name: str) -> CapturedInteraction:
        return self._store.load_in_one(name)

    async def find(self, interaction_id: str) -> CapturedInteraction | None:
        for name in self._names_of(interaction_id):
            try:
                return self._store.load_in_one(name)
            except (KeyError, BrokenRecordingError):  # noqa: PERF203
                continue
        return None

    async def keep(self, interaction_id: str, interaction: CapturedInteraction) -> None:
        name = self._names_of(interaction_id)[0]
        if name in self._store:
            self._store.rewrite(name, interaction)
        else:
            run = str(interaction.metadata.get("run", ""))
            self._store.add(Key(name), interaction, take=1, run=run, replace=False)

    async def rewrite(self, name: str, interaction: CapturedInteraction) -> None:
        self._store.rewrite(name, interaction)


class Foreign(Recordings):
    """Recordings in a program's own store."""

    def __init__(self, store: InteractionStore) -> None:
        self.where = str(getattr(store, "root", type(store).__name__))
        self.redactor = Redactor(RedactSettings(), os.environ)
        self._store = store

    async def names(self) -> list[str]:
        ids = getattr(self._store, "ids", None)
        if ids is None:
            raise TypeError(
                f"{type(self._store).__name__} can't say what it holds: a migration needs ids(), which gives "
                "the ids of all recordings"
            )
        found = ids()
        return sorted(await found if inspect.isawaitable(found) else found)

    async def load(self, name: str) -> CapturedInteraction:
        return await self._store.load(name)

    async def find(self, interaction_id: str) -> CapturedInteraction | None:
        try:
            return await self._store.load(interaction_id)
        except (KeyError, BrokenRecordingError):
            return None

    async def keep(self, interaction_id: str, interaction: CapturedInteraction) -> None:
        await self._store.save(interaction_id, interaction)


def recordings_of(store: AnyStore, redactor: Redactor | None = None) -> Recordings:
    """The recordings in a store, or where one is. ``redactor`` is what the user's settings ask for."""
    if isinstance(store, (str, os.PathLike)):
        store = open_store(store)
    if isinstance(store, StandingStore) and not _is_their_own(store):
        return Standing(store.store, redactor or store.redactor, store.names_of)
    if isinstance(store, Store):
        return Standing(store, redactor or Redactor(RedactSettings(), os.environ))
    if not hasattr(store, "save") or not hasattr(store, "load"):
        raise TypeError(f"no store: {store!r}; expected an InteractionStore, a Store, or where one is")
    return Foreign(store)


def _is_their_own(store: StandingStore) -> bool:
    """Whether a program has made another store of ours, whose methods must be asked."""
    return type(store).__module__.partition(".")[0] != __name__.partition(".")[0]
