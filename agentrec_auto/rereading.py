"""Sequences that are no lists: what is in them is read anew each time they are gone through."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

_T = TypeVar("_T")


class Reread(Sequence[_T]):
    """A sequence that knows how many there are, and has them only while it is iterated."""

    @property
    def is_stale(self) -> bool:
        """Whether what it is read from isn't any more what it was."""
        return False

    @abstractmethod
    def __iter__(self) -> Iterator[_T]:
        """Reads on as it is asked to."""

    @overload
    def __getitem__(self, place: int) -> _T: ...

    @overload
    def __getitem__(self, place: slice) -> list[_T]: ...

    def __getitem__(self, place: int | slice) -> _T | list[_T]:
        if isinstance(place, slice):
            return list(self)[place]
        return self._at(range(len(self))[place])

    def _at(self, place: int) -> _T:
        """The one at a place, counted from the front; all before it are read too."""
        return next(islice(self, place, None))
