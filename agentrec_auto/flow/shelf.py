"""What the responses under way of one recorder share: where they are, and what it takes to keep them."""

from __future__ import annotations

import os
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import get_ident
from time import perf_counter

from agentrec_auto.errors import StoreBusyError
from agentrec_auto.flow.ledger import BEGUN, Ledger, warn_once
from agentrec_auto.flow.scope import Scope
from agentrec_auto.flow.tags import Tags
from agentrec_auto.flow.takes import Takes
from agentrec_auto.flow.tap import Tap
from agentrec_auto.forks import loading
from agentrec_auto.providers.hosts import BEDROCK_VARIABLES, KEY_VARIABLES
from agentrec_auto.settings import Settings
from agentrec_auto.store.base import Store

_LOOK_AGAIN_S = 2.0

_PATIENCE_S = 1.0
"""How long a call waits, at most, where another process holds the store."""

_SHORT_OF_PATIENCE_S = 0.02
"""The same while something waits already."""

_LAST_PATIENCE_S = 10.0
"""How long the end of the process waits."""

_MOST_WAITING = 2000


class Shelf:
    """The responses under way of one recorder, and what is needed to keep them."""

    def __init__(
        self, settings: Settings, store: Store, takes: Takes, ledger: Ledger, scope: Scope, *, run: str
    ) -> None:
        self.settings = settings
        self.store = store
        self.takes = takes
        self.ledger = ledger
        self.scope = scope
        self.run = run
        self.left: deque[Callable[[], None]] = deque()
        """What couldn't be done at once: responses to settle, and what is to be written of others."""

        self._waiting: deque[tuple[Callable[[], None], Callable[[Exception], None]]] = deque()
        """What is to be written as soon as another process lets go of the store."""

        store.patience_s = _PATIENCE_S
        self._writing: set[int] = set()
        """Threads that are in the midst of it."""

        self._catching_up: set[int] = set()
        """Threads that are doing what is left: each thing in turn, and not one within another."""

        self._open: weakref.WeakSet[Tap] = weakref.WeakSet()
        self.tags = Tags(settings)
        self._look_again_at: dict[str, float] = {}
        self._is_loaded = False
        self._has_begun = False
        self.is_told = False
        """Whether it was said that the store fails."""

    def opened(self, tap: Tap) -> None:
        """A response is under way."""
        # Here, not when it is kept: that may be the garbage collector's doing, in the midst of an import.
        if not self._is_loaded:
            with loading:
                from agentrec_auto.keying import semantic  # noqa: F401
                from agentrec_auto.providers import summary  # noqa: F401
            self._is_loaded = True
        if not self._has_begun:
            self._has_begun = True
            self.ledger.note(BEGUN)
        self._open.add(tap)

    def catch_up(self) -> None:
        """Do what was put off: settle what was garbage-collected unfinished, write what waited."""
        if self.left and (thread := get_ident()) not in self._catching_up and thread not in self._writing:
            try:  # before it is noted: the app's signal handler may raise between any two steps
                self._catching_up.add(thread)
                with suppress(IndexError):  # another thread was quicker
                    while True:
                        self.left.popleft()()
            finally:
                self._catching_up.discard(thread)

    def write(self, work: Callable[[], None], lost: Callable[[Exception], None]) -> None:
        """Do what changes the store: now, when this thread is done with what it is writing already, or when
        another process lets go of the store; ``lost`` is told if it never does.

        SDKs close a stream that was left in a cycle when it is collected, which may be in the midst of our
        own writing, with a lock held or a transaction begun.
        """
        thread = get_ident()
        if thread in self._writing:
            self.left.append(partial(self.write, work, lost))
            return
        try:  # before it is noted, as above: a thread that stayed noted would write no more
            self._writing.add(thread)
            if not self._waiting:  # else in its turn
                try:
                    work()
                    return
                except StoreBusyError as error:
                    warn_once(
                        self.ledger,
                        f"{error}. What is recorded waits in memory until it lets go, or this process ends; "
                        "see which other program has it open",
                    )
            self._waiting.append((work, lost))
            self._write_what_waits()
        finally:
            self._writing.discard(thread)
            self.catch_up()

    def _write_what_waits(self) -> None:
        try:
            self.store.patience_s = _SHORT_OF_PATIENCE_S
            with suppress(IndexError):  # another thread was quicker
                while True:
                    one = self._waiting.popleft()
                    try:
                        one[0]()
                    except StoreBusyError as error:
                        self._waiting.appendleft(one)
                        if len(self._waiting) > _MOST_WAITING:
                            self._waiting.pop()[1](error)
                        return
        finally:
            self.store.patience_s = _PATIENCE_S

    def _give_up(self) -> None:
        """The process ends: write what waits, with more patience; what can't be written is lost."""
        while self._waiting:
            work, lost = self._waiting.popleft()
            try:
                self.store.patience_s = _LAST_PATIENCE_S if not self.is_told else _SHORT_OF_PATIENCE_S
                work()
            except StoreBusyError as error:
                lost(error)

    def finish(self) -> None:
        """The process ends: what is still open was abandoned."""
        self.catch_up()
        for _ in range(len(self._open)):  # one by one: a daemon thread may begin another call meanwhile
            with suppress(KeyError):
                self._open.pop().closed()
        self._give_up()

    def note_secrets(self, dialect: str) -> None:
        """Tell the store which API-key variables are set; every few seconds at most, for it takes time."""
        now = perf_counter()
        if now >= self._look_again_at.get(dialect, 0.0):
            self._look_again_at[dialect] = now + _LOOK_AGAIN_S
            try:
                self.store.note_secrets(_secrets(dialect))
            except StoreBusyError:
                self._look_again_at[dialect] = now

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way any more, nor left to be kept."""
        return not self._open and not self.left and not self._waiting

    def after_fork(self) -> None:
        """In a forked child: what is open is the parent's to keep."""
        for tap in self._open:
            tap.is_parents = True
        self._open = weakref.WeakSet()
        self._has_begun = False
        self._writing.clear()
        self._catching_up.clear()
        self.left.clear()
        self._waiting.clear()


def _secrets(dialect: str) -> list[str]:
    """The key variables that are set; for Bedrock also its own, which a profile or a role may stand for."""
    here = [name for name in KEY_VARIABLES if os.environ.get(name)]
    return [*here, *BEDROCK_VARIABLES] if dialect == "bedrock" else here
