"""Explicit transports in each of their forms, and stores for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from library.kit import Kit
from seams.twins import Corpus

import agentrec_auto
from agentrec_auto import assemble
from agentrec_auto.flow import active
from agentrec_auto.flow import ledger as events

KITS = [
    pytest.param(Kit(module, is_async), id=f"{module.__name__}-{'async' if is_async else 'sync'}")
    for module in (httpx, httpx2)
    for is_async in (False, True)
]


@pytest.fixture(params=KITS)
def kit(request: pytest.FixtureRequest) -> Kit:
    """A library in one of its forms, not patched."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No run is on, and nothing was warned of yet."""
    for name in ("AGENTREC_MODE", "AGENTREC_RUN_DIR", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(events, "_warned", set())
    active.ledger.after_fork()
    yield
    active.ledger.after_fork()
    active.reached.clear()


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Corpus]:
    """The corpus of a patched process, empty."""
    yield Corpus(tmp_path / "process", monkeypatch)
    assemble.forget()


@pytest.fixture
def files(tmp_path: Path) -> agentrec_auto.FileStore:
    """A folder of files."""
    return agentrec_auto.FileStore(tmp_path / "files")


@pytest.fixture
def memory() -> agentrec_auto.InMemoryStore:
    """A store in memory."""
    return agentrec_auto.InMemoryStore()


@pytest.fixture
async def client(kit: Kit) -> AsyncIterator[Any]:
    """A client that obeys cassettes."""
    made = kit.scoped_client()
    yield made
    await kit.close(made)
