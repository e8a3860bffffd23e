"""The JSON document in a model's answer: bare, in a code fence, or with words around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NoReturn

_FENCE = re.compile(r"```[ \t]*[A-Za-z0-9_-]{0,20}[ \t]*\r?\n")
_ATTEMPTS = 100
_PATIENCE = 1_000_000
"""Characters that are read in vain, beside twice the text, before the search is given up: a text of many
brackets would take for ever."""

_TOO_DEEP = "it is nested too deep"


class NoJsonError(ValueError):
    """An answer without a JSON document."""


class AmbiguousJsonError(ValueError):
    """A document that parsers don't agree on: a key twice, NaN, nesting without end."""


def found_in(text: str) -> Any:
    """The first document in a text: `NoJsonError` where there is none, `AmbiguousJsonError` why it's none.

    Words around it don't count, and neither does a fence. In prose only objects and arrays are looked for: a
    number in a sentence is no document.
    """
    bare = text.strip().removeprefix("\ufeff")
    try:
        return _DECODER.decode(bare)
    except AmbiguousJsonError:
        raise
    except RecursionError:
        raise AmbiguousJsonError(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        why = f"{error.msg} at character {error.pos:,}" if bare else "it is empty"
    except ValueError as error:
        raise AmbiguousJsonError(str(error)) from None
    for document in documents_in(bare):
        return document
    raise NoJsonError(why)


def is_bare(text: str) -> bool:
    """Whether a text that has a document is nothing but that."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def documents_in(text: str) -> Iterator[Any]:
    """The objects and arrays in a text with words around them, fenced ones first, none inside another."""
    for found in _fences(text):
        end = text.find("```", found.end())
        with suppress(_NotHereError):
            yield _decoded(text[found.end() : end if end >= 0 else len(text)].strip(), 0)[0]
    at, budget = 0, _PATIENCE + 2 * len(text)
    while budget > 0 and (at := _next(text, at)) >= 0:
        try:
            document, end = _decoded(text, at)
        except _NotHereError as error:  # noqa: PERF203
            budget -= error.read + _PATIENCE // _ATTEMPTS
            at += 1
        else:
            if _is_meant(document):
                yield document
            at = end


class _NotHereError(Exception):
    """No document begins there; so many characters were read to know."""

    def __init__(self, read: int) -> None:
        super().__init__()
        self.read = read


def _decoded(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except AmbiguousJsonError:
        raise
    except RecursionError:
        raise AmbiguousJsonError(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise _NotHereError(error.pos - at) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise AmbiguousJsonError(str(error)) from None


def _is_meant(document: Any) -> bool:
    """Whether something among words is a document, and no ``[1]`` of a footnote, no ``{}`` of a template."""
    if isinstance(document, list):
        return any(not isinstance(one, (int, float)) for one in document)
    return bool(document)


def _fences(text: str) -> Iterator[re.Match[str]]:
    """The openings of code blocks: every other fence closes one."""
    at = 0
    for _ in range(_ATTEMPTS):
        opened = _FENCE.search(text, at)
        if opened is None:
            return
        yield opened
        closed = text.find("```", opened.end())
        if closed < 0:
            return
        at = closed + 3


def _next(text: str, at: int) -> int:
    places = [place for place in (text.find("{", at), text.find("[", at)) if place >= 0]
    return min(places, default=-1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise AmbiguousJsonError(f"it has the key {twice[:40]!r} twice in one object")
    return made


def _constant(spelled: str) -> NoReturn:
    raise AmbiguousJsonError(f"it has {spelled}, which JSON doesn't")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
