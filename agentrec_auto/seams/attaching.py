"""The promise about our own failures, where a tap is put on a response that the app is about to get."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from agentrec_auto.flow.tap import Tap


@contextmanager
def attaching(tap: Tap) -> Iterator[None]:
    """Around what puts ``tap`` on a response: where it can't, that costs the recording, and one warning."""
    try:
        yield
    except Exception as error:  # ours, whatever it is: the app has its response
        tap.fails(error)
