"""Clients of either library, sync and async, driven alike: questions in, their answers' chunks out."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.workload import HEADERS, PATH, Cell, Kind, question

Ask = Callable[[list[int]], list[list[bytes]]]


def library_of(cell: Cell) -> Any:
    """The module httpx or httpx2."""
    return importlib.import_module(cell.library)


_ready: list[Any] = []


def make_ready(cell: Cell) -> None:
    """Make the next plain client now: that loads the network's modules and a TLS context, 50 ms of them."""
    _ready.append(client_of(cell))


def client_of(cell: Cell, transport: Any = None) -> Any:
    """A client as people make it, or around ``transport``."""
    if transport is None and _ready:
        return _ready.pop()
    library = library_of(cell)
    made = library.Client if cell.style == "sync" else library.AsyncClient
    return made(timeout=60) if transport is None else made(timeout=60, transport=transport)


@contextmanager
def asking(client: Any, cell: Cell, url: str, kind: Kind) -> Iterator[Ask]:
    """What asks one question after the other; closes the client."""
    url += PATH

    if cell.style == "sync":
        one = _plain if kind == "json" else _streamed
        with client:
            yield lambda numbers: [one(client, url, question(number, kind)) for number in numbers]
        return
    loop = asyncio.new_event_loop()
    one_async = _plain_async if kind == "json" else _streamed_async

    async def each(numbers: list[int]) -> list[list[bytes]]:
        return [await one_async(client, url, question(number, kind)) for number in numbers]

    try:
        yield lambda numbers: loop.run_until_complete(each(numbers))
        loop.run_until_complete(client.aclose())
    finally:
        loop.close()


def _plain(client: Any, url: str, body: bytes) -> list[bytes]:
    return [client.post(url, content=body, headers=HEADERS).content]


def _streamed(client: Any, url: str, body: bytes) -> list[bytes]:
    with client.stream("POST", url, content=body, headers=HEADERS) as response:
        return list(response.iter_bytes())


async def _plain_async(client: Any, url: str, body: bytes) -> list[bytes]:
    response = await client.post(url, content=body, headers=HEADERS)
    return [response.content]


async def _streamed_async(client: Any, url: str, body: bytes) -> list[bytes]:
    async with client.stream("POST", url, content=body, headers=HEADERS) as response:
        return [chunk async for chunk in response.aiter_bytes()]
