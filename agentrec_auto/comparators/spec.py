"""Which comparators are meant: ``toolcalls,json:category,entities.*,judge``.

    spec    = item *("," item)
    item    = name [":" option *("+" option)]
    options = what the comparator takes: fields of json, modes of toolcalls

Names are read without case, options with it. A word that names no comparator, behind an item with options,
is one more option of that item, so that fields may be listed with commas: ``json:category,priority,judge``
is ``json:category+priority,judge``. A field that is called like a comparator needs the ``+``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

_NEAR = 75.0
"""Likeness, of 100, from which a word is taken for a misspelt comparator rather than a field."""


@dataclass(frozen=True, slots=True)
class Item:
    """One comparator that is meant."""

    name: str
    options: tuple[str, ...] = ()


def parsed(spec: str, known: Collection[str], all_of_them: tuple[str, ...]) -> list[Item]:
    """The comparators a spec names, each once, in its order; ValueError, in words, for what it can't mean."""
    items: list[Item] = []
    for word in (part.strip() for part in spec.split(",")):
        name, colon, rest = word.partition(":")
        name = name.strip().lower()
        if not word:
            continue
        if name == "all" and not colon:
            items += [Item(one) for one in all_of_them]
        elif name in known:
            items.append(Item(name, _options(rest)))
        elif items and items[-1].options and not colon and _is_option(word, known):
            items[-1] = Item(items[-1].name, (*items[-1].options, *_options(word)))
        else:
            raise ValueError(_unknown(word, items, known))
    if not items:
        raise ValueError("no comparators selected")
    return list(dict.fromkeys(items))


def _options(rest: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in rest.split("+") if part.strip()))


def _is_option(word: str, known: Collection[str]) -> bool:
    from rapidfuzz import fuzz

    return all(fuzz.ratio(word.lower(), name) < _NEAR for name in known)


def _unknown(word: str, items: list[Item], known: Collection[str]) -> str:
    told = f"unknown comparator {word!r}; expected any of {', '.join(known)} or 'all'"
    if items and items[-1].options and ":" not in word:
        last = items[-1]
        told += f" (one more option of {last.name} is written {last.name}:{'+'.join((*last.options, word))})"
    return told
