"""What a source finds in a document: records, what it can't read, and what is none of our business."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import AgentrecError


class UnreadableError(AgentrecError):
    """A file, a document or a record in which what it should hold can't be found; says why."""


class UnknownFormatError(UnreadableError):
    """A file that can be read, and is none of the known formats."""


@dataclass(frozen=True, slots=True)
class Record:
    """One interaction that was found."""

    interaction: CapturedInteraction
    """Its bodies without content-encoding; its metadata, what the source knows of it."""

    position: str
    """Where in its file: ``interaction 3``."""

    inferred: tuple[str, ...] = ()
    """What the source doesn't hold and was inferred: ``url``, ``content-type``, ``chunks`` …"""

    synthesised: bool = False
    """Whether its bytes were written by us, out of a conversation."""

    name: str = ""
    """The name to keep it under, as it is; empty for one that is to be keyed."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that can't be imported."""

    position: str
    why: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that is well, and no call of a model: telemetry, a web page, a span of something else."""

    position: str
    what: str
    """What it is, in words that are counted: a host, ``spans of tools``."""


Found = Record | Unread | Aside


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file."""

    value: Any
    """Made of what JSON knows, and bytes."""

    file: str
    """What to call the file."""

    position: str = ""
    """Which document of the file, if there are several: ``line 7``."""

    notes: Mapping[str, Any] = field(default_factory=dict)


class Source(ABC):
    """A reader of one format."""

    name: ClassVar[str]
    """As in ``--source``."""

    @abstractmethod
    def recognises(self, document: Document) -> bool:
        """Whether a document is of this format, by its content. Cheap, and raises nothing."""

    @abstractmethod
    def records(self, document: Document) -> Iterator[Found]:
        """What is in a document, in its order. One odd record must not cost the others: it is an `Unread`."""
