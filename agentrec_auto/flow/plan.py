"""What becomes of a request: one of four, decided before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from agentrec_auto.capture import Ending
from agentrec_auto.flow.miss import Miss
from agentrec_auto.flow.reel import Reel
from agentrec_auto.flow.tap import Tap


@dataclass(frozen=True, slots=True)
class Replay:
    """Answer from a recording, at ``speed`` times its pace (0: at once)."""

    reel: Reel
    speed: float
    fell_short: Callable[[Reel], None]
    """Called when the caller reads past the end of an abandoned recording."""

    is_plain: bool = field(init=False)
    """Whether it is just the chunks: without waits, and nothing behind the last."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_plain", not self.speed and self.reel.ending is Ending.COMPLETE)

    @property
    def number(self) -> int:
        """How many `pieces` there are."""
        return len(self.reel.chunks) + bool(self.reel.last_words)

    def pieces(self) -> Iterator[tuple[float, bytes]]:
        """(seconds to wait, bytes): the chunks and, if a caller reads past an abandoned stream, an event that
        says so."""
        yield from self.reel.paced(self.speed)
        if words := self.reel.last_words:
            self.fell_short(self.reel)
            yield 0.0, words

    def falls_short(self) -> str | None:
        """Asked after the last piece: the text of the error to raise, as the recording was abandoned here
        (the miss is noted); None if it is whole."""
        text = self.reel.shortfall
        if text is not None and not self.reel.last_words:
            self.fell_short(self.reel)
        return text


@dataclass(frozen=True, slots=True)
class Record:
    """Let it through, and show the tap what comes back."""

    tap: Tap


@dataclass(frozen=True, slots=True)
class Pass:
    """Let it through; it is none of our business."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with the miss; nothing goes out."""

    miss: Miss


Plan = Replay | Record | Pass | Refuse
PASS = Pass()


def never(plan: NoReturn) -> NoReturn:
    """After a ``match`` over a plan: a type checker sees that every kind was dealt with."""
    raise AssertionError(f"no such plan: {plan!r}")
