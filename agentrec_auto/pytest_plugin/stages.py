"""What a test runs under: the settings its markers ask for, and a lane in which takes count from 1.

Of each set of overrides there is one recorder, assembled at the first request under it, from the
environment as it is then. While a marked test runs, its recorder is the process's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from agentrec_auto.bootstrap.keys import drop_dummy_keys, set_dummy_keys
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.flow.takes import Lane
from agentrec_auto.pytest_plugin.environ import Changes
from agentrec_auto.pytest_plugin.marks import Overrides
from agentrec_auto.pytest_plugin.run import swap

MODE, TAGS = "AGENTREC_MODE", "AGENTREC_TAGS"


class Stages:
    """Which overrides hold at the moment."""

    def __init__(self) -> None:
        self._now: Overrides = ()
        self._recorders: dict[Overrides, Recorder | None] = {}
        """Of those overrides that don't hold at the moment."""

        self._changes = Changes()

    @contextmanager
    def stage(self, overrides: Overrides) -> Iterator[None]:
        """While it lasts, ``overrides`` hold and takes count from 1; then what held before goes on."""
        before = self._now
        self._switch(overrides)
        lane = start_lane()
        try:
            yield
        finally:
            start_lane(lane)
            self._switch(before)

    def finish(self) -> None:
        """Keep what is still open under any overrides."""
        for recorder in (*self._recorders.values(), _current()):
            if recorder is not None:
                recorder.finish()

    def _switch(self, overrides: Overrides) -> None:
        if overrides == self._now:
            return
        self._recorders[self._now] = swap(self._recorders.pop(overrides, None))
        self._changes.undo()
        self._changes.make(_environment(overrides))
        self._now = overrides


def start_lane(lane: Lane | None = None) -> Lane | None:
    """Count takes from 1, or go on counting in ``lane``; gives the lane before, if a recorder was there."""
    recorder = _current()
    return recorder.start_lane(lane) if recorder else None


def _current() -> Recorder | None:
    assemble = sys.modules.get("agentrec_auto.assemble")
    recorder: Recorder | None = assemble.current() if assemble else None
    return recorder


def _environment(overrides: Overrides) -> Mapping[str, str]:
    """The environment as it is, under ``overrides``."""
    environ = dict(os.environ)
    if not overrides:
        return environ
    said = dict(overrides)
    if TAGS in said:
        said[TAGS] = ",".join(filter(None, (environ.get(TAGS), said[TAGS])))
    environ.update(said)
    drop_dummy_keys(environ)
    if environ[MODE] == "replay":
        set_dummy_keys(environ)
    return environ
