"""Where two JSON documents differ, leaf by leaf.

A leaf is a string, a number, true, false, null, or an empty object or array. Numbers are equal by value
(``1`` and ``1.0``), and never equal to true or false. Nothing here recurses: documents may be nested deeper
than the interpreter's stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from agentrec_auto.bodypaths import START, BodyPath, Places

_LISTED = 5
_SHOWN = 40
_PLAIN_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$")

Where = tuple[Any, ...]
"""A place in a document, from the leaf to the root: ``(parent, step)``, and ``()`` at the root."""


class _Nothing:
    """What one side has not got."""


_NOTHING = _Nothing()


@dataclass(slots=True)
class Likeness:
    """What two documents share."""

    equal: int = 0
    total: int = 0
    """Leaves of both: one that only one side has counts, too."""

    differing: list[str] = field(default_factory=list)
    """The first differences, in words."""

    differences: int = 0

    @property
    def score(self) -> float:
        """The share of equal leaves; 1.0 where there are none."""
        return self.equal / self.total if self.total else 1.0

    def detail(self) -> str:
        """The differences, in a line."""
        told = "; ".join(self.differing)
        more = self.differences - len(self.differing)
        return f"{told}; and {more:,} more" if more else told

    def _differs(self, where: Where, baseline: Any, target: Any) -> None:
        self.differences += 1
        if len(self.differing) >= _LISTED:
            return
        place = _spelled(where) or "the whole"
        if target is _NOTHING:
            told = f"{place}: missing (was {_shown(baseline)})"
        elif baseline is _NOTHING:
            told = f"{place}: extra ({_shown(target)})"
        else:
            told = f"{place}: {_shown(baseline)} → {_shown(target)}"
        self.differing.append(told)


def likeness(baseline: Any, target: Any, fields: Sequence[BodyPath] = ()) -> Likeness:
    """What two documents share, or their ``fields``, where there are any."""
    found = Likeness()
    start = tuple(START for _ in fields)
    pending: list[tuple[Where, tuple[Places, ...], Any, Any]] = [((), start, baseline, target)]
    while pending:
        where, places, old, new = pending.pop()
        if not places and not _are_alike(old, new):
            _count_apart(found, where, old, new)
            continue
        steps = _steps(old, new)
        if not places and not steps:
            found.total += 1
            if _same(old, new):
                found.equal += 1
            else:
                found._differs(where, old, new)
            continue
        for step in reversed(steps):
            reached = _reached(fields, places, step) if places else ()
            if reached is not None:
                pending.append(((where, step), reached, _member(old, step), _member(new, step)))
    return found


def leaves(document: Any) -> Iterator[tuple[str, Any]]:
    """Each leaf, with its place."""
    pending: list[tuple[Where, Any]] = [((), document)]
    while pending:
        where, value = pending.pop()
        steps = _steps(value, _NOTHING)
        if not steps:
            yield _spelled(where), value
        pending.extend(((where, step), _member(value, step)) for step in reversed(steps))


def _count_apart(found: Likeness, where: Where, old: Any, new: Any) -> None:
    """Of a place where the sides are not of one kind: no leaf is equal."""
    sizes = [sum(1 for _ in leaves(one)) for one in (old, new) if one is not _NOTHING]
    found.total += max(sizes)
    found._differs(where, old, new)


def _are_alike(old: Any, new: Any) -> bool:
    """Whether members can be compared one by one: two objects, two arrays, or two leaves."""
    return _kind(old) is _kind(new)


def _kind(value: Any) -> type:
    if isinstance(value, (dict, list)):
        return type(value)
    return _Nothing if value is _NOTHING else object


def _steps(old: Any, new: Any) -> list[Any]:
    """Names or positions of both sides' members."""
    if isinstance(old, dict) or isinstance(new, dict):
        names = dict.fromkeys(old if isinstance(old, dict) else ())
        names.update(dict.fromkeys(new if isinstance(new, dict) else ()))
        return list(names)
    sizes = [len(one) for one in (old, new) if isinstance(one, list)]
    return list(range(max(sizes, default=0)))


def _member(value: Any, step: Any) -> Any:
    if isinstance(value, dict):
        return value.get(step, _NOTHING)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return _NOTHING


def _reached(fields: Sequence[BodyPath], places: tuple[Places, ...], step: Any) -> tuple[Places, ...] | None:
    """How far each field's path leads by this step: () where one has arrived, None where none leads on.

    A position is met by ``*`` and by a number among dots, too: ``entities.*`` and ``entities.0``.
    """
    led = []
    for path, come in zip(fields, places, strict=True):
        next_ = path.step(come, step)
        if isinstance(step, int):
            next_ |= path.step(come, str(step))
        if path.arrives(next_):
            return ()
        led.append(next_)
    return tuple(led) if any(led) else None


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new)


def _spelled(where: Where) -> str:
    steps = []
    while where:
        where, step = where
        steps.append(step)
    told = ""
    for step in reversed(steps):
        if isinstance(step, int):
            told += f"[{step}]"
        elif _PLAIN_NAME.issuperset(step) and step:
            told += f".{step}" if told else step
        else:
            told += f"[{_shown(step)}]"
    return told if len(told) <= 2 * _SHOWN else f"…{told[-2 * _SHOWN :]}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    told = value if isinstance(value, str) else str(value)
    cut = " ".join(told[: 4 * _SHOWN].split())
    cut = cut if len(told) <= 4 * _SHOWN and len(cut) <= _SHOWN else f"{cut[:_SHOWN]}…"
    return f'"{cut}"' if isinstance(value, str) else cut
