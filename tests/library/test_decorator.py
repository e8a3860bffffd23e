"""A cassette around a function: on while it runs, whatever kind of function it is."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from library.kit import CHAT, Kit, question
from loopback import LoopbackServer

from agentrec_auto import FileStore, InMemoryStore, cassette
from agentrec_auto.store.base import Store


def held(store: InMemoryStore | FileStore) -> Store:
    return store.store


def names(store: InMemoryStore | FileStore) -> list[str]:
    return sorted(store.store.names())


class TestDecorator:
    """A cassette around a function is on while it runs."""

    async def test_coroutine_function(
        self, client: Any, kit: Kit, server: LoopbackServer, memory: InMemoryStore
    ) -> None:
        """A coroutine function stays one, with its name, and each call of it is in the scope."""

        @cassette(memory)
        async def ask(text: str) -> Any:
            """Asks."""
            return (await kit.post(client, server.url + CHAT, question(text))).json()["id"]

        assert inspect.iscoroutinefunction(ask) and ask.__name__ == "ask" and ask.__doc__ == "Asks."
        assert await ask("a") == await ask("a") != await ask("b")
        assert server.hits == 2
        await kit.post(client, server.url + CHAT)
        assert server.hits == 3

    async def test_takes(self, client: Any, kit: Kit, server: LoopbackServer, memory: InMemoryStore) -> None:
        """A decorated function called thrice while recording has three takes, and three in replay."""

        async def ask() -> Any:
            return (await kit.post(client, server.url + CHAT)).json()["id"]

        record, replay = (cassette(memory, mode=mode)(ask) for mode in ("record", "replay"))
        live = [await record() for _ in range(3)]
        assert [await replay() for _ in range(4)] == [*live, live[-1]] and len(set(live)) == 3

    async def test_recursion(
        self, client: Any, kit: Kit, server: LoopbackServer, memory: InMemoryStore
    ) -> None:
        """A decorated function may call itself."""

        @cassette(memory, mode="record")
        async def ask(depth: int) -> None:
            if depth:
                await ask(depth - 1)
            await kit.post(client, server.url + CHAT, question(str(depth)))

        await ask(2)
        assert len(names(memory)) == 3

    async def test_async_generator(
        self, client: Any, kit: Kit, server: LoopbackServer, memory: InMemoryStore
    ) -> None:
        """A generator is in the scope while it runs, and its caller isn't between two items."""

        @cassette(memory, mode="record", key=lambda request: "inside")
        async def ask() -> AsyncIterator[Any]:
            for _ in range(2):
                yield await kit.post(client, server.url + CHAT)

        assert inspect.isasyncgenfunction(ask)
        async for _ in ask():
            await kit.post(client, server.url + CHAT)
        assert names(memory) == ["inside", "inside.take2"] and server.hits == 4

    async def test_behind_a_partial(
        self, client: Any, kit: Kit, server: LoopbackServer, memory: InMemoryStore
    ) -> None:
        """What returns an awaitable without looking like it is awaited in the scope."""

        async def ask(url: str) -> None:
            await kit.post(client, url)

        class Asker:
            def __call__(self) -> Any:
                return ask(server.url + CHAT)

        for number, function in enumerate(
            (functools.partial(ask, server.url + CHAT), Asker(), lambda: Asker()())
        ):
            await cassette(memory, id=str(number))(function)()
        assert names(memory) == ["0", "1", "2"]


@pytest.fixture
def sync(kit: Kit) -> Kit:
    if kit.is_async:
        pytest.skip("for sync clients")
    return kit


def test_plain_function(sync: Kit, server: LoopbackServer, memory: InMemoryStore) -> None:
    """A plain function is decorated, too."""
    client = sync.scoped_client()

    @cassette(memory, mode="record", id="x")
    def ask() -> int:
        client.post(server.url + CHAT, json=question())
        return 42

    assert ask() == 42 and names(memory) == ["x"]
    client.post(server.url + CHAT, json=question())
    assert names(memory) == ["x"]


def test_generator(sync: Kit, server: LoopbackServer, memory: InMemoryStore) -> None:
    """A plain generator is in the scope while it runs, closed early or not."""
    client, closed = sync.scoped_client(), []

    @cassette(memory, mode="record", id="x")
    def ask() -> Iterator[int]:
        try:
            for number in range(3):
                client.post(server.url + CHAT, json=question())
                yield number
        finally:
            client.post(server.url + CHAT, json=question())
            closed.append(True)

    items = ask()
    assert next(items) == 0
    client.post(server.url + CHAT, json=question())
    items.close()  # type: ignore[attr-defined]
    assert closed and len(names(memory)) == 2 and server.hits == 3
    assert inspect.isgeneratorfunction(ask)
