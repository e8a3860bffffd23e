"""Each app's journey, made once for all the tests that look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from journeys.journey import Journey

Start = Callable[..., Journey]


@pytest.fixture(scope="session")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """``journey("app.py", "word")``: the journey of an app; the same words give the same journey."""
    known: dict[tuple[str, ...], Journey] = {}

    def start(*words: str) -> Journey:
        if words not in known:
            known[words] = Journey(words, tmp_path_factory.mktemp(Path(words[0]).stem))
        return known[words]

    return start
