"""What happened, over a whole process tree: the ledger.

Each process appends one JSON line an event to its own file in ``$AGENTREC_RUN_DIR``, with one
``O_APPEND`` write, so that a worker that is killed leaves what it did behind. Replays alone, of which there
may be thousands a second, are written in batches: ``kill -9`` may take the count of those of the last
milliseconds along. Whoever owns the run (``agentrec run``, pytest, or
the first process) reads them all at the end.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

RUN_DIR = "AGENTREC_RUN_DIR"
RUN_OWNER = "AGENTREC_RUN_OWNER"

RECORDED = "recorded"
REPLAYED = "replayed"
MISSED = "missed"
LIVE = "live"
"""A miss that ``on_miss = "live"`` let through."""

UNRECORDED = "unrecorded"
"""A call that went through without us, by a fault of ours or of the settings."""

DROPPED = "dropped"
"""A transient failure, answered to the app and not kept."""

REPEATED = "repeated"
"""An answer to what another process or test of the run had recorded: each counts takes from 1, and the first
writer of a take wins."""

DRIFTED = "drifted"
VERIFIED = "verified"
REFUSED = "refused"
"""A connection to an LLM host past our seams, refused in replay."""

BYPASSED = "bypassed"
"""The same outside replay: it went through, unrecorded."""

WARNED = "warned"
SEEN_SDK = "sdk"
"""An LLM SDK was imported in the process (its name)."""

Event = dict[str, Any]

_encode = json.JSONEncoder(default=str).encode
_quoted = json.encoder.encode_basestring_ascii
_Said = tuple[Event, bytes]
"""An event, and its line."""

_LATEST = 4096
_BATCH_S = 0.005
"""For how long replays are gathered before they are written."""


class Ledger:
    """The events of this process, in memory and, where a run directory is named, on disk."""

    def __init__(self) -> None:
        self._latest: deque[Event] = deque(maxlen=_LATEST)
        self._replays: dict[str, _Said] = {}
        self._unwritten: deque[_Said] = deque()
        self._written_at = 0.0
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._owner = os.getpid()

    @property
    def events(self) -> list[Event]:
        """The latest of them, for whoever asks in this process."""
        self.flush()
        return list(self._latest)

    def note(self, kind: str, **facts: Any) -> None:
        """Add an event; what can't be written is kept in memory all the same."""
        event: Event = {"kind": kind, **facts}
        self._unwritten.append((event, _line(event)))
        self.flush()

    def replayed(self, name: str, status: int, *, fuzzy: bool) -> None:
        """Add that the recording ``name`` was replayed. The one event that comes again and again in the
        same words: they are spelled once."""
        said = self._replays.get(name)
        if said is None or said[0]["fuzzy"] != fuzzy:
            event: Event = {"kind": REPLAYED, "name": name, "status": status, "fuzzy": fuzzy}
            if len(self._replays) >= _LATEST:
                self._replays.clear()
            said = self._replays[name] = (event, _replayed_line(name, status, fuzzy))
        self._unwritten.append(said)
        if monotonic() - self._written_at > _BATCH_S:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered: before somebody reads, and before the process ends."""
        with self._lock:
            said = [self._unwritten.popleft() for _ in range(len(self._unwritten))]
            if said:
                self._latest.extend(event for event, _ in said)
                self._write(b"".join([line for _, line in said]))
                self._written_at = monotonic()

    def after_fork(self) -> None:
        """Start afresh in a forked child: its own file, its own lock, none of the parent's events."""
        self.__init__()  # type: ignore[misc]

    def _write(self, lines: bytes) -> None:
        try:
            if self._descriptor is None:
                folder = os.environ.get(RUN_DIR)
                if not folder:
                    return
                if not os.path.isdir(folder):
                    if _is_over():
                        return
                    os.makedirs(folder, exist_ok=True)
                path = os.path.join(folder, f"{os.getpid()}-{os.urandom(4).hex()}.jsonl")
                self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
            os.write(self._descriptor, lines)
        except OSError:
            return


def _is_over() -> bool:
    """Whether whoever began the run is gone, its folder summed up and taken away: a daemon outlives it."""
    owner = os.environ.get(RUN_OWNER, "")
    if os.name != "posix" or not owner.isdecimal():
        return False
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # there, and another user's
        return False
    return False


def _line(event: Event) -> bytes:
    return _encode(event).encode() + b"\n"


def _replayed_line(name: str, status: int, fuzzy: bool) -> bytes:
    """The same of a replay: an encoder takes ten times as long to begin."""
    told = f'"name": {_quoted(name)}, "status": {status:d}, "fuzzy": {"true" if fuzzy else "false"}'
    return f'{{"kind": "{REPLAYED}", {told}}}\n'.encode()


@dataclass
class Tally:
    """The events of a process tree, counted."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[Event] = field(default_factory=list)
    refusals: list[Event] = field(default_factory=list)
    bypasses: list[Event] = field(default_factory=list)
    drifts: list[Event] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sdks: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    """Names of the recordings that were replayed."""

    replayed_errors: Counter[int] = field(default_factory=Counter)
    """HTTP statuses of 400 and above among what was replayed."""

    fuzzy: int = 0
    """How many of the replayed were served by likeness, not identity."""

    def add(self, event: Event) -> None:
        """Count one event."""
        kind = event.get("kind", "")
        if kind == SEEN_SDK:
            self.sdks.add(str(event.get("name")))
            return
        if kind == WARNED:
            text = str(event.get("text"))
            if text not in self.warnings:
                self.warnings.append(text)
            return
        self.counts[kind] += 1
        lists = {MISSED: self.misses, REFUSED: self.refusals, BYPASSED: self.bypasses, DRIFTED: self.drifts}
        if kind in lists:
            lists[kind].append(event)
        if kind == REPLAYED:
            self.used.add(str(event.get("name")))
            self.fuzzy += bool(event.get("fuzzy"))
            if (status := int(event.get("status", 200))) >= 400:
                self.replayed_errors[status] += 1

    @property
    def is_red(self) -> bool:
        """Whether a run that would else be green must not be."""
        return bool(self.misses or self.refusals or self.drifts)

    @property
    def is_empty(self) -> bool:
        """Whether no LLM call was seen at all."""
        return not self.counts

    def line(self, *, mode: str, corpus: str) -> str:
        """The one line that says what the run did: ``2 replayed, 1 recorded, 0 missed · mode auto · …``."""
        parts = [f"{self.counts[REPLAYED]} replayed"]
        if self.replayed_errors:
            told = ", ".join(f"{count} of {status}" for status, count in sorted(self.replayed_errors.items()))
            parts[0] += f" (recorded errors: {told})"
        if self.fuzzy:
            parts[0] += f" ({self.fuzzy} by likeness)"
        parts.append(f"{self.counts[RECORDED]} recorded")
        parts.append(f"{self.counts[MISSED]} missed")
        for kind, word in (
            (LIVE, "live, unrecorded"),
            (UNRECORDED, "unrecorded"),
            (DROPPED, "failed and not kept"),
            (REPEATED, "asked again by another process or test"),
            (VERIFIED, "verified"),
            (DRIFTED, "drifted"),
            (REFUSED, "connection refused" if self.counts[REFUSED] == 1 else "connections refused"),
            (BYPASSED, "went past us, unrecorded"),
        ):
            if self.counts[kind]:
                parts.append(f"{self.counts[kind]} {word}")
        return f"{', '.join(parts)} · mode {mode} · {corpus}"

    def alarms(self) -> list[str]:
        """Sentences about traffic that we should have seen and didn't."""
        hosts: dict[str, set[str]] = {}
        for event in self.bypasses:
            hosts.setdefault(str(event.get("what")), set()).add(str(event.get("host")))
        told = [
            f"{what} to {', '.join(sorted(names))} went past every seam and was not recorded: "
            "`agentrec doctor` says which libraries are covered"
            for what, names in hosts.items()
        ]
        if self.is_empty and self.sdks:
            were = "was" if len(self.sdks) == 1 else "were"
            told.append(
                f"{', '.join(sorted(self.sdks))} {were} imported, but no LLM call was seen: "
                "`agentrec doctor -- CMD` says why"
            )
        return told


def read(folder: str) -> Tally:
    """Count the events that the processes of a run left in ``folder``; torn last lines are passed over."""
    tally = Tally()
    for event in _events(folder):
        tally.add(event)
    return tally


def _events(folder: str) -> Iterator[Event]:
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".jsonl"))
    except OSError:
        return
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict):
                    yield event


def say(text: str) -> None:
    """One line on stderr, where it can't be mistaken for the app's output; never raises."""
    try:
        sys.stderr.write(f"agentrec: {text}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return


_warned: set[str] = set()


def warn_once(ledger: Ledger, text: str) -> None:
    """Say a thing once a process, on stderr and in the ledger."""
    if text in _warned:
        return
    _warned.add(text)
    ledger.note(WARNED, text=text)
    say(text)
