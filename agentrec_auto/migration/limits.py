"""How fast a migration may ask, and what it may spend.

Everything here decides and waits; nothing asks. Times are the event loop's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run must keep to."""

    concurrency: int = 8
    """Calls at one time, to all targets together."""

    rpm: float | None = None
    """Requests a minute to each target, evenly spread."""

    tpm: float | None = None
    """Tokens a minute to each target, read and written: what a call may take at most counts beforehand."""

    max_cost: float | None = None
    """In dollars, for all targets together. What a call may cost at most is set aside before it is made."""

    retries: int = 3
    """After the first attempt."""

    timeout_s: float = 120.0
    """Of a call, from byte to byte."""

    patience_s: float = 300.0
    """The longest wait that a target may ask for (``Retry-After``)."""


class Pace:
    """So many of something a minute, evenly spread: nothing is saved up for a burst.

    (A leaky bucket, as of aiolimiter, starts with a full minute's worth: twice the limit in the first.)
    """

    def __init__(self, a_minute: float | None) -> None:
        self._seconds_each = 60.0 / a_minute if a_minute else 0.0
        self._next = 0.0

    async def wait(self, amount: float = 1.0) -> None:
        """Return when ``amount`` more is due."""
        if not self._seconds_each:
            return
        now = asyncio.get_running_loop().time()
        due = max(now, self._next)
        self._next = due + amount * self._seconds_each
        if due > now:
            await asyncio.sleep(due - now)


class Gate:
    """How many calls a target bears at one time: fewer after each refusal, slowly more after each answer.

    Additive increase, multiplicative decrease (RFC 5681 does so with packets). Who was refused goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = max(1, most)
        self._allowed = float(self._most)
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed_until = 0.0

    @asynccontextmanager
    async def passed(self, *, again: bool = False) -> AsyncIterator[None]:
        """Inside, when there is room; ``again``: before those who have not been refused yet."""
        while self._inside >= max(1, int(self._allowed)):
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            (self._waiting.appendleft if again else self._waiting.append)(place)
            try:
                await place
            except asyncio.CancelledError:
                if place in self._waiting:
                    self._waiting.remove(place)
                else:
                    self._wake()
                raise
        self._inside += 1
        try:
            while (left := self._closed_until - asyncio.get_running_loop().time()) > 0:
                await asyncio.sleep(left)
            yield
        finally:
            self._inside -= 1
            self._wake()

    def answered(self) -> None:
        """A call went well."""
        self._allowed = min(float(self._most), self._allowed + 1 / self._allowed)

    def refused(self, seconds: float) -> None:
        """The target has had too much: nobody goes in for so long."""
        self._allowed = max(1.0, self._allowed / 2)
        self._closed_until = max(self._closed_until, asyncio.get_running_loop().time() + seconds)

    def _wake(self) -> None:
        room = max(1, int(self._allowed)) - self._inside
        while room > 0 and self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                room -= 1


class Budget:
    """Money that may be spent: set aside before a call, settled after it."""

    def __init__(self, most: float | None) -> None:
        self.most = most
        self.spent = 0.0
        self.is_exhausted = False
        self.refused = 0.0
        """What the call might have cost for which there was not enough."""

        self._aside = 0.0
        self._settled = asyncio.Condition()

    async def set_aside(self, estimate: float) -> bool:
        """Whether there is money for a call that costs so much at most.

        Waits for calls under way, which mostly cost less than was set aside for them. Once there is not
        enough, there is none for anybody: a cheaper question later on is not asked in the place of this one.
        """
        if self.most is None:
            return True
        async with self._settled:
            while not self.is_exhausted and self.spent + self._aside + estimate > self.most:
                if not self._aside:
                    self.is_exhausted, self.refused = True, estimate
                    self._settled.notify_all()
                    break
                await self._settled.wait()
            if self.is_exhausted:
                return False
            self._aside += estimate
            return True

    async def settle(self, estimate: float, cost: float) -> None:
        """A call for which ``estimate`` was set aside has cost so much."""
        self.spent += cost
        if self.most is None:
            return
        async with self._settled:
            self._aside = max(0.0, self._aside - estimate)
            if self._aside < 1e-12:  # what rounding leaves would keep others waiting for nobody
                self._aside = 0.0
            self._settled.notify_all()


class Fare:
    """What one call may cost at most, set aside for each of its attempts that costs something."""

    def __init__(self, budget: Budget, estimate: float) -> None:
        self._budget = budget
        self._estimate = estimate
        self._aside = 0.0

    async def set_aside(self) -> bool:
        """Whether there is money for an attempt."""
        if not await self._budget.set_aside(self._estimate):
            return False
        self._aside = self._estimate
        return True

    async def set_aside_again(self) -> bool:
        """The same of another attempt, after one that failed and may have cost as much as it could."""
        await self.settle(self._aside)
        return await self.set_aside()

    async def settle(self, cost: float) -> None:
        """The attempts that aren't settled have cost so much."""
        aside, self._aside = self._aside, 0.0
        await self._budget.settle(aside, cost)
