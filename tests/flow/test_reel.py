"""A reel has what a caller gets, and when."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan
from typing import Any

import pytest

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.columns import Columns
from agentrec_auto.flow.reel import Reel, reel_of
from agentrec_auto.store.base import Recording


def played(chunks: Any) -> Reel:
    """The reel of an answer in these chunks."""
    request = CapturedRequest("POST", "https://api.openai.com/v1/chat/completions", [], b"{}")
    return reel_of(Recording("a", CapturedInteraction(request, 200, [], {}, chunks)))


@pytest.mark.parametrize(
    ("chunks", "waits"),
    [
        ([], []),
        ([(b"a", 0.5)], [0.5]),
        ([(b"a", 0.5), (b"b", 0.5), (b"c", 2.0)], [0.5, 0.0, 1.5]),
        ([(b"a", 1.0), (b"", 2.0), (b"b", 4.0)], [1.0, 3.0]),  # no server sends an empty chunk
        ([(b"", 1.0)], []),
        ([(b"a", 3.0), (b"b", 1.0), (b"c", 1.5)], [3.0, 0.0, 0.5]),  # a clock that went back
        ([(b"a", -1.0), (b"b", 1.0)], [0.0, 2.0]),
        ([(b"a", 1.0), (b"b", nan), (b"c", 2.0)], [1.0, 0.0, 0.0]),  # from a file that somebody edited
        ([(b"a", 1.0), (b"b", inf)], [1.0, inf]),
    ],
)
@pytest.mark.parametrize("are_columns", [False, True])
def test_pace(chunks: Sequence[tuple[bytes, float]], waits: list[float], are_columns: bool) -> None:
    """A chunk comes as long after the one before it as it did; an empty one doesn't come at all."""
    made = [CapturedChunk(*chunk) for chunk in chunks]
    reel = played(Columns.of(made) if are_columns else made)
    assert list(reel.waits) == waits
    assert list(reel.chunks) == [data for data, _ in chunks if data]
    assert reel.held == sum(len(data) for data, _ in chunks)
