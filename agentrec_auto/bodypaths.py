"""Paths into JSON bodies, as people write them in the config.

    metadata.run                 a member of a member
    messages[*].content          of every element of an array
    tools[0].name                of one element
    **.customer_email            of any object, however deep
    metadata.*                   every member
    metadata["billing.id"]       a name with a dot, a bracket or a quote in it

A `BodyPath` is parsed once. It is also an automaton over the steps that lead down into a document (`START`,
`step`, `arrives`), so that a reader which meets the members one by one, without a parsed document, can
follow it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from enum import Enum
from typing import Any

from agentrec_auto.errors import ConfigError

Step = str | int
"""What leads from a container to a value: a member's name or an element's position."""

Places = frozenset[int]
"""How far one has come into a path: indices of the parts that may match next, several after ``**``."""

START: Places = frozenset((0,))

_PART = re.compile(
    r"""(?P<deep>\*\*)
      | (?P<any>\*)
      | (?P<name>[^.\[\]"*]+)
      | \[\s*(?:(?P<every>\*)|(?P<index>\d{1,9})|(?P<quoted>"(?:[^"\\]|\\.)*"))\s*\]""",
    re.VERBOSE,
)
_EXPECTED = 'names joined by dots, with [0], [*], ** for any depth or ["a.b"] for an odd name'


class _Wild(Enum):
    MEMBER = "*"
    ELEMENT = "[*]"
    DEEP = "**"


@dataclass(frozen=True, slots=True)
class BodyPath:
    """One path, parsed and checked; made by `compile`."""

    text: str
    parts: tuple[Step | _Wild, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The member names that a document must have for this path to lead anywhere in it."""
        return tuple(part for part in self.parts if isinstance(part, str))

    def find(self, document: Any) -> Iterator[Any]:
        """The values in a parsed JSON document that this leads to."""
        pending: list[tuple[Any, Places]] = [(document, START)]
        while pending:  # no recursion: a document may be nested deeper than the interpreter's stack
            container, places = pending.pop()
            for step, value in _members(container):
                reached = self.step(places, step)
                if self.arrives(reached):
                    yield value
                elif reached:
                    pending.append((value, reached))

    def removed(self, document: Any) -> Any:
        """The document without the values this leads to; the argument is left alone.

        A document that has none is returned as it is; else what lies along the path is copied.
        """
        if not any(True for _ in self.find(document)):
            return document
        whole = copy(document)
        pending: list[tuple[Any, Places]] = [(whole, START)]
        while pending:
            container, places = pending.pop()
            dropped = []
            for step, value in list(_members(container)):
                reached = self.step(places, step)
                if self.arrives(reached):
                    dropped.append(step)
                elif reached and isinstance(value, (dict, list)):
                    container[step] = copy(value)
                    pending.append((container[step], reached))
            for step in reversed(dropped):  # from the back, so that the positions of the others stay true
                del container[step]
        return whole

    def step(self, places: Places, step: Step) -> Places:
        """Where one is after following ``step``; empty once the path can't be met any more."""
        reached = set()
        for place in places:
            part = self.parts[place] if place < len(self.parts) else None
            if part is _Wild.DEEP:  # it takes this step and goes on, or ends and the part behind it takes it
                reached.add(place)
                place += 1
                part = self.parts[place]
            if part is None:
                continue
            if part is _Wild.MEMBER:
                is_met = isinstance(step, str)
            elif part is _Wild.ELEMENT:
                is_met = isinstance(step, int)
            else:
                is_met = part == step
            if is_met:
                reached.add(place + 1)
        return frozenset(reached)

    def arrives(self, places: Places) -> bool:
        """Whether the value at these places is one that the path leads to."""
        return len(self.parts) in places


def compile(text: str, *, where: str = "a body path") -> BodyPath:
    """The path that ``text`` spells.

    ``where`` names the setting in the `ConfigError` that answers a bad spelling.
    """
    parts: list[Step | _Wild] = []
    at = 0
    while at < len(text):
        if at and text[at] != "[":
            if text[at] != ".":
                raise _bad(text, where)
            at += 1
        found = _PART.match(text, at)
        if found is None:
            raise _bad(text, where)
        parts.append(_part(found, text, where))
        at = found.end()
        if text[at:] == ".":
            raise _bad(text, where)
    if not parts or parts[-1] is _Wild.DEEP:
        raise _bad(text, where)
    # `**.**` says no more than `**`, and the automaton looks only one part behind a `**`
    kept = [part for i, part in enumerate(parts) if part is not _Wild.DEEP or parts[i + 1] is not _Wild.DEEP]
    return BodyPath(text, tuple(kept))


def _members(container: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(container, dict):
        return container.items()
    return enumerate(container) if isinstance(container, list) else ()


def _part(found: re.Match[str], text: str, where: str) -> Step | _Wild:
    match found.lastgroup:
        case "deep":
            return _Wild.DEEP
        case "any":
            return _Wild.MEMBER
        case "every":
            return _Wild.ELEMENT
        case "index":
            return int(found["index"])
        case "quoted":
            try:
                return str(json.loads(found["quoted"]))
            except ValueError:
                raise _bad(text, where) from None
        case _:
            return found["name"].strip()


def _bad(text: str, where: str) -> ConfigError:
    return ConfigError(f"bad body path {text!r}", where=where, expected=_EXPECTED)
