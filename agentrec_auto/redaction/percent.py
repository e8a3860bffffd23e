"""Texts in percent-encoding: URLs, queries, forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentrec_auto.redaction.edits import Edit, Places

_RUN = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_MEANING = re.compile(r"[\s%&+#=]")


def decoded(raw: str, *, plus: bool = False) -> str:
    """What a text says; with ``plus``, as in queries and forms, a plus is a space."""
    if plus:
        raw = raw.replace("+", " ")
    return _RUN.sub(lambda run: _said(run[0]), raw) if "%" in raw else raw


def spelled(raw: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    """Edits of what ``raw`` says, as edits of it."""
    places = Places(_units(raw))
    return places.spelled(Edit(*edit[:2], _MEANING.sub(_encoded, edit.text)) for edit in edits)


def _said(run: str) -> str:
    return bytes.fromhex(run.replace("%", "")).decode("utf-8", "surrogateescape")


def _units(raw: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(raw):
        at = run.start()
        for character in _said(run[0]):
            end = at + 3 * len(character.encode("utf-8", "surrogateescape"))
            yield at, end
            at = end


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
