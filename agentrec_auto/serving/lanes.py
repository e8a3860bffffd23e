"""The recorders of a server: one a lane, in which takes are counted from the first.

A lane is what a test is under pytest: requests that name none are in one together. All share the corpus and
the run, and what they do is counted together.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import Any

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow import ledger as events
from agentrec_auto.flow.ledger import Ledger
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.flow.tally import Tally
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import Settings
from agentrec_auto.store.base import Store

MOST_LANES = 1024
"""The one that was asked least lately is forgotten beyond."""

_MOST_TOLD = 1000
"""Misses, and warnings, that are remembered with their text; all misses are counted."""


class Counted(Ledger):
    """A ledger for a process that may live for weeks: it counts, and keeps no events."""

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally()
        self._counting = threading.Lock()

    def note(self, kind: str, **facts: Any) -> None:
        """Count an event."""
        with self._counting:
            if kind == events.MISSED and len(self.tally.misses) >= _MOST_TOLD:
                self.tally.counts[kind] += 1
            elif kind != events.WARNED or len(self.tally.warnings) < _MOST_TOLD:
                self.tally.add({"kind": kind, **facts})

    def missed(self, text: str, **facts: Any) -> None:
        """Count a miss, and say it: each time, for whoever asks again looks here."""
        self.note(events.MISSED, text=text, seen=events.tell(text.removeprefix("agentrec: ")), **facts)

    def replayed(self, name: str, status: int, *, fuzzy: bool) -> None:
        """Count a replay."""
        self.note(events.REPLAYED, name=name, status=status, fuzzy=fuzzy)


class LaneRecorder(Recorder):
    """A recorder that can tell whether it knows of a request at all."""

    cure = "Record it with `agentrec serve --mode auto --upstream https://…`"

    def is_foreign(self, request: CapturedRequest) -> bool:
        """Whether a request is no LLM call, nor recorded: what a browser or a health check asks for."""
        if self.concerns(request.method, request.url, lambda: request.content):
            return False
        identity = self._keyer.identify(self._redactor.open(request).request)
        return not self._store.takes(identity.key)


class Lanes:
    """The recorders, made as lanes are named."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.ledger = Counted()
        self._store = store
        self._redactor = Redactor(settings.redact, os.environ)
        self._lock = threading.Lock()
        self._recorders: OrderedDict[str, LaneRecorder] = OrderedDict()
        self._run = _new_run()

    def recorder(self, lane: str) -> LaneRecorder:
        """The recorder of a lane; the empty name is that of requests that name none."""
        forgotten = None
        with self._lock:
            found = self._recorders.get(lane)
            if found is None:
                found = self._recorders[lane] = LaneRecorder(
                    self.settings, self._store, self._redactor, self.ledger, run=self._run
                )
                if len(self._recorders) > MOST_LANES:
                    _, forgotten = self._recorders.popitem(last=False)
            self._recorders.move_to_end(lane)
        if forgotten is not None:
            forgotten.finish()
        return found

    def reset(self) -> None:
        """Begin anew, as after a restart: takes count from the first, and a new run begins."""
        with self._lock:
            before, self._recorders = self._recorders, OrderedDict()
            self._run = _new_run()
        for recorder in before.values():
            recorder.finish()

    def finish(self) -> None:
        """The server ends: responses still open were abandoned."""
        with self._lock:
            ending = list(self._recorders.values())
        for recorder in ending:
            recorder.finish()


def _new_run() -> str:
    return os.urandom(8).hex()
