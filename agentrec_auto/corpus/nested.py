"""Folders with recordings of their own below a corpus: they belong to no other, and are passed over.

Tests that name a corpus each (``tests/recordings/extract``, ``…/answer``) lie like that, and whoever scans
``tests/recordings`` is to be told that nothing of theirs was looked at.
"""

from __future__ import annotations

import os
import re

from agentrec_auto.bootstrap.summary import shown
from agentrec_auto.store.location import path_of, scheme_of

_LOOKED_INTO = 200
"""Folders, at most: a corpus may be the root of a project."""

_TOLD = 3
"""Folders that are named."""

_RECORDING = re.compile(r".+_[0-9a-f]{16}(\.take\d+)?\.json")


def nested(location: str) -> list[str]:
    """The folders below a corpus that hold recordings, in alphabetical order; empty for other stores."""
    path = path_of(location)
    if path is None or scheme_of(location) == "sqlite":
        return []
    found, waiting = [], [path]
    for looked_into in range(_LOOKED_INTO):
        if not waiting:
            break
        folder = waiting.pop(0)
        below, holds = _looked_into(folder)
        waiting += below
        if holds and looked_into:
            found.append(folder)
    return sorted(found)


def told(folders: list[str]) -> str:
    """Folders in a few words."""
    more = f" and {len(folders) - _TOLD} more" if len(folders) > _TOLD else ""
    return ", ".join(map(shown, folders[:_TOLD])) + more


def _looked_into(folder: str) -> tuple[list[str], bool]:
    """The folders in a folder, and whether recordings are in it."""
    below, holds = [], False
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith("."):
                        below.append(entry.path)
                elif not holds:
                    holds = _RECORDING.fullmatch(entry.name) is not None
    except OSError:
        return [], False
    return below, holds
