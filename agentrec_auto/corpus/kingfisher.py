"""The rules of the scanner kingfisher, where the ``[scan]`` extra is installed; it asks nobody anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec

from agentrec_auto.corpus.generic import Hit

_MODULE = "kingfisher_sdk"
_PICTURE = re.compile(r"[A-Za-z0-9+/=\s:;,-]{2000,}", re.ASCII)


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec(_MODULE) is not None


class Kingfisher:
    """Its rules, loaded (which takes seconds when they are compiled for the first time)."""

    name = "kingfisher"

    def __init__(self) -> None:
        from kingfisher_sdk import Rules, Scanner  # here: heavy, and not always there

        self._scanner = Scanner(Rules())

    def hits(self, field: str, text: str) -> Iterator[Hit]:
        """What is found in ``text``; many rules want the name of the ``field`` before it."""
        if len(text) < 8 or _PICTURE.fullmatch(text):
            return
        before = f'{field}="'.encode() if field else b""
        data = before + text.encode("utf-8", "replace") + (b'"' if field else b"")
        for found in self._scanner.scan(data):
            if not found.visible:
                continue
            start, end = (found.location[name] - len(before) for name in ("start_offset", "end_offset"))
            if 0 <= start < end:
                inside = data[len(before) :]
                at = len(inside[:start].decode("utf-8", "replace"))
                length = len(inside[start:end].decode("utf-8", "replace"))
                yield Hit(at, min(at + length, len(text)), found.rule_id.rpartition(".")[2])
