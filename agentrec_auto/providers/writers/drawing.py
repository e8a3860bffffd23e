"""How an answer is drawn, under the names of an API: what it hasn't is noted, what is too much is lowered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from agentrec_auto.providers.conversation import Sampling
from agentrec_auto.providers.writing import Notes

_BUDGETS = {"minimal": 1024, "low": 2048, "medium": 8192, "high": 16384, "xhigh": 32768, "max": 32768}
"""Thinking tokens for an effort. No provider says what its words mean in tokens; these are the steps that
clients commonly take."""


_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""The words for how hard to think, in their order."""


def drawn(sampling: Sampling, names: Mapping[str, str], title: str, notes: Notes) -> dict[str, Any]:
    """The settings that an API has, under its names (field of `Sampling` → member)."""
    told: dict[str, Any] = {}
    for one in fields(Sampling):
        value = getattr(sampling, one.name)
        if value is None or value == () or one.name == "reasoning" or (one.name == "n" and value == 1):
            continue
        if member := names.get(one.name):
            told[member] = list(value) if isinstance(value, tuple) else value
        elif one.name == "n":
            notes.say(f"n={value} left out: {title} gives one answer a request")
        else:
            notes.say(f"{one.name} {_told(value)} left out: {title} has no such setting")
    return told


def drop(body: dict[str, Any], names: tuple[str, ...], why: str, notes: Notes) -> None:
    """Take settings out, with a note."""
    for name in names:
        if body.get(name) is not None:
            notes.say(f"{name} {_told(body[name])} left out: {why}")
        body.pop(name, None)


def lower(body: dict[str, Any], name: str, most: float, who: str, notes: Notes) -> None:
    """Bring a number down to the most that is taken."""
    value = body.get(name)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value > most:
        body[name] = most
        notes.say(f"{name} {value:g} lowered to {most:g}: {who} takes no more")


def shorten(body: dict[str, Any], name: str, most: int, who: str, notes: Notes) -> None:
    """Keep the first of too many stop sequences."""
    value = body.get(name)
    if isinstance(value, list) and len(value) > most:
        notes.say(f"{name} cut to the first {most} of {len(value)}: {who} takes no more")
        body[name] = value[:most]


def effort_of(reasoning: str | int | None) -> str | None:
    """The word for how hard to think; None where it is left to the model."""
    match reasoning:
        case None | -1 | "":
            return None
        case 0:
            return "none"
        case int() as budget:
            return next(
                (word for word, most in _BUDGETS.items() if budget <= most and word != "minimal"), "high"
            )
        case word:
            return word.lower()


def nearest_effort(asked: str, taken: Sequence[str]) -> str:
    """The word among those a model takes that is nearest, rather the harder one; an unknown one stays."""
    if asked not in _EFFORTS or not taken:
        return asked
    at = _EFFORTS.index(asked)
    return min(taken, key=lambda one: (abs(_EFFORTS.index(one) - at), -_EFFORTS.index(one)))


def budget_of(reasoning: str | int | None) -> int | None:
    """The most tokens to think in; 0 for none, None where it is left to the model."""
    if reasoning is None or reasoning == -1:
        return None
    if isinstance(reasoning, int):
        return reasoning
    return 0 if reasoning.lower() == "none" else _BUDGETS.get(reasoning.lower(), 8192)


def note_effort(asked: str | int | None, told: object, notes: Notes) -> None:
    """Say so where a budget became a word, a word a budget, or a word another."""
    if isinstance(asked, str) and isinstance(told, str):
        if asked.lower() != told:
            notes.say(f"reasoning effort {asked!r} asked for as {told!r}, the nearest there is")
    elif isinstance(asked, int) and isinstance(told, int):
        if asked != told:
            notes.say(f"reasoning {_told(asked)} asked for as {_told(told)} tokens, the nearest there is")
    elif asked is not None and told is not None:
        kind = "effort" if isinstance(told, str) else "a budget of tokens"
        notes.say(f"reasoning {_told(asked)} asked for as {kind}: {_told(told)}")


def _told(value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(repr, value))
    if isinstance(value, dict):
        return "(its settings)"
    return repr(value)
