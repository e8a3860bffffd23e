"""A program's own store: coroutines by id, in async and in sync programs."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from library.kit import CHAT, Kit, question
from loopback import LoopbackServer

from agentrec_auto import InMemoryStore, InteractionStore, cassette, default_key
from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import StoreError
from agentrec_auto.explicit import bridge


class Drawer(InteractionStore):
    """Defines what must be, and notes what it is asked."""

    def __init__(self) -> None:
        self.kept: dict[str, CapturedInteraction] = {}
        self.asked: list[str] = []

    async def save(self, interaction_id: str, interaction: CapturedInteraction) -> None:
        self.asked.append(f"save {interaction_id}")
        self.kept[interaction_id] = interaction

    async def load(self, interaction_id: str) -> CapturedInteraction:
        self.asked.append(f"load {interaction_id}")
        return self.kept[interaction_id]


class BoundDrawer(Drawer):
    """Belongs to the event loop that it was first used in, as database clients do."""

    loop: asyncio.AbstractEventLoop | None = None

    async def save(self, interaction_id: str, interaction: CapturedInteraction) -> None:
        await self._same_loop()
        await super().save(interaction_id, interaction)

    async def load(self, interaction_id: str) -> CapturedInteraction:
        await self._same_loop()
        return await super().load(interaction_id)

    async def discard(self, interaction_id: str) -> None:
        self.kept.pop(interaction_id, None)

    async def _same_loop(self) -> None:
        running = asyncio.get_running_loop()
        self.loop = self.loop or running
        assert self.loop is running
        done = running.create_future()
        running.call_soon_threadsafe(done.set_result, None)
        await done


@pytest.fixture(params=[Drawer, BoundDrawer])
def drawer(request: pytest.FixtureRequest) -> Drawer:
    return request.param()  # type: ignore[no-any-return]


@pytest.mark.parametrize("stream", [False, True])
async def test_record_and_replay(kit: Kit, server: LoopbackServer, drawer: Drawer, stream: bool) -> None:
    """A store that has only `save` and `load` records and replays, under the default key."""
    async with kit.recording(drawer) as client:
        live = await kit.chunks(client, server.url + CHAT, question(stream=stream))
    assert list(drawer.kept) == [default_key(kit.H.Request("POST", server.url + CHAT, json=question()))]
    async with kit.replaying(drawer) as client:
        assert await kit.chunks(client, server.url + CHAT, question(stream=stream)) == live
    assert len([asked for asked in drawer.asked if asked.startswith("save")]) == 1


async def test_saved_as_it_ends(kit: Kit, server: LoopbackServer, drawer: Drawer) -> None:
    """A stream is saved before its last chunk is handed on: SDKs close it right there."""
    async with kit.recording(drawer, key="x") as client:
        response = await kit.open(client, server.at(stall_after="done") + CHAT)
        chunks = kit.raw(response)
        while b"[DONE]" not in await kit.next(chunks):
            assert not drawer.kept
        assert list(drawer.kept) == ["x"]
        server.release()
        await kit.close(response)


async def test_auto(kit: Kit, server: LoopbackServer, drawer: Drawer) -> None:
    """What isn't there is recorded, and then replayed."""
    for _ in range(2):
        async with kit.auto(drawer) as client:
            answer = await kit.post(client, server.url + CHAT)
    assert answer.json()["id"] == "chatcmpl-1" and server.hits == 1


async def test_takes(kit: Kit, server: LoopbackServer, drawer: Drawer) -> None:
    """Takes have ids of their own, and earlier ones are discarded where the store can."""
    for times in (3, 1):
        async with kit.recording(drawer, key="x") as client:
            for _ in range(times):
                await kit.post(client, server.url + CHAT)
    left = ["x"] if isinstance(drawer, BoundDrawer) else ["x", "x.take2", "x.take3"]
    assert sorted(drawer.kept) == left
    async with kit.replaying(drawer, key="x") as client:
        assert (await kit.post(client, server.url + CHAT)).json()["id"] == "chatcmpl-4"


async def test_miss(kit: Kit, drawer: Drawer) -> None:
    """What it hasn't is a KeyError."""
    async with kit.replaying(drawer, key="x") as client:
        with pytest.raises(KeyError, match="No recorded interaction for id='x'"):
            await kit.post(client, "https://api.openai.com" + CHAT)


async def test_cassette(kit: Kit, client: Any, server: LoopbackServer, drawer: Drawer) -> None:
    """A cassette takes it, too."""
    for _ in range(2):
        async with kit.on(cassette(drawer)):
            await kit.post(client, server.url + CHAT)
    assert len(drawer.kept) == 1 == server.hits


async def test_abandoned(kit: Kit, server: LoopbackServer, drawer: Drawer) -> None:
    """A stream that is closed early is saved when it is closed."""
    async with kit.recording(drawer, key="x") as client:
        response = await kit.open(client, server.at(stall_after=2) + CHAT)
        await kit.take(kit.raw(response), 2)
        await kit.close(response)
        assert drawer.kept["x"].metadata["ending"] == "abandoned"


async def test_save_that_fails(kit: Kit, server: LoopbackServer, capfd: pytest.CaptureFixture[str]) -> None:
    """A store that can't save costs a warning, not the program's call."""

    class Full(Drawer):
        async def save(self, interaction_id: str, interaction: CapturedInteraction) -> None:
            raise OSError("no space")

    async with kit.recording(Full(), key="x") as client:
        assert (await kit.post(client, server.url + CHAT)).status_code == 200
    assert "x was not kept: Full said OSError: no space" in capfd.readouterr().err


async def test_load_that_fails(kit: Kit, server: LoopbackServer) -> None:
    """A store that can't be read is an error of the program's, which it is told; nothing goes live."""

    class Torn(Drawer):
        async def load(self, interaction_id: str) -> CapturedInteraction:
            raise ConnectionRefusedError("down")

    async with kit.auto(Torn()) as client:
        with pytest.raises(ConnectionRefusedError):
            await kit.post(client, server.url + CHAT)
    assert server.hits == 0


async def test_subclass_of_ours(kit: Kit, server: LoopbackServer) -> None:
    """A subclass that overrides a method of ours is asked, as any store is."""
    saved = []

    class Spy(InMemoryStore):
        async def save(self, interaction_id: str, interaction: CapturedInteraction) -> None:
            saved.append(interaction_id)
            await super().save(interaction_id, interaction)

    store = Spy()
    for _ in range(2):
        async with kit.auto(store, key="x") as client:
            await kit.post(client, server.url + CHAT)
    assert saved == ["x"] and "x" in store and server.hits == 1


async def test_has_is_asked_first(kit: Kit, server: LoopbackServer) -> None:
    """A store that knows what it has is believed."""

    class Expired(Drawer):
        async def has(self, interaction_id: str) -> bool:
            return False

    store = Expired()
    for _ in range(2):
        async with kit.auto(store, key="x") as client:
            await kit.post(client, server.url + CHAT)
    assert server.hits == 2 and not [asked for asked in store.asked if asked.startswith("load")]


def test_in_a_loop_that_stands_still(server: LoopbackServer) -> None:
    """A sync client in a coroutine waits for a store without the loop it holds up."""
    import httpx

    client, drawer = Kit(httpx, False).scoped_client(), BoundDrawer()

    async def program() -> None:
        for _ in range(2):
            with cassette(drawer):
                client.post(server.url + CHAT, json=question())

    asyncio.run(program())
    assert len(drawer.kept) == 1 == server.hits


def test_a_store_that_waits_for_its_caller(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that waits for the loop it holds up is given up, in words, and not waited for forever."""
    import httpx

    monkeypatch.setattr(bridge, "PATIENCE_S", 0.2)

    class Entangled(Drawer):
        async def load(self, interaction_id: str) -> CapturedInteraction:
            future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.home)
            await asyncio.wrap_future(future)
            raise KeyError(interaction_id)

        home: asyncio.AbstractEventLoop

    client, store = Kit(httpx, False).scoped_client(), Entangled()

    async def program() -> None:
        store.home = asyncio.get_running_loop()
        with cassette(store), pytest.raises(StoreError, match="use an async client"):
            client.post(server.url + CHAT, json=question())

    asyncio.run(program())


def test_a_store_that_makes_calls_of_its_own(server: LoopbackServer, drawer: Drawer) -> None:
    """A store that is asked by a call may make a call in a scope of its own."""
    import httpx

    client, other = Kit(httpx, False).scoped_client(), Drawer()

    class Remote(Drawer):
        async def save(self, interaction_id: str, interaction: CapturedInteraction) -> None:
            with cassette(other, id="audit"):
                client.post(server.url + "/audit", json={})
            await super().save(interaction_id, interaction)

    store = Remote()
    with cassette(store, id="x"):
        client.post(server.url + CHAT, json=question())
    assert list(store.kept) == ["x"] and list(other.kept) == ["audit"]


def test_threads(server: LoopbackServer, drawer: Drawer) -> None:
    """Eight threads with one such store lose nothing."""
    import httpx

    client = Kit(httpx, False).scoped_client()

    def work(number: int) -> None:
        client.post(server.url + CHAT, json=question(str(number)))

    with cassette(drawer, mode="record"):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(drawer.kept) == 8
