"""The stores of the library API: by id, asynchronous, and all that a program has to write to bring its own.

A program's own `InteractionStore` keeps one interaction an id. Ours stand on a `Store`, so that explicit
transports find in them takes, first writers and names as everywhere else.
"""

from __future__ import annotations

import hashlib
import os
import re
from abc import ABC, abstractmethod
from pathlib import Path

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import RedactSettings
from agentrec_auto.store.base import Store
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore
from agentrec_auto.store.scrubbing import Patterns, Scrubber

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST = 180


class InteractionStore(ABC):
    """Keeps interactions by id. A program's own store defines `save` and `load`."""

    @abstractmethod
    async def save(self, interaction_id: str, interaction: CapturedInteraction) -> None:
        """Keep ``interaction`` under the id, in the place of what was there."""

    @abstractmethod
    async def load(self, interaction_id: str) -> CapturedInteraction:
        """The interaction under the id; KeyError for none."""

    async def discard(self, interaction_id: str) -> None:  # noqa: B027
        """Forget what is under the id, if anything is.

        Does nothing unless a store defines it; one that should forget earlier takes when a question is
        recorded anew must.
        """

    async def has(self, interaction_id: str) -> bool:
        """Whether something is under the id; by loading it, unless a store knows better."""
        try:
            await self.load(interaction_id)
        except KeyError:
            return False
        return True


class StandingStore(InteractionStore):
    """An `InteractionStore` on a `Store`."""

    def __init__(self, store: Store, redactor: Redactor) -> None:
        self.store = store
        """Where it stands: what the transports talk to."""

        self.redactor = redactor
        """How what is recorded into it is redacted."""

    def names_of(self, interaction_id: str) -> tuple[str, ...]:
        """The name of an id in `store`, and those under which others may have kept it."""
        return (interaction_id,)

    def missing(self, interaction_id: str) -> str:
        """The sentence for an id under which there is nothing."""
        return missing(interaction_id, "")

    async def save(self, interaction_id: str, interaction: CapturedInteraction) -> None:
        self.store.rewrite(self.names_of(interaction_id)[0], interaction)

    async def load(self, interaction_id: str) -> CapturedInteraction:
        name = self._name_of(interaction_id)
        if name is None:
            raise KeyError(self.missing(interaction_id))
        return self.store.load(name)

    async def has(self, interaction_id: str) -> bool:
        return interaction_id in self

    async def discard(self, interaction_id: str) -> None:
        """Forget what is under the id, later takes of it included."""
        while (name := self._name_of(interaction_id)) is not None:
            self.store.remove(name)

    def __contains__(self, interaction_id: object) -> bool:
        return self._name_of(str(interaction_id)) is not None

    def _name_of(self, interaction_id: str) -> str | None:
        return next((name for name in self.names_of(interaction_id) if name in self.store), None)


class InMemoryStore(StandingStore):
    """Interactions in this process's memory, the very objects that were saved."""

    def __init__(self) -> None:
        super().__init__(MemoryStore(), Redactor(RedactSettings(), os.environ))


class FileStore(StandingStore):
    """One readable JSON file an interaction, in the folder ``root``, which is made.

    Everything is redacted before it is written: headers, URL, bodies. In request bodies
    ``secret_patterns`` (pairs of a compiled pattern and its replacement, instead of
    `DEFAULT_SECRET_PATTERNS`) are replaced as well; with ``scrub_request_body=False`` they stay as sent.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        scrub_request_body: bool = True,
        secret_patterns: Patterns | None = None,
    ) -> None:
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        patterns = None if secret_patterns is None else tuple(secret_patterns)
        redactor = Scrubber(scrub_request_body=scrub_request_body, patterns=patterns)
        super().__init__(FolderStore(str(self.root)), redactor)

    def names_of(self, interaction_id: str) -> tuple[str, ...]:
        return file_names(interaction_id)

    def missing(self, interaction_id: str) -> str:
        return missing(interaction_id, str(self.root))

    async def save(self, interaction_id: str, interaction: CapturedInteraction) -> None:
        await super().save(interaction_id, self.redactor.response(interaction))

    def ids(self) -> list[str]:
        """The names of all files, without their ending, sorted."""
        return sorted(self.store.names())

    def __len__(self) -> int:
        return len(self.ids())


def missing(interaction_id: str, where: str) -> str:
    """The sentence for an id under which there is nothing."""
    place = f" in {where}" if where else ""
    return f"No recorded interaction for id={interaction_id!r}{place}. Run the record phase before replaying."


def file_names(interaction_id: str) -> tuple[str, ...]:
    """The name of an id's file, and the one that agentrec 0.2 gave it.

    What isn't safe in a file's name becomes ``_``; then a hash of the id tells ``a/b`` from ``a_b``, as in
    agentrec 1.0.
    """
    safe = _UNSAFE.sub("_", interaction_id) or "x"
    if safe == interaction_id and not safe.startswith(".") and len(safe) <= _LONGEST:
        return (safe,)
    told = hashlib.sha256(interaction_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe[:_LONGEST].lstrip('.') or 'x'}-{told}", safe
