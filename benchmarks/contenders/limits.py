"""What is there to be had: a bare client, and answers from memory by the libraries' own means."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from benchmarks.asking import client_of, library_of
from benchmarks.contenders.base import Contender
from benchmarks.job import Corpus
from benchmarks.workload import Cell, Kind, answer, events, question

PLAIN = [(b"content-type", b"application/json")]
STREAM = [(b"content-type", b"text/event-stream")]


@cache
def answers_to(corpus: Corpus) -> dict[bytes, list[bytes]]:
    """Each question's body → the chunks of its answer."""
    return {
        question(number, corpus.kind): [answer(number)] if corpus.kind == "json" else events(number)
        for number in range(corpus.count)
    }


@contextmanager
def bare(cell: Cell, path: str) -> Iterator[Any]:
    """A client that nobody listens to."""
    yield client_of(cell)


@contextmanager
def mock(cell: Cell, corpus: Corpus) -> Iterator[Any]:
    """A client on MockTransport."""
    yield client_of(cell, mock_transport(library_of(cell), cell, answers_to(corpus), corpus.kind))


def mock_transport(library: Any, cell: Cell, answers: dict[bytes, list[bytes]], kind: Kind) -> Any:
    """A MockTransport that gives streams as a generator and the rest as bytes, as people write it."""

    def plain(request: Any) -> Any:
        return library.Response(200, headers=PLAIN, content=answers[request.content][0])

    def streamed(request: Any) -> Any:
        chunks = answers[request.content]
        content = iter_of(chunks) if cell.style == "sync" else aiter_of(chunks)
        return library.Response(200, headers=STREAM, content=content)

    return library.MockTransport(plain if kind == "json" else streamed)


def iter_of(chunks: list[bytes]) -> Iterator[bytes]:
    yield from chunks


async def aiter_of(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@contextmanager
def floor(cell: Cell, corpus: Corpus) -> Iterator[Any]:
    """A client on the least that a transport can do: headers made once, chunks from a list."""
    library = library_of(cell)
    answers = answers_to(corpus)
    headers = library.Headers(PLAIN if corpus.kind == "json" else STREAM)

    class Stream(library.SyncByteStream):  # type: ignore[misc, name-defined]
        def __init__(self, chunks: list[bytes]) -> None:
            self._chunks = chunks

        def __iter__(self) -> Iterator[bytes]:
            return iter(self._chunks)

    class AsyncStream(library.AsyncByteStream):  # type: ignore[misc, name-defined]
        def __init__(self, chunks: list[bytes]) -> None:
            self._chunks = chunks

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for chunk in self._chunks:
                yield chunk

    class Transport(library.BaseTransport):  # type: ignore[misc, name-defined]
        def handle_request(self, request: Any) -> Any:
            return library.Response(200, headers=headers, stream=Stream(answers[request.content]))

    class AsyncTransport(library.AsyncBaseTransport):  # type: ignore[misc, name-defined]
        async def handle_async_request(self, request: Any) -> Any:
            return library.Response(200, headers=headers, stream=AsyncStream(answers[request.content]))

    yield client_of(cell, Transport() if cell.style == "sync" else AsyncTransport())


def prepare(cell: Cell, corpus: Corpus) -> None:
    """Make the answers."""
    answers_to(corpus)


BARE = Contender("bare", "the client and nothing else: the limit of recording", recording=bare)
MOCK = Contender(
    "mock",
    "MockTransport, a dict and the same bytes: the limit of replay",
    replaying=mock,
    prepare=prepare,
    brings_client=True,
)
FLOOR = Contender(
    "floor",
    "the least that a transport can do: headers made once, a list of chunks",
    replaying=floor,
    prepare=prepare,
    brings_client=True,
)
