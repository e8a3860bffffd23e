"""A finder finds secrets in one text, its escapes undone; it doesn't know what the text is part of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from agentrec_auto.errors import ConfigError
from agentrec_auto.redaction import fields
from agentrec_auto.redaction.edits import Edit
from agentrec_auto.redaction.shapes import SHAPES, Shape
from agentrec_auto.redaction.signs import signs
from agentrec_auto.redaction.values import Value
from agentrec_auto.settings import Replacement

_BLOB = re.compile(
    r"(?:data:[\w.+/;=-]{0,200};base64,)?(?:[A-Za-z0-9+/]{60,}\r?\n)*[A-Za-z0-9+/]*={0,2}\s*", re.ASCII
)
_BLOB_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the user wants replaced wherever it matches."""

    pattern: re.Pattern[str]
    text: str

    def edits(self, text: str) -> Iterator[Edit]:
        """Its matches, but for empty ones."""
        for match in self.pattern.finditer(text):
            if match.end() > match.start():
                yield Edit(match.start(), match.end(), match.expand(self.text))


def patterns(replacements: Iterable[Replacement]) -> tuple[Pattern, ...]:
    """The user's patterns, compiled; `ConfigError` for one that can't be."""
    compiled = []
    for replacement in replacements:
        try:
            pattern = re.compile(replacement.pattern)
            pattern.sub(replacement.with_, "")  # refuses a \1 the pattern has no group for
        except (re.error, IndexError) as error:
            raise ConfigError(
                f"bad pattern {replacement.pattern!r} ({error})",
                where="[redact] patterns",
                expected="a regex",
            ) from error
        compiled.append(Pattern(pattern, replacement.with_))
    return tuple(compiled)


@dataclass(frozen=True, slots=True)
class Finder:
    """What is looked for, in order of rank: where two things match in one place, the first names it."""

    named: tuple[Value, ...] = ()
    """What the user named: values of variables."""

    patterns: tuple[Pattern, ...] = ()
    """What the user described."""

    shapes: tuple[Shape, ...] = SHAPES
    known: tuple[Value, ...] = ()
    """Secrets that nobody named to us: the request's credential, values of well-known variables."""

    fields: bool = True
    """Whether secret-named fields count."""

    def knowing(self, values: tuple[Value, ...]) -> Finder:
        """This one, with more secrets known."""
        return replace(self, known=values + self.known) if values else self

    def narrowed(self, text: str, *, repeats: bool = False) -> Finder | None:
        """A finder that finds the same in ``text``, raw or decoded, and looks for less; None for nothing.

        It also finds the same in any part of ``text``, such as the strings of a JSON document.
        ``repeats``: much of the text comes again and again, as in a stream of events.
        """
        near = signs(text)
        if near.hides_letters:
            return self
        named = tuple([value for value in self.named if value.is_near(text)]) if self.named else ()
        known = tuple([value for value in self.known if value.is_near(text)]) if self.known else ()
        has_fields = (
            near.has_names and self.fields and (_has_fields(text) if repeats else fields.is_near(text))
        )
        if not (named or self.patterns or near.shapes or known or has_fields):
            return None
        return Finder(named, self.patterns, near.shapes, known, has_fields)

    def find(self, text: str) -> list[Edit]:
        """What is to be replaced in ``text``, a decoded one; fields aside. By rank, overlapping."""
        edits = [edit for value in self.named for edit in value.edits(text)]
        for pattern in self.patterns:
            edits += pattern.edits(text)
        # A picture is no place for a key, but large enough to hold its beginning by chance.
        if not (len(text) > _BLOB_LENGTH and _BLOB.fullmatch(text)):
            # All of them are here only if the text around this one couldn't be gated.
            near = signs(text).shapes if len(self.shapes) == len(SHAPES) else self.shapes
            for shape in near:
                group = 1 if shape.pattern.groups else 0
                edits += [
                    Edit(*match.span(group), shape.placeholder) for match in shape.pattern.finditer(text)
                ]
        for value in self.known:
            edits += value.edits(text)
        return edits


def _has_fields(text: str) -> bool:
    """`fields.is_near` for a stream's text: members that are repeated are looked at once.

    It is cut at each comma before a quote. That is never inside a JSON string, where the quote would have a
    backslash before it.
    """
    return fields.is_near("\n".join(set(text.replace(', "', ',"').split(',"'))))
