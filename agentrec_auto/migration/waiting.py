"""Texts that wait in a temporary file until somebody looks at them: of 10,000 answers they are most.

For a report that is written row by row. Rows and sides are what they always are; their texts are read where
they are asked for, each time anew.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import fields
from typing import Any

from agentrec_auto.comparators.base import Pair, Side
from agentrec_auto.migration.rows import RowResult

_AT_ONCE = 1 << 18
_SIZE_BITS = 32


class Texts:
    """The file; it is gone when nobody holds it any more. For one thread."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="agentrec-texts-", buffering=0)  # noqa: SIM115  # closed with us
        self._waiting: list[bytes] = []
        self._written = self._end = 0

    def keep(self, text: str) -> int:
        """Where it is, for `read`."""
        data = text.encode("utf-8", "surrogatepass")
        place = self._end << _SIZE_BITS | len(data)
        self._waiting.append(data)
        self._end += len(data)
        if self._end - self._written > _AT_ONCE:
            self._write()
        return place

    def read(self, place: int) -> str:
        """The text there."""
        at, size = place >> _SIZE_BITS, place & (1 << _SIZE_BITS) - 1
        if at + size > self._written:
            self._write()
        return _read(self._file.fileno(), size, at).decode("utf-8", "surrogatepass")

    def _write(self) -> None:
        self._file.seek(self._written)
        view = memoryview(b"".join(self._waiting))
        while view:
            view = view[self._file.write(view) :]
        self._waiting.clear()
        self._written = self._end


def _read(file: int, size: int, at: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(file, size, at)
    os.lseek(file, at, os.SEEK_SET)  # Windows
    return os.read(file, size)


class WaitingText:
    """One text; ``str()`` gives it."""

    __slots__ = ("_place", "_texts")

    def __init__(self, text: str, texts: Texts) -> None:
        self._texts = texts
        self._place = texts.keep(text)

    def __str__(self) -> str:
        return self._texts.read(self._place)


class WaitingSide(Side):
    """An answer whose text waits."""

    __slots__ = ("_place", "_texts")
    _place: int
    _texts: Texts

    @property
    def text(self) -> str:
        return self._texts.read(self._place)

    def __reduce__(self) -> tuple[Any, ...]:
        return Side, tuple(getattr(self, name) for name in _FIELDS)


_FIELDS = tuple(field.name for field in fields(Side))
_OTHERS = tuple(name for name in _FIELDS if name != "text")


def waiting(side: Side, texts: Texts | None) -> Side:
    """The same answer, its text in the file; as it is where there is no file, or little text."""
    if texts is None or not side.text:
        return side
    made = object.__new__(WaitingSide)
    for name in _OTHERS:
        object.__setattr__(made, name, getattr(side, name))
    object.__setattr__(made, "_texts", texts)
    object.__setattr__(made, "_place", texts.keep(side.text))
    return made


def present(side: Side) -> Side:
    """The same answer with its text."""
    return Side(*[getattr(side, name) for name in _FIELDS]) if isinstance(side, WaitingSide) else side


class WaitingRow(RowResult):
    """A row whose texts are those of its sides, and its question one that waits."""

    __slots__ = ("_differs", "_prompt")
    _prompt: str | WaitingText
    _differs: bool

    def lay_aside(self, pair: Pair, texts: Texts | None) -> None:
        """Let the target's text wait: it has been compared with the baseline's."""
        self._differs = pair.target.text.strip() != pair.baseline.text.strip()
        self.target = waiting(pair.target, texts)

    @property
    def differs(self) -> bool:
        return self._differs

    @property
    def prompt_text(self) -> str:
        return str(self._prompt)

    @prompt_text.setter
    def prompt_text(self, text: str | WaitingText) -> None:
        self._prompt = text

    @property
    def baseline_text(self) -> str:
        return self.baseline.text if self.baseline is not None else ""

    @baseline_text.setter
    def baseline_text(self, text: str) -> None:
        """It is its side's."""

    @property
    def target_text(self) -> str | None:
        return self.target.text if self.target is not None else None

    @target_text.setter
    def target_text(self, text: str | None) -> None:
        """It is its side's."""
