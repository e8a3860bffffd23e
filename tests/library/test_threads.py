"""Threads and the scope: no call that belongs to a cassette goes live because a thread made it."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest
from library.kit import CHAT, Kit, question
from loopback import LoopbackServer

from agentrec_auto import InMemoryStore, cassette

Ask = Callable[[], Any]


@pytest.fixture
def ask(kit: Kit, server: LoopbackServer) -> Iterator[Ask]:
    """Makes one call, from whatever thread it is called in."""
    if kit.is_async:
        url = server.url + CHAT

        async def once() -> Any:
            async with kit.scoped_client() as client:
                return await client.post(url, json=question())

        yield lambda: asyncio.run(once())
    else:
        client = kit.scoped_client()
        yield lambda: client.post(server.url + CHAT, json=question())
        client.close()


def count(store: InMemoryStore) -> int:
    return len(list(store.store.names()))


def in_thread(work: Ask) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def in_pool(work: Ask) -> None:
    with ThreadPoolExecutor(2) as pool:
        pool.submit(work).result()
        list(pool.map(lambda _: None, range(2)))


def in_timer(work: Ask) -> None:
    timer = threading.Timer(0, work)
    timer.start()
    timer.join()


def in_thread_pool(work: Ask) -> None:
    with ThreadPool(1) as pool:
        pool.apply(work)


def in_a_thread_of_a_thread(work: Ask) -> None:
    in_thread(lambda: in_thread(work))


def in_an_executor_of_a_loop(work: Ask) -> None:
    async def program() -> None:
        await asyncio.get_running_loop().run_in_executor(None, work)
        await asyncio.to_thread(lambda: None)

    asyncio.run(program())


WAYS = [in_thread, in_pool, in_timer, in_thread_pool, in_a_thread_of_a_thread, in_an_executor_of_a_loop]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("everywhere", [False, True], ids=["decorated", "with"])
def test_inherited(ask: Ask, server: LoopbackServer, way: Callable[[Ask], None], everywhere: bool) -> None:
    """Whatever way a thread is started in a scope, its calls are in it."""
    store = InMemoryStore()
    scope = cassette(store, mode="record")
    if everywhere:
        with scope:
            way(ask)
    else:
        scope(way)(ask)
    assert count(store) == 1 == server.hits


def test_replay_never_goes_live(ask: Ask, server: LoopbackServer) -> None:
    """Threads in a replay are answered from the recording, every one."""
    store = InMemoryStore()
    with cassette(store):
        ask()
    with cassette(store, mode="replay"), ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ask(), range(8)))
    assert server.hits == 1


def test_a_pool_made_before(ask: Ask, server: LoopbackServer) -> None:
    """Work that is submitted in a scope is in it, whenever the pool and its threads were made."""
    first, second = InMemoryStore(), InMemoryStore()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        for store in (first, second):
            cassette(store, mode="record")(lambda: pool.submit(ask).result())()
        pool.submit(ask).result()
    assert (count(first), count(second), server.hits) == (1, 1, 3)


def test_a_pool_made_inside(ask: Ask, server: LoopbackServer) -> None:
    """A pool whose threads were started in a scope does later work where that belongs."""
    store, pool = InMemoryStore(), ThreadPoolExecutor(1)
    cassette(store, mode="record")(lambda: pool.submit(ask).result())()
    pool.submit(ask).result()
    pool.shutdown()
    assert count(store) == 1 and server.hits == 2


@pytest.mark.parametrize("way", ["ThreadPool", "anyio"])
def test_a_pool_that_outlives_its_scope(ask: Ask, server: LoopbackServer, way: str) -> None:
    """The worker of a pool that was made in a scope is in it, and when that is over in none."""
    store = InMemoryStore()
    if way == "ThreadPool":
        pool: ThreadPool = cassette(store, mode="record")(ThreadPool)(1)
        pool.apply(ask)
        pool.terminate()
    else:

        async def program() -> None:
            from anyio import to_thread

            async with cassette(store, mode="record"):
                await to_thread.run_sync(int)
            await to_thread.run_sync(ask)
            async with cassette(later, mode="record"):
                await to_thread.run_sync(ask)

        later = InMemoryStore()
        asyncio.run(program())
        assert (count(later), server.hits) == (1, 2)
    assert count(store) == 0


def test_a_worker_that_was_running(ask: Ask, server: LoopbackServer) -> None:
    """``with`` in the main thread is meant for the whole process: a worker that runs already is in it, too."""
    todo: queue.Queue[Ask | None] = queue.Queue()
    store = InMemoryStore()

    def work() -> None:
        while (job := todo.get()) is not None:
            job()
            todo.task_done()

    worker = threading.Thread(target=work)
    worker.start()
    with cassette(store, mode="record"):
        todo.put(ask)
        todo.join()
    todo.put(ask)
    todo.join()
    todo.put(None)
    worker.join()
    assert count(store) == 1 and server.hits == 2


def test_other_threads_are_left_alone(ask: Ask, server: LoopbackServer) -> None:
    """A decorated function's scope doesn't reach a thread that it didn't start."""
    store, begun, over = InMemoryStore(), threading.Event(), threading.Event()

    def other() -> None:
        begun.wait()
        ask()
        over.set()

    thread = threading.Thread(target=other)
    thread.start()

    @cassette(store, mode="record")
    def scoped() -> None:
        begun.set()
        over.wait()

    scoped()
    thread.join()
    assert count(store) == 0 and server.hits == 1


def test_a_scope_of_each_thread(ask: Ask) -> None:
    """Threads with a cassette each don't see each other's."""
    stores = [InMemoryStore() for _ in range(4)]

    def work(store: InMemoryStore) -> None:
        with cassette(store, mode="record"):
            ask()
            ask()

    threads = [threading.Thread(target=work, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [count(store) for store in stores] == [2] * 4


def test_a_thread_in_an_inner_scope(ask: Ask) -> None:
    """The scope a thread enters itself comes before the one it was started in."""
    outer, inner = InMemoryStore(), InMemoryStore()

    def work() -> None:
        ask()
        with cassette(inner, mode="record"):
            ask()
        ask()

    with cassette(outer, mode="record"):
        in_thread(work)
    assert (count(outer), count(inner)) == (2, 1)


def test_a_thread_that_outlives_its_scope(ask: Ask, server: LoopbackServer) -> None:
    """As a task does, a thread stays in the scope it was started in, unless the process is in another."""
    first, second = InMemoryStore(), InMemoryStore()
    steps: queue.Queue[str] = queue.Queue()
    done = threading.Semaphore(0)

    def work() -> None:
        while steps.get() == "ask":
            ask()
            done.release()

    def step() -> None:
        steps.put("ask")
        done.acquire()

    with cassette(first, mode="record"):
        thread = threading.Thread(target=work)
        thread.start()
    step()
    with cassette(second, mode="record"):
        step()
    steps.put("end")
    thread.join()
    assert (count(first), count(second), server.hits) == (1, 1, 2)


def test_many_threads_at_once(ask: Ask) -> None:
    """Eight threads that ask the same in one scope record eight takes, none lost."""
    store = InMemoryStore()
    with cassette(store, mode="record"), ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ask(), range(24)))
    (key,) = {name.partition(".take")[0] for name in store.store.names()}
    assert len(store.store.takes(key)) == 24  # type: ignore[arg-type]
