"""A cassette: which calls it holds for, and as what it can be used."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from library.kit import CHAT, Kit, question, sleeps
from loopback import LoopbackServer

from agentrec_auto import FileStore, InMemoryStore, cassette
from agentrec_auto.capture import Ending
from agentrec_auto.store.base import Store


def held(store: InMemoryStore | FileStore) -> Store:
    return store.store


def names(store: InMemoryStore | FileStore) -> list[str]:
    return sorted(store.store.names())


async def test_record_then_replay(kit: Kit, client: Any, server: LoopbackServer, files: FileStore) -> None:
    """What is recorded in one scope is replayed in the next, with the server gone."""
    async with kit.on(cassette(files, mode="record")):
        live = await kit.post(client, server.url + CHAT)
    server.stop()
    async with kit.on(cassette(files, mode="replay")):
        assert (await kit.post(client, server.url + CHAT)).content == live.content


async def test_outside(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """Before and after a scope, calls go out and are not recorded."""
    await kit.post(client, server.url + CHAT)
    async with kit.on(cassette(memory)):
        pass
    await kit.post(client, server.url + CHAT)
    assert names(memory) == [] and server.hits == 2


async def test_auto(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """By default what isn't recorded is, and what is recorded is replayed to a later scope."""
    answers = []
    for _ in range(2):
        async with kit.on(cassette(memory)):
            answers.append((await kit.post(client, server.url + CHAT)).content)
    assert answers[0] == answers[1] and server.hits == 1


async def test_takes_of_a_scope(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """Asked thrice in a scope, a question has three answers, and so has its replay."""
    answers: list[list[str]] = []
    for mode in ("auto", "replay", "auto"):
        async with kit.on(cassette(memory, mode=mode)):
            answers.append([(await kit.post(client, server.url + CHAT)).json()["id"] for _ in range(3)])
    assert answers[0] == answers[1] == answers[2] and len(set(answers[0])) == 3 == server.hits


async def test_innermost_wins(kit: Kit, client: Any, server: LoopbackServer) -> None:
    """Of scopes in one another the innermost holds; after it the one around it again."""
    outer, inner = InMemoryStore(), InMemoryStore()
    async with kit.on(cassette(outer, id="1")):
        async with kit.on(cassette(inner, id="2")):
            await kit.post(client, server.url + CHAT)
        assert (names(outer), names(inner)) == ([], ["2"])
        await kit.post(client, server.url + CHAT)
    assert (names(outer), names(inner)) == (["1"], ["2"])


async def test_entered_again(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """One object may be entered while it is on, and after."""
    scope = cassette(memory, mode="record", id="x")
    async with kit.on(scope), kit.on(scope):
        await kit.post(client, server.url + CHAT)
    async with kit.on(scope):
        await kit.post(client, server.url + CHAT)
    await kit.post(client, server.url + CHAT)
    assert names(memory) == ["x", "x.take2"]


async def test_error_inside(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """An exception goes through, and ends the scope."""
    with pytest.raises(ZeroDivisionError):
        async with kit.on(cassette(memory)):
            raise ZeroDivisionError
    await kit.post(client, server.url + CHAT)
    assert names(memory) == []


async def test_metadata(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """What the cassette says is stored with what is recorded in its scope."""
    async with kit.on(cassette(memory, id="x", metadata={"category": "classify"})):
        await kit.post(client, server.url + CHAT)
    assert (await memory.load("x")).metadata["category"] == "classify"


async def test_pace(
    kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``simulate_timing`` replays at the recorded pace."""
    took, slept = [], sleeps(monkeypatch)
    for simulate_timing in (False, False, True):
        async with kit.on(cassette(memory, id="x", simulate_timing=simulate_timing)):
            await kit.post(client, server.at(pace=20) + CHAT, question(stream=True))
        took.append(sum(slept))
    recorded = (await memory.load("x")).chunks[-1].timestamp_offset
    assert took == [0, 0, pytest.approx(recorded)] and recorded > 0.02 and server.hits == 1


async def test_read_after_the_scope(
    kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore
) -> None:
    """A response that is read when its scope is over is recorded whole."""
    async with kit.on(cassette(memory, id="x")):
        response = await kit.open(client, server.url + CHAT)
    chunks = await kit.rest(kit.raw(response))
    await kit.close(response)
    kept = await memory.load("x")
    assert (kept.ending, kept.body) == (Ending.COMPLETE, b"".join(chunks))


async def test_dropped(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """A response that nobody reads to its end is kept as abandoned when the scope ends."""

    async def half() -> None:
        response = await kit.open(client, server.url + CHAT)
        await kit.take(kit.raw(response), 2)

    async with kit.on(cassette(memory, id="x")):
        await half()
        for _ in range(8):  # async generators that were dropped are closed by the loop, from the outermost in
            await asyncio.sleep(0)
        gc.collect()
    assert (await memory.load("x")).ending is Ending.ABANDONED


@pytest.mark.parametrize(
    ("options", "said"),
    [({"mode": "replya"}, "unknown mode 'replya'"), ({"id": "x", "key": str}, "id and key")],
)
def test_refused(memory: InMemoryStore, options: dict[str, Any], said: str) -> None:
    """A mode that doesn't exist and two ways of naming at once are refused when the cassette is made."""
    with pytest.raises(ValueError, match=said):
        cassette(memory, **options)


@pytest.fixture
def sync(kit: Kit) -> Kit:
    if kit.is_async:
        pytest.skip("for sync clients")
    return kit


def test_sync_client_in_async_scope(sync: Kit, server: LoopbackServer, memory: InMemoryStore) -> None:
    """A scope holds for every client of ours, however it was entered."""
    client = sync.scoped_client()

    async def program() -> None:
        async with cassette(memory, id="x"):
            client.post(server.url + CHAT, json=question())

    asyncio.run(program())
    assert names(memory) == ["x"]


def test_both_libraries_in_one_scope(server: LoopbackServer, memory: InMemoryStore) -> None:
    """A question recorded through httpx is answered through httpx2."""
    import httpx
    import httpx2

    here, there = Kit(httpx, False).scoped_client(), Kit(httpx2, False).scoped_client()
    with cassette(memory):
        live = here.post(server.url + CHAT, json=question())
    with cassette(memory, mode="replay"):
        assert there.post(server.url + CHAT, json=question()).content == live.content


async def test_sync_with_in_async_code(kit: Kit, client: Any, server: LoopbackServer) -> None:
    """``with`` in a coroutine holds for its task only."""
    mine, begun, over = InMemoryStore(), asyncio.Event(), asyncio.Event()

    async def other() -> None:
        await begun.wait()
        await kit.post(client, server.url + CHAT)
        over.set()

    task = asyncio.create_task(other())
    with cassette(mine, id="x"):
        begun.set()
        await over.wait()
    await task
    assert names(mine) == [] and server.hits == 1


async def test_tasks_at_once(kit: Kit, server: LoopbackServer) -> None:
    """Tasks with a cassette each don't see each other's, nor do those of one object mix their askings."""
    if not kit.is_async:
        pytest.skip("for async clients")
    client, stores = kit.scoped_client(), [InMemoryStore() for _ in range(5)]

    async def ask(number: int) -> None:
        async with cassette(stores[number]):
            for text in "ab":
                await kit.post(client, server.at(pace=1) + CHAT, question(f"{text}{number}"))

    await asyncio.gather(*map(ask, range(5)))
    for number, store in enumerate(stores):
        asked = [held(store).load(name).request.content for name in names(store)]
        assert len(asked) == 2 and all(str(number).encode() in content for content in asked)
    shared = cassette(InMemoryStore(), mode="record")

    @shared
    async def once(text: str) -> None:
        await kit.post(client, server.url + CHAT, question(text))

    await asyncio.gather(*(once(text) for text in "abab"))
    assert len(list(shared._desk.store.names())) == 4
    await client.aclose()


async def test_a_task_keeps_its_scope(kit: Kit, client: Any, server: LoopbackServer) -> None:
    """A task that outlives the scope it was made in stays in it."""
    store, over = InMemoryStore(), asyncio.Event()

    async def later() -> None:
        await over.wait()
        await kit.post(client, server.url + CHAT)

    async with cassette(store, id="x"):
        task = asyncio.create_task(later())
    over.set()
    await task
    assert names(store) == ["x"]


async def test_left_elsewhere(kit: Kit, client: Any, server: LoopbackServer, memory: InMemoryStore) -> None:
    """A scope that is left in another task than it was entered in, as fixtures do, is left."""
    scope = cassette(memory)
    await asyncio.create_task(scope.__aenter__())  # type: ignore[arg-type]
    await asyncio.create_task(scope.__aexit__(None, None, None))  # type: ignore[arg-type]
    await kit.post(client, server.url + CHAT)
    assert names(memory) == []
