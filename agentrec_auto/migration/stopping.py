"""Ending a run early, and keeping what it has got.

The first word lets calls under way come to their end for a few seconds, for they are paid for; the second
cuts them off. What wasn't asked becomes a skipped row, and the report is written all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

GRACE_S = 5.0


class Stopping:
    """The way to end one run. For the thread of its event loop, as signal handlers of asyncio are."""

    def __init__(self) -> None:
        self.why: str | None = None
        """In words; None while it goes on."""

        self._under_way: set[asyncio.Task[Any]] = set()
        self._heard: Callable[[], object] = lambda: None

    def stop(self, why: str) -> None:
        """Ask nothing more; said twice, wait for nothing either."""
        if self.why is not None:
            self._cut()
            return
        self.why = why
        self._heard()
        if self._under_way:
            asyncio.get_running_loop().call_later(GRACE_S, self._cut)

    @contextmanager
    def heeded(self, heard: Callable[[], object]) -> Iterator[None]:
        """While a run lasts; ``heard`` is called at the first word."""
        self._heard = heard
        try:
            yield
        finally:
            self._heard = lambda: None

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What the work gives; None where it was cut off."""
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:  # the run itself, from outside
            task.cancel()
            await asyncio.wait({task})
            raise
        finally:
            self._under_way.discard(task)
        return None if task.cancelled() else task.result()

    def _cut(self) -> None:
        for task in list(self._under_way):
            task.cancel()
