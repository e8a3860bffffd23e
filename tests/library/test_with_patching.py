"""Explicit use and patched libraries in one process: a call is recorded once, and a replay never goes live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from library.kit import CHAT, Kit, question, settled
from loopback import LoopbackServer
from seams.twins import Corpus

from agentrec_auto import InMemoryStore, cassette
from agentrec_auto.flow import active
from agentrec_auto.seams import httpx_family


@pytest.fixture(autouse=True)
def patched(kit: Kit) -> Iterator[None]:
    httpx_family.patch(kit.H)
    yield
    httpx_family.unpatch(kit.H)


def count(store: InMemoryStore) -> int:
    return len(list(store.store.names()))


@pytest.mark.parametrize("mode", ["record", "auto", "replay"])
async def test_explicit_wins(
    kit: Kit, corpus: Corpus, server: LoopbackServer, memory: InMemoryStore, mode: str
) -> None:
    """What an explicit transport sees to is none of the patched process's business, whatever its mode."""
    corpus.switch(mode)
    async with kit.recording(memory) as client:
        live = await kit.post(client, server.url + CHAT)
    async with kit.replaying(memory) as client:
        assert (await kit.post(client, server.url + CHAT)).content == live.content
    assert server.hits == 1 and count(memory) == 1
    assert not corpus.folder.exists()


async def test_cassette_wins(
    kit: Kit, corpus: Corpus, client: Any, server: LoopbackServer, memory: InMemoryStore
) -> None:
    """In a scope its store records; outside of any the corpus of the process does."""
    corpus.switch("record")
    async with kit.on(cassette(memory)):
        await kit.post(client, server.url + CHAT)
    assert count(memory) == 1 and not corpus.folder.exists()
    await kit.post(client, server.url + CHAT)
    assert count(memory) == 1 and len(corpus.recordings) == 1


async def test_a_scope_in_replay_stays_offline(
    kit: Kit, corpus: Corpus, client: Any, server: LoopbackServer, memory: InMemoryStore
) -> None:
    """A process that records doesn't send a replaying scope's calls out."""
    corpus.switch("record")
    async with kit.on(cassette(memory, mode="replay")):
        with pytest.raises(KeyError):
            await kit.post(client, server.url + CHAT)
    assert server.hits == 0


class Around:
    """A transport of the app's own around another."""

    def __new__(cls, kit: Kit, inner: Any) -> Any:
        class Wrapped(kit.H.AsyncBaseTransport, kit.H.BaseTransport):  # type: ignore[misc, name-defined]
            def handle_request(self, request: Any) -> Any:
                return inner.handle_request(request)

            async def handle_async_request(self, request: Any) -> Any:
                return await inner.handle_async_request(request)

            async def aclose(self) -> None:
                await inner.aclose()

            def close(self) -> None:
                inner.close()

        return Wrapped()


@pytest.fixture
async def wrapped(kit: Kit, memory: InMemoryStore) -> AsyncIterator[dict[str, Any]]:
    """Clients of explicit transports that are hidden in a transport of the app's own."""
    made = {
        "Recording": kit.Client(transport=Around(kit, kit.transport("Recording", kit.inner(), memory))),
        "Auto": kit.Client(transport=Around(kit, kit.transport("Auto", kit.inner(), memory))),
        "Replay": kit.Client(transport=Around(kit, kit.transport("Replay", memory))),
    }
    yield made
    for client in made.values():
        await settled(kit.close(client))


@pytest.mark.parametrize("name", ["Recording", "Auto"])
async def test_recorded_once(
    kit: Kit,
    corpus: Corpus,
    wrapped: dict[str, Any],
    server: LoopbackServer,
    memory: InMemoryStore,
    name: str,
) -> None:
    """An explicit transport that a patched library can't see leaves a call to it that it records."""
    corpus.switch("record")
    await kit.post(wrapped[name], server.url + CHAT)
    assert server.hits == 1 and len(corpus.recordings) + count(memory) == 1


async def test_hidden_replay(
    kit: Kit, corpus: Corpus, wrapped: dict[str, Any], server: LoopbackServer, memory: InMemoryStore
) -> None:
    """An explicit replay stays one where a patched library can't see it."""
    async with kit.recording(memory) as client:
        live = await kit.post(client, server.url + CHAT)
    corpus.switch("record")
    for name in ("Replay", "Auto"):
        assert (await kit.post(wrapped[name], server.url + CHAT)).content == live.content
    with pytest.raises(KeyError):
        await kit.post(wrapped["Replay"], server.url + CHAT, question("another"))
    assert server.hits == 1


async def test_explicit_in_explicit(kit: Kit, server: LoopbackServer) -> None:
    """Explicit transports in one another each do what they are told: one corpus is copied into another."""
    first, second = InMemoryStore(), InMemoryStore()
    inner = kit.transport("Recording", kit.inner(), first)
    async with kit.opened(kit.transport("Recording", inner, second)) as client:
        live = await kit.post(client, server.url + CHAT)
    assert (count(first), count(second), server.hits) == (1, 1, 1)
    third = InMemoryStore()
    async with kit.opened(kit.transport("Recording", kit.transport("Replay", first), third)) as client:
        assert (await kit.post(client, server.url + CHAT)).content == live.content
    assert count(third) == 1 == server.hits


async def test_nothing_piles_up(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """A process that is in no run keeps no count of what explicit transports do."""
    httpx_family.unpatch(kit.H)
    async with kit.on(cassette(memory)):
        await kit.post(client, server.url + CHAT)
    assert active.ledger.events == []


async def test_counted(
    kit: Kit, corpus: Corpus, client: Any, server: LoopbackServer, memory: InMemoryStore
) -> None:
    """What explicit transports do is in the ledger of the run, a swallowed miss included."""
    corpus.switch("auto")
    for mode, text in (("record", "a"), ("replay", "a"), ("replay", "b")):
        async with kit.on(cassette(memory, mode=mode)):
            try:
                await kit.post(client, server.url + CHAT, question(text))
            except KeyError:
                pass
    assert corpus.counts == {"recorded": 1, "replayed": 1, "missed": 1} and corpus.tally.is_red
