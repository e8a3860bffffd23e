"""What gives secrets away, looked for in one pass: the literals of shapes, the names of secret fields, and
escapes that hide a letter.

The pass is an Aho-Corasick automaton's: 2 ms for a megabyte, where ``in`` takes 35, one literal after the
other. It looks at the text in lower case, because field names come in any case; if it finds the literal of a
shape, whose case does count, it then compares the text as it is.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from agentrec_auto.compiled import Words
from agentrec_auto.redaction.edits import in_pieces
from agentrec_auto.redaction.fields import NAME_ENDS
from agentrec_auto.redaction.shapes import HIDING, SHAPES, Shape, hides_letters

_LITERALS = tuple(dict.fromkeys(literal for shape in SHAPES for literal in shape.gate))
_BEHIND = {
    literal: tuple(rank for rank, shape in enumerate(SHAPES) if literal in shape.gate)
    for literal in _LITERALS
}
"""For each literal, the ranks of the shapes it is a gate of."""

_CHARACTERS = tuple(literal for literal in _LITERALS if len(literal) == 1)
"""Common in prose, and nothing is faster than ``in`` here."""

_SPELLINGS = {
    word: tuple(literal for literal in _LITERALS if literal.lower() == word)
    for word in dict.fromkeys(literal.lower() for literal in _LITERALS if len(literal) > 1)
}
_SPELLED = tuple(
    tuple((literal.encode(), literal) for literal in spellings) for spellings in _SPELLINGS.values()
)
_WORDS = (*_SPELLINGS, *NAME_ENDS, *HIDING)
_FIRST_NAME_END = len(_SPELLINGS)
_FIRST_HIDING = _FIRST_NAME_END + len(NAME_ENDS)
_OVERLAP = max(map(len, _WORDS)) - 1


class Signs(NamedTuple):
    """What a text, raw or decoded, may hold."""

    shapes: tuple[Shape, ...]
    """Mostly none. All of them where letters are hidden."""

    has_names: bool
    """Whether there may be a field whose name is a secret's; true where letters are hidden."""

    hides_letters: bool
    """Whether JSON escapes hide ASCII."""


_NONE = Signs((), has_names=False, hides_letters=False)
_ANY = Signs(SHAPES, has_names=True, hides_letters=True)


def signs(text: str) -> Signs:
    """What a text may hold."""
    literals = {character for character in _CHARACTERS if character in text}
    others: set[int] = set()
    words = _words()
    for piece in in_pieces(text, _OVERLAP):  # a piece at a time, for each word that is found takes memory
        for place, at in words.all_in(piece.lower()):
            if place < _FIRST_NAME_END:
                literals.update([name for spelled, name in _SPELLED[place] if piece.startswith(spelled, at)])
            else:
                others.add(place)
    if not (literals or others):
        return _NONE
    if others and max(others) >= _FIRST_HIDING and hides_letters(text):
        return _ANY
    has_names = bool(others) and min(others) < _FIRST_HIDING
    return Signs(_behind(literals, text), has_names, hides_letters=False)


def _behind(literals: set[str], text: str) -> tuple[Shape, ...]:
    ranks = sorted({rank for literal in literals for rank in _BEHIND[literal]})
    return tuple(shape for shape in map(SHAPES.__getitem__, ranks) if shape.is_hinted_at(text))


@cache
def _words() -> Words:
    return Words(word.encode() for word in _WORDS)
