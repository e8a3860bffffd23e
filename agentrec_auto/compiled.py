"""JSON and search by compiled libraries, or by the standard library where those can't be imported.

A Python below a run in which agentrec-auto isn't installed borrows our modules from one in which it is, and
can't borrow compiled ones. The results are the same there; they take longer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from math import isfinite
from typing import Any

try:
    import orjson
except ImportError:
    orjson = None  # type: ignore[assignment]

try:
    import ahocorasick_rs
except ImportError:
    ahocorasick_rs = None  # type: ignore[assignment]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_sorted = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def loads(data: bytes | str) -> Any:
    """The JSON value in ``data``; ValueError, or RecursionError, where there is none.

    What orjson refuses (NaN, lone surrogates, deep nesting) the standard library reads, or says what is wrong
    with it.
    """
    if orjson is not None:
        try:
            return orjson.loads(data)
        except ValueError:
            pass
    return json.loads(data)


def dumps(value: Any) -> bytes:
    """The JSON of ``value`` in UTF-8, without white space; its numbers are to be finite."""
    if orjson is not None:
        try:
            return orjson.dumps(value)
        except TypeError:  # a lone surrogate, a large integer
            pass
    return _encode(value).encode("utf-8", "surrogatepass")


def sorted_json(value: Any) -> str:
    """The JSON of ``value`` as the standard library writes it: keys sorted, no white space, ASCII or not.

    Keys are made from it, so orjson writes it only where each character is sure to be the same.
    """
    if orjson is not None and is_spelled_alike(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
        except TypeError:  # a lone surrogate, a large integer, deep nesting
            pass
    return _encode_sorted(value)


def is_spelled_alike(value: Any, levels: int = 100) -> bool:
    """Whether orjson is sure to write a value as the standard library does: it spells numbers that have an
    exponent in another way."""
    kind = type(value)
    if kind is dict:
        members = value.values()
    elif kind is list or kind is tuple:
        members = value
    else:
        return _is_plain(value)
    for member in members:
        kind = type(member)
        if kind is str or kind is int:  # most are: asked here, because a call would take longer than all else
            continue
        if kind is dict or kind is list or kind is tuple:
            if not levels or not is_spelled_alike(member, levels - 1):
                return False
        elif not _is_plain(member):
            return False
    return True


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is float:
        return isfinite(value) and "e" not in repr(value)
    return kind is str or kind is int or kind is bool or value is None


class Words:
    """Literals that are searched for all at once: 2 ms for a megabyte, however many there are."""

    __slots__ = ("_find", "_reach", "_words", "any_in")

    any_in: Callable[[bytes], object]
    """Gives something true if one of them is in the bytes. The automaton's own method where there is one: not
    wrapped in one of ours, for speed."""

    def __init__(self, words: Iterable[bytes]) -> None:
        self._words = tuple(words)
        self._reach = max(map(len, self._words))
        self._find: Any = None
        self.any_in = self._is_any_in
        if ahocorasick_rs is not None:
            implementation = ahocorasick_rs.Implementation.DFA
            automaton = ahocorasick_rs.BytesAhoCorasick(self._words, implementation=implementation)
            self._find = self.any_in = automaton.find_matches_as_indexes

    def _is_any_in(self, data: bytes) -> bool:
        return any(word in data for word in self._words)

    def all_in(self, data: bytes) -> Collection[tuple[int, int]]:
        """(place, start) of each occurrence: which of the literals, by its place in ``words``, and where."""
        if self._find is None:
            return [(place, at) for place, word in enumerate(self._words) for at in _beginnings(data, word)]
        found = self._find(data)
        if not found:
            return ()
        if len(found) * 16 * self._reach > len(data):
            return [(place, at) for place, at, _ in self._find(data, overlapping=True)]
        # Literals that overlap with a found one weren't found. Near few finds, a second look is short; where
        # there are many, above, the whole is searched again.
        every: set[tuple[int, int]] = set()
        for _, start, end in found:
            begins = max(0, start - self._reach)
            near = self._find(data[begins : end + self._reach], overlapping=True)
            every.update([(place, begins + at) for place, at, _ in near])
        return every


def _beginnings(data: bytes, word: bytes) -> Iterator[int]:
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + 1)
