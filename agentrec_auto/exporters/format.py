"""What a format is: a writer of recordings in the form of another tool."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.corpus.held import Held
from agentrec_auto.errors import AgentrecError
from agentrec_auto.phrases import phrase_of


class UnfitError(AgentrecError):
    """A recording that has no place in a format; says why."""


@dataclass(frozen=True, slots=True)
class Left:
    """A recording that was left out."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of the file."""

    data: bytes
    name: str = ""
    """The recording that it is; empty for what stands around them."""


class Format(ABC):
    """A form that recordings can be written in. Has no state."""

    name: ClassVar[str]
    """As in ``--format``."""

    @abstractmethod
    def pieces(self, recordings: Iterable[Held]) -> Iterator[Written | Left]:
        """The file, piece by piece, in the order of the recordings."""


class Lines(Format):
    """A form with a line for each recording."""

    @abstractmethod
    def line(self, held: Held) -> bytes:
        """The line of a recording, without its end; `UnfitError` for one that is left out."""

    def pieces(self, recordings: Iterable[Held]) -> Iterator[Written | Left]:
        for held in recordings:
            try:
                yield Written(self.line(held) + b"\n", held.name)
            except UnfitError as error:  # noqa: PERF203
                yield Left(held.name, str(error))


def reason_of(interaction: CapturedInteraction) -> str:
    """What stood beside its status, or would have."""
    said = interaction.response_extensions.get("reason_phrase")
    if isinstance(said, bytes) and said:
        return said.decode("ascii", "replace")
    return phrase_of(interaction.response_status)
