"""A patched library, in each of its forms, with a corpus of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from seams.twins import TWINS, Corpus, Twin, named

from agentrec_auto import assemble
from agentrec_auto.flow import active
from agentrec_auto.flow import ledger as events
from agentrec_auto.seams import httpx_family


@pytest.fixture(params=TWINS, ids=named)
def unpatched(request: pytest.FixtureRequest) -> Iterator[Twin]:
    """A library as it was imported; whatever the test does to it is undone."""
    twin: Twin = request.param
    yield twin
    httpx_family.unpatch(twin.H)


@pytest.fixture
def twin(unpatched: Twin) -> Twin:
    """A library with our seam in place."""
    httpx_family.patch(unpatched.H)
    return unpatched


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Corpus]:
    """An empty corpus; no run has begun."""
    monkeypatch.delenv("AGENTREC_RUN_DIR", raising=False)
    monkeypatch.setattr(events, "_warned", set())
    opened = Corpus(tmp_path / "corpus", monkeypatch)
    yield opened
    assemble.forget()
    active.ledger.after_fork()
    active.reached.clear()


@pytest.fixture
async def client(twin: Twin) -> AsyncIterator[object]:
    """A client of the library."""
    made = twin.client()
    yield made
    await twin.close(made)
