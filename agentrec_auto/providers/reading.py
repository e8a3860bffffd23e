"""Reading JSON that others wrote: what has not the expected type is passed over, and never raises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def members(value: Any) -> dict[str, Any]:
    """The object that ``value`` is; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in the array that ``value`` is."""
    if isinstance(value, list):
        for element in value:
            if isinstance(element, dict):
                yield element


def text(value: Any) -> str:
    """The text that ``value`` is; else an empty one."""
    return value if isinstance(value, str) else ""


def word(value: Any) -> str | None:
    """The text that ``value`` is, if it says something; else None."""
    return value if isinstance(value, str) and value else None


def number(value: Any) -> float | None:
    """The number that ``value`` is, or None."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def integer(value: Any) -> int | None:
    """The whole number that ``value`` is, or None."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def count(value: Any) -> int:
    """How many ``value`` says; 0 where it says nothing."""
    if type(value) is int:  # as mostly
        return max(value, 0)
    return max(integer(value) or 0, 0)


def words(value: Any) -> tuple[str, ...]:
    """The texts in ``value``: an array of them, or one alone."""
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def first_of(document: dict[str, Any], *names: str) -> Any:
    """The first of ``names`` that has a value other than null (APIs that spell it two ways); else None."""
    for name in names:
        if (value := document.get(name)) is not None:
            return value
    return None


def arguments(value: Any) -> Any:
    """A tool call's arguments: JSON out of the text they are sent as; what is no JSON stays text."""
    if not isinstance(value, str):
        return {} if value is None else value
    if not value.strip():
        return {}
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def json_text(value: Any) -> str:
    """A JSON value as text; a text as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def vector(value: Any) -> tuple[float, ...]:
    """An embedding: the numbers of an array."""
    return tuple(value) if isinstance(value, list) else ()


def rest(document: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """The members that aren't ``known``, and say something."""
    return {name: value for name, value in document.items() if name not in known and value is not None}


def inner_rest(document: dict[str, Any], name: str, known: frozenset[str]) -> dict[str, Any]:
    """The same of the object under ``name``: its members, each under both names."""
    return {f"{name}.{inner}": value for inner, value in rest(members(document.get(name)), known).items()}
