"""What happened, over a whole process tree: the ledger.

Each process appends one JSON line for each event to its own file in ``$AGENTREC_RUN_DIR``, with one
``O_APPEND`` write, so that a worker that is killed leaves behind what it noted. Only replays, of which there
may be thousands a second, are written in batches: ``kill -9`` may lose the count of those of the last
milliseconds. Whoever owns the run (``agentrec run``, pytest, or the first process) reads them at the end.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import deque
from time import monotonic
from typing import Any

from agentrec_auto.interrupts import let_through

RUN_DIR = "AGENTREC_RUN_DIR"
RUN_OWNER = "AGENTREC_RUN_OWNER"

RECORDED = "recorded"
REPLAYED = "replayed"
MISSED = "missed"
LIVE = "live"
"""A miss that ``on_miss = "live"`` let through."""

UNRECORDED = "unrecorded"
"""A call that went through unrecorded, by a fault of ours or of the settings."""

DROPPED = "dropped"
"""A transient failure, answered to the app and not kept."""

REPEATED = "repeated"
"""A recorded answer that was not kept, because another process or test of the run had asked the same: each
counts takes from 1, and the first writer of a take wins."""

DRIFTED = "drifted"
VERIFIED = "verified"
REFUSED = "refused"
"""A connection to an LLM host past our seams, refused in replay."""

BYPASSED = "bypassed"
"""The same outside replay: it went through, unrecorded."""

BEGUN = "begun"
"""The first live call of a process went out: told where none of the run came to its end (all were killed)."""

WARNED = "warned"
SEEN_SDK = "sdk"
"""An LLM SDK was imported in the process: its ``name``; ``unset``: its key's variable, if not set."""

TOLD = "told"
"""Somebody was told what went wrong (``texts``), at the `place` ``seen``."""

SUMMED = "summed"
"""A run inside this one was summed up at the place ``seen``: in ``texts`` and, unless said there before, a
``line``."""

PYTEST = "agentrec-pytest-"
"""How the name of a run directory begins if its owner is pytest, which tells each miss with its test."""

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
        self._said: set[str] = set()
        self._written_at = 0.0
        self._lock = threading.RLock()
        self._descriptor: int | None = None
        self._owner = os.getpid()

    @property
    def events(self) -> list[Event]:
        """The latest events of this process."""
        self.flush()
        return list(self._latest)

    def note(self, kind: str, **facts: Any) -> None:
        """Add an event; what can't be written is kept in memory all the same."""
        event: Event = {"kind": kind, **facts}
        self._unwritten.append((event, _line(event)))
        self.flush()

    def replayed(self, name: str, status: int, *, fuzzy: bool) -> None:
        """Add that the recording ``name`` was replayed. The only event that comes again and again in the same
        words: its line is kept."""
        said = self._replays.get(name)
        if said is None or said[0]["fuzzy"] != fuzzy:
            event: Event = {"kind": REPLAYED, "name": name, "status": status, "fuzzy": fuzzy}
            if len(self._replays) >= _LATEST:
                self._replays.clear()
            said = self._replays[name] = (event, _replayed_line(name, status, fuzzy))
        self._unwritten.append(said)
        if monotonic() - self._written_at > _BATCH_S:
            self.flush()

    def missed(self, text: str, **facts: Any) -> None:
        """Add a miss, and say it at once: each text once in a process, and not at all if pytest tells it."""
        seen = ""
        if text not in self._said and not is_pytest():
            if len(self._said) >= _LATEST:
                self._said.clear()
            self._said.add(text)
            seen = tell(text.removeprefix("agentrec: "))
        self.note(MISSED, text=text, seen=seen, **facts)

    def flush(self) -> None:
        """Write what was gathered: before somebody reads, and before the process ends."""
        with self._lock:
            said = [self._unwritten[place] for place in range(len(self._unwritten))]
            if said:
                self._write(b"".join([line for _, line in said]))
                for one in said:  # written first: rather told twice than lost, where a signal comes between
                    self._unwritten.popleft()
                    self._latest.append(one[0])
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
        except OSError as error:
            let_through(error)


def is_pytest() -> bool:
    """Whether we are in a test, or below one."""
    return PYTEST in os.environ.get(RUN_DIR, "")


def _is_over() -> bool:
    """Whether the run's owner has ended, and so removed its folder: a daemon may outlive it."""
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
    """The same for a replay, written out: the JSON encoder takes ten times as long to begin."""
    told = f'"name": {_quoted(name)}, "status": {status:d}, "fuzzy": {"true" if fuzzy else "false"}'
    return f'{{"kind": "{REPLAYED}", {told}}}\n'.encode()


def say(text: str) -> None:
    """One line on stderr, where it can't be mistaken for the app's output; never raises."""
    tell(text)


def tell(text: str) -> str:
    """`say` it, and give the `place` where it can be read; empty if it couldn't be written."""
    try:
        sys.stderr.write(f"agentrec: {text}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError) as error:
        let_through(error)
        return ""
    return place(sys.stderr)


def place(stream: Any) -> str:
    """Which file, pipe or terminal a stream writes to, named alike in every process; empty if unknown."""
    try:
        there = os.fstat(stream.fileno())
    except (OSError, ValueError, AttributeError) as error:
        let_through(error)
        return ""
    return f"{there.st_dev}:{there.st_ino}" if there.st_ino else ""


_warned: set[str] = set()


def warn_once(ledger: Ledger, text: str) -> None:
    """Say a thing once a process, on stderr and in the ledger."""
    if text in _warned:
        return
    _warned.add(text)
    ledger.note(WARNED, text=text)
    say(text)
