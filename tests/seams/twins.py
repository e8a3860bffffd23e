"""httpx and httpx2, sync and async, in the same words; and a corpus that a test switches between modes."""

from __future__ import annotations

import inspect
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import httpx2
import pytest
from loopback import at

from agentrec_auto import assemble
from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.flow import active
from agentrec_auto.flow.tally import Tally
from agentrec_auto.seams import httpx_played
from agentrec_auto.settings import Settings
from agentrec_auto.store.file import FolderStore

CHAT = "/v1/chat/completions"
MESSAGES = "/v1/messages"


def question(text: str = "why?", *, stream: bool = False, **more: Any) -> dict[str, Any]:
    """The body of a chat request."""
    body = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return {**body, "stream": True} if stream else body


def told(*words: str, **values: object) -> dict[str, dict[str, str]]:
    """The loopback server's control words as a header: unlike its URL, that is no part of a key."""
    return {"headers": {"x-loopback": at("", *words, **values)[1:]}}


def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What replay at the recorded pace would sleep from here on: it is noted, and not slept."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(httpx_played, "time", SimpleNamespace(sleep=slept.append))
    monkeypatch.setattr(httpx_played, "_sleep", sleep)
    return slept


async def settled(value: Any) -> Any:
    """The value, awaited where it comes from an async client."""
    return await value if inspect.isawaitable(value) else value


@dataclass(frozen=True)
class Twin:
    """One of the libraries, used one of the ways."""

    H: ModuleType
    is_async: bool

    @property
    def Client(self) -> Any:
        """The client class."""
        return self.H.AsyncClient if self.is_async else self.H.Client

    @property
    def Transport(self) -> Any:
        """The class of the real transport."""
        return self.H.AsyncHTTPTransport if self.is_async else self.H.HTTPTransport

    def client(self, **options: Any) -> Any:
        """A client that takes no proxy from the environment and loads no certificates (20 ms) unless told."""
        return self.Client(**{"trust_env": False, "verify": False, **options})

    def transport(self, answer: Callable[[Any], Any]) -> Any:
        """A transport of the app's own, which answers a request by a function."""

        class Transport(self.H.BaseTransport, self.H.AsyncBaseTransport):  # type: ignore[name-defined,misc]
            def handle_request(self, request: Any) -> Any:
                return answer(request)

            async def handle_async_request(self, request: Any) -> Any:
                return answer(request)

        return Transport()

    def stream(self, pieces: Sequence[bytes]) -> Any:
        """A body in pieces, which can be iterated again and again."""

        class Stream(self.H.SyncByteStream, self.H.AsyncByteStream):  # type: ignore[name-defined,misc]
            def __iter__(self) -> Iterator[bytes]:
                return iter(pieces)

            async def __aiter__(self) -> Any:
                for piece in pieces:
                    yield piece

        return Stream()

    async def post(self, client: Any, url: str, body: Any = None, **options: Any) -> Any:
        """A response, read."""
        return await settled(client.post(url, json=body or question(), **options))

    async def open(self, client: Any, url: str, body: Any = None, **options: Any) -> Any:
        """A response whose body is still to come."""
        request = client.build_request("POST", url, json=body or question(stream=True), **options)
        return await settled(client.send(request, stream=True))

    def raw(self, response: Any) -> Any:
        """The iterator over the chunks of a body."""
        return response.aiter_raw() if self.is_async else response.iter_raw()

    async def next(self, chunks: Any) -> Any:
        """The next chunk; StopAsyncIteration after the last, sync too."""
        if self.is_async:
            return await chunks.__anext__()
        try:
            return next(chunks)
        except StopIteration:
            raise StopAsyncIteration from None

    async def take(self, chunks: Any, number: int) -> list[Any]:
        """The next so many chunks."""
        return [await self.next(chunks) for _ in range(number)]

    async def rest(self, chunks: Any) -> list[Any]:
        """All chunks still to come."""
        return [chunk async for chunk in chunks] if self.is_async else list(chunks)

    async def chunks(self, client: Any, url: str, body: Any = None, **options: Any) -> list[bytes]:
        """The chunks of an answer, read to the end and closed."""
        response = await self.open(client, url, body, **options)
        try:
            return await self.rest(self.raw(response))
        finally:
            await self.close(response)

    async def close(self, thing: Any) -> None:
        """Close a client, a response or an iterator."""
        await (thing.aclose() if self.is_async else settled(thing.close()))


TWINS = [Twin(module, is_async) for module in (httpx, httpx2) for is_async in (False, True)]


def named(twin: Twin) -> str:
    """A twin in a test's name."""
    return f"{twin.H.__name__}-{'async' if twin.is_async else 'sync'}"


def only(module: ModuleType | None = None, *, is_async: bool | None = None) -> pytest.MarkDecorator:
    """A mark for tests that are about one library, or one way, only."""
    chosen = [
        twin for twin in TWINS if module in (None, twin.H) and (is_async is None or is_async is twin.is_async)
    ]
    return pytest.mark.parametrize("unpatched", chosen, ids=named, indirect=True)


@dataclass
class Corpus:
    """A folder of recordings, and this process's recorder at work on it in one mode after another."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    runs: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    def switch(self, mode: str, **settings: Any) -> None:
        """Another run begins, in ``mode``: what is open is settled, the ledger empty, takes count from 1."""
        assemble.forget()
        active.ledger.after_fork()
        active.reached.clear()
        self.monkeypatch.setenv("AGENTREC_MODE", mode)
        self.monkeypatch.setenv("AGENTREC_RUN_ID", f"run-{next(self.runs)}")
        if mode != "off":
            told = Settings(mode=mode, corpus=str(self.folder), root=os.getcwd(), **settings)
            assemble._recorder = assemble.assembled(told)

    def finish(self) -> None:
        """The process ends, as far as the recorder can tell."""
        recorder = assemble._recorder
        assert recorder is not None
        recorder.finish()

    def clear(self) -> None:
        """Forget every recording."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def recordings(self) -> list[CapturedInteraction]:
        """What is stored, in the order it was finished."""
        store = FolderStore(str(self.folder))
        found = [store.load(name) for name in store.names()]
        return sorted(found, key=lambda one: str(one.metadata["recorded_at"]))

    @property
    def recording(self) -> CapturedInteraction:
        """The only one."""
        (one,) = self.recordings
        return one

    @property
    def tally(self) -> Tally:
        """What happened in this run."""
        tally = Tally()
        for event in active.ledger.events:
            tally.add(event)
        return tally

    @property
    def counts(self) -> dict[str, int]:
        """How often each kind of thing happened in this run."""
        return dict(self.tally.counts)
