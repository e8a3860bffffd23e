"""What a store does, for the recorder.

A store keeps interactions by key and take. Theory of operation:

* Takes of a key are numbered 1, 2, 3 … without a gap, in the order they were **finished**; the number is
  part of the name only. Each says in its metadata when it was **asked** (``order``), and `takes` gives
  them in that order, so that of two equal questions under way at once the first asked is the first
  replayed, whichever was answered first, and a process killed between the two leaves no hole.
* The first writer of a take wins within a run; a later run may `replace` what earlier ones recorded.
* Methods are synchronous and short, safe under threads and processes, and never lose what a finished
  `add` has stored.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.identity import Key


@dataclass(frozen=True, slots=True)
class Recording:
    """A stored interaction and its name in the store (``<key>`` or ``<key>.take2``)."""

    name: str
    interaction: CapturedInteraction


class Store(ABC):
    """Keeps interactions by key and take."""

    where: str
    """What to call it in messages: a path or a URL."""

    unread: Set[str] = frozenset()
    """Names of what `takes` has left out so far, where the store keeps them: replay then puts no other take
    in their place."""

    patience_s: float = 30.0
    """How long a change waits for other processes, in a store where it has to; then `StoreBusyError`."""

    @abstractmethod
    def takes(self, key: Key) -> Sequence[Recording]:
        """All takes of ``key`` in the order they were asked; what can't be read is left out."""

    def only(self, key: Key) -> Recording | None:
        """The take of ``key``, if it is the only one and the store can say so faster than by `takes`.

        None means nothing: ask `takes`. The recording's request may be parsed, and raise what is wrong with
        it, only when it is asked for.
        """
        return None

    @abstractmethod
    def add(
        self, key: Key, interaction: CapturedInteraction, *, take: int, run: str, replace: bool
    ) -> str | None:
        """Keep ``interaction`` as take number ``take`` of ``key``; its name, or None if the take was there.

        ``run`` is the run it was recorded in, as in its metadata. A take of the same run stays: the first
        writer wins, and None is returned. A take of another run is replaced if ``replace`` (and if it is
        the first, so are all others of its key); else the next free number is used.

        Of a long response, ``interaction.chunks`` may be read from a temporary file piece by piece: a
        sequence, but no list. A store that keeps the object keeps `agentrec_auto.spool.unspooled` of it.
        """

    @abstractmethod
    def rewrite(self, name: str, interaction: CapturedInteraction) -> None:
        """Put ``interaction`` under ``name``, in the place of what is stored there, if anything is."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Forget what is stored under ``name``, if anything is; later takes of its key move up by one.

        For people and their tools, not for runs: no other process should be recording the same key.
        """

    @abstractmethod
    def names(self, prefix: str = "") -> Iterator[str]:
        """Names of what is stored that start with ``prefix``, newest first where the store knows."""

    def unsorted_names(self) -> Iterator[str]:
        """The same names in no order, which may cost less."""
        return self.names()

    @abstractmethod
    def load(self, name: str) -> CapturedInteraction:
        """The interaction of that name; KeyError for none, `BrokenRecordingError` where it can't be read."""

    def load_in_one(self, name: str) -> CapturedInteraction:
        """The same with its body as one chunk: for readers of what was said, who don't ask when."""
        return self.load(name)

    def metadata(self, name: str) -> dict[str, Any]:
        """The metadata of that interaction, read without its bodies where the store can; errors as `load`.

        What it gives is not checked as `load` checks it.
        """
        return self.load(name).metadata

    @abstractmethod
    def note_secrets(self, names: Sequence[str]) -> None:
        """Remember the names (never the values) of API-key variables that were set while recording."""

    def noted_secrets(self) -> Sequence[str]:
        """What `note_secrets` was told so far, as far as the store keeps it."""
        return ()

    def __contains__(self, name: object) -> bool:
        """Whether something is stored under ``name``, readable or not."""
        try:
            self.load(str(name))
        except KeyError:
            return False
        except BrokenRecordingError:
            return True
        return True


OF_MIGRATION = ("migration__", "judge__", "embedding__")
"""Prefixes of what ``agentrec migrate`` keeps: named after what it was made from, not after its request, and
replayed to no app."""


def name_of(key: str, take: int) -> str:
    """The name of a take: the key itself for the first, ``<key>.take2`` and so on."""
    return key if take == 1 else f"{key}.take{take}"


def split_name(name: str) -> tuple[str, int]:
    """The key and take number of a name."""
    key, _, take = name.rpartition(".take")
    return (key, int(take)) if key and take.isdigit() else (name, 1)


def in_asked_order(recordings: Sequence[Recording]) -> list[Recording]:
    """Takes (given by number) in the order they were asked; those that don't say keep their place."""
    return sorted(recordings, key=lambda recording: asked_order(recording.interaction))


def asked_order(interaction: CapturedInteraction) -> int:
    """Which asking an interaction says it was; 0 where it doesn't say."""
    order = interaction.metadata.get("order", 0)
    return order if isinstance(order, int) else 0
