"""How commands that stand until they are told to end are told."""

from __future__ import annotations

import signal
import threading
from types import FrameType


def told_to_end() -> threading.Event:
    """Set by Ctrl-C or SIGTERM; the second time they act as ever."""
    over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        over.set()
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL)

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, end)
    return over
