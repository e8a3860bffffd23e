"""Changes of the environment that can be taken back."""

from __future__ import annotations

import os
from collections.abc import Mapping


class Changes:
    """What was done to ``os.environ``, here and so for the processes that are started meanwhile."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str | None, str | None]] = {}

    def make(self, environ: Mapping[str, str]) -> None:
        """Turn ``os.environ`` into ``environ``."""
        for name in os.environ.keys() | environ.keys():
            before, after = os.environ.get(name), environ.get(name)
            if before != after:
                first, _ = self._made.get(name, (before, None))
                self._made[name] = first, after
                _put(name, after)

    def undo(self) -> None:
        """Put back what was there, save where somebody else has changed it since."""
        while self._made:
            name, (before, after) = self._made.popitem()
            if os.environ.get(name) == after:
                _put(name, before)


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
