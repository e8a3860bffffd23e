"""Two runs on one corpus don't ask the same: a question under way is claimed.

A claim is a lock on one byte of a file beside the recordings, at an offset made of the question's name
(``fcntl``, a lock of the process). The system takes it back when a process dies, however it does. On a system
without such locks, or on a store without a file, there are no claims: two runs at once may then ask twice,
and the first answer stays.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_WAIT_S = 0.2
_OFFSETS = 1 << 62


class Claims:
    """The claims of one process on one corpus."""

    def __init__(self, lock_file: str | None) -> None:
        self._lock_file = lock_file
        self._descriptor: int | None = None
        self._mine: set[int] = set()

    @asynccontextmanager
    async def claimed(self, name: str) -> AsyncIterator[None]:
        """Alone with this name, among all processes; waits until others are done with it."""
        offset = (
            int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8], "big")
            % _OFFSETS
        )
        while offset in self._mine or not self._lock(offset):
            await asyncio.sleep(_WAIT_S)
        self._mine.add(offset)
        try:
            yield
        finally:
            self._mine.discard(offset)
            if fcntl is not None and self._descriptor is not None:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, offset)

    def close(self) -> None:
        """Give all of them up; the last to go takes the file away."""
        if self._descriptor is not None:
            if fcntl is not None and self._lock_file is not None and not self._is_gone():
                with suppress(OSError):
                    # All of it: had anybody a claim, it would be refused.
                    fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(self._lock_file)
            os.close(self._descriptor)
            self._descriptor = None

    def _is_gone(self) -> bool:
        return self._descriptor is not None and os.fstat(self._descriptor).st_nlink == 0

    def _lock(self, offset: int) -> bool:
        if fcntl is None or self._lock_file is None:
            return True
        try:
            if self._descriptor is None:
                self._descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
            if self._is_gone():  # taken away since it was opened: a claim on nothing
                self.close()
                return self._lock(offset)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks, a folder that can't be written
            return True
        return True
