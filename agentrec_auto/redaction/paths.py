"""Where in a JSON text the values are that body paths lead to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agentrec_auto import bodypaths
from agentrec_auto.bodypaths import START, BodyPath, Places, Step
from agentrec_auto.redaction.edits import Edit
from agentrec_auto.redaction.literals import literals
from agentrec_auto.redaction.shapes import hides_letters

_TOKEN = re.compile(r'[{}\[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"?|[^\s{}\[\],:"]+', re.DOTALL)
_UNESCAPED = re.compile(r"[ !#-\[\]-~]*")
_PLACEHOLDER = '"[REDACTED]"'
_LEFT = frozenset({_PLACEHOLDER, '""', "null"})


class Paths:
    """The body paths that the user named."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._paths = tuple(bodypaths.compile(text, where="[redact] paths") for text in texts)
        self._names = tuple(
            tuple(name for name in path.names if _UNESCAPED.fullmatch(name)) for path in self._paths
        )

    def __bool__(self) -> bool:
        return bool(self._paths)

    def narrowed(self, text: str) -> tuple[BodyPath, ...]:
        """The paths that may lead somewhere in ``text``."""
        if not self._paths:
            return ()
        if hides_letters(text):
            return self._paths
        pairs = zip(self._paths, self._names, strict=True)
        return tuple(path for path, names in pairs if all(name in text for name in names))

    def leads_to(self, name: str) -> bool:
        """Whether a path is just ``name``: the field of a form."""
        return any(path.parts == (name,) for path in self._paths)


def in_document(text: str, paths: Iterable[BodyPath]) -> list[Edit]:
    """The values in a JSON text that the paths lead to, each to be replaced whole; empty ones stay."""
    return [
        Edit(start, end, _PLACEHOLDER)
        for path in paths
        for start, end in _spans(text, path)
        if text[start:end] not in _LEFT
    ]


@dataclass(slots=True)
class _Container:
    places: Places
    step: Step
    """Of the member or element that comes next."""

    is_object: bool
    wants_name: bool


def _spans(text: str, path: BodyPath) -> Iterator[tuple[int, int]]:
    """From where to where; a document that was cut off is read as far as it goes."""
    within: list[_Container] = []
    meant_at, meant_depth = -1, -1
    for token in _TOKEN.finditer(text):
        kind = token[0][0]
        inner = within[-1] if within else None
        if kind in "}]":
            if within:
                within.pop()
            if meant_depth == len(within):
                yield meant_at, token.end()
                meant_at = meant_depth = -1
        elif kind == ",":
            if inner is not None:
                inner.wants_name = inner.is_object
                if isinstance(inner.step, int):
                    inner.step += 1
        elif kind == ":":
            if inner is not None:
                inner.wants_name = False
        elif inner is not None and inner.wants_name:
            inner.step = next(literals(token[0])).value if kind == '"' else token[0]
        else:
            places = path.step(inner.places, inner.step) if inner is not None else START
            is_meant = inner is not None and meant_depth < 0 and path.arrives(places)
            if kind in "{[":
                if is_meant:
                    meant_at, meant_depth = token.start(), len(within)
                within.append(_Container(places, "" if kind == "{" else 0, kind == "{", kind == "{"))
            elif is_meant:
                yield token.span()
    if meant_depth >= 0:
        yield meant_at, len(text)
