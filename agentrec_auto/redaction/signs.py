"""What gives secrets away, looked for in one pass: the literals of shapes, and the names of secret fields.

The pass is an Aho-Corasick automaton's: 2 ms for a megabyte, where ``in``, one literal after the other, takes
35. It reads lower case, because names of fields may be spelled in any way; a literal of a shape that it finds
is looked for once more, as it is spelled.
"""

from __future__ import annotations

from functools import cache

from agentrec_auto.compiled import Words
from agentrec_auto.redaction.edits import in_pieces
from agentrec_auto.redaction.fields import NAME_ENDS
from agentrec_auto.redaction.shapes import SHAPES, Shape, hides_letters

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
_WORDS = (*_SPELLINGS, *NAME_ENDS)
_OVERLAP = max(map(len, _WORDS)) - 1


def shapes_near(text: str) -> tuple[Shape, ...]:
    """The shapes that a text, raw or decoded, may hold; mostly none."""
    return SHAPES if hides_letters(text) else signs(text)[0]


def signs(text: str) -> tuple[tuple[Shape, ...], bool]:
    """The shapes that a text may hold in which no letter is hidden, and whether there may be a field whose
    name is a secret's."""
    found = _words_in(text)
    literals = [sign for sign in _CHARACTERS if sign in text]
    if not found:
        return _behind(literals, text) if literals else (), False
    literals += [literal for word in found for literal in _SPELLINGS.get(word, ()) if literal in text]
    return _behind(literals, text), not found.isdisjoint(NAME_ENDS)


def _behind(literals: list[str], text: str) -> tuple[Shape, ...]:
    ranks = sorted({rank for literal in literals for rank in _BEHIND[literal]})
    return tuple(shape for shape in map(SHAPES.__getitem__, ranks) if shape.is_hinted_at(text))


def _words_in(text: str) -> set[str]:
    """The words that are in a text; a piece at a time, for each time one is met takes memory."""
    words = _words()
    return {_WORDS[place] for piece in in_pieces(text, _OVERLAP) for place in words.all_in(piece.lower())}


@cache
def _words() -> Words:
    return Words(word.encode() for word in _WORDS)
