"""Sequences that aren't in memory: their members are read anew each time they are iterated."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

_T = TypeVar("_T")


class Reread(Sequence[_T]):
    """A sequence that knows its length, and has its members only while it is iterated."""

    @property
    def is_stale(self) -> bool:
        """Whether what it is read from has changed, so that it can't be read any more."""
        return False

    @abstractmethod
    def __iter__(self) -> Iterator[_T]:
        """Reads each member when it is asked for."""

    @overload
    def __getitem__(self, place: int) -> _T: ...

    @overload
    def __getitem__(self, place: slice) -> list[_T]: ...

    def __getitem__(self, place: int | slice) -> _T | list[_T]:
        if isinstance(place, slice):
            return list(self)[place]
        return self._at(range(len(self))[place])

    def _at(self, place: int) -> _T:
        """The member at ``place``, from 0; unless a subclass knows better, all before it are read too."""
        return next(islice(self, place, None))
