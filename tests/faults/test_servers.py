"""Rude servers, impatient clients: the app sees just what it would see without us, and the corpus holds no lie."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from faults.conftest import Count
from faults.rude import DONE, EVENTS, SCRIPTS, RudeServer, Script
from faults.scale import IS_LONG
from h2.connection import H2Connection
from h2.exceptions import ProtocolError
from seams.callers import NEW, Caller
from seams.h2server import H2Server
from seams.twins import CHAT, TWINS, Corpus, Twin, named, question, settled

from agentrec_auto.capture import Ending
from agentrec_auto.seams import httpx_family

Seen = list[tuple[Any, ...]]
"""What an app sees of a call: the head, each chunk, and the exception, if one comes."""


@pytest.fixture(scope="module")
def rude() -> Iterator[RudeServer]:
    with RudeServer() as server:
        yield server


def told(error: BaseException) -> tuple[Any, ...]:
    """An exception as the app can tell it from another."""
    return "raised", type(error).__module__, type(error).__qualname__, str(error)


class Manner:
    """How a client reads; ``timeout`` in seconds."""

    timeout = 60.0
    server: RudeServer

    async def call(self, twin: Twin, client: Any, url: str, go: Callable[[], Any]) -> Seen:
        """One call, and all that is seen of it."""
        seen: Seen = []
        try:
            await self.read(twin, client, url, go, seen)
        except (Exception, asyncio.CancelledError) as error:
            seen.append(told(error))
        return seen

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        raise NotImplementedError

    async def opened(self, twin: Twin, client: Any, url: str, seen: Seen) -> Any:
        response = await twin.open(client, url, timeout=self.timeout)
        seen.append(("head", response.status_code, response.http_version, list(response.headers.raw)))
        return response

    async def each(self, twin: Twin, chunks: Any, go: Callable[[], Any], seen: Seen, most: int = 99) -> None:
        for _ in range(most):
            try:
                seen.append(("chunk", await twin.next(chunks)))
            except StopAsyncIteration:
                seen.append(("end",))
                return
            go()


class Reads(Manner):
    """Chunk by chunk, as they come over the wire, to the end."""

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        response = await self.opened(twin, client, url, seen)
        try:
            await self.each(twin, twin.raw(response), go, seen)
        finally:
            await twin.close(response)
            seen.append((response.is_closed, response.is_stream_consumed))


class Whole(Manner):
    """As most apps do: the answer at once, decoded."""

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        for _ in range(9):
            go()
        response = await settled(client.post(url, json=question(stream=True), timeout=self.timeout))
        seen.append((response.status_code, list(response.headers.raw), response.content, response.text))


class Lines(Manner):
    """Line by line, decoded, as SDKs do."""

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        response = await self.opened(twin, client, url, seen)
        try:
            lines = response.aiter_lines() if twin.is_async else response.iter_lines()
            await self.each(twin, lines, go, seen)
        finally:
            await twin.close(response)


class Breaks(Manner):
    """Has enough after the first chunk."""

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        response = await self.opened(twin, client, url, seen)
        await self.each(twin, twin.raw(response), lambda: None, seen, 1)
        await twin.close(response)


class NeverReads(Manner):
    """Looks at the status, and closes."""

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        await twin.close(await self.opened(twin, client, url, seen))


class Forgets(Manner):
    """Reads one chunk and lets go of the response without closing it."""

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        response = await self.opened(twin, client, url, seen)
        chunks = twin.raw(response)
        await self.each(twin, chunks, lambda: None, seen, 1)
        if twin.is_async:
            await chunks.aclose()
        del response, chunks
        gc.collect()


class TimesOut(Reads):
    """Waits half a second for each piece."""

    timeout = 0.5

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        await super().read(twin, client, url, lambda: None, seen)


class Cancels(Manner):
    """Is cancelled while it waits for a piece."""

    async def read(self, twin: Twin, client: Any, url: str, go: Callable[[], Any], seen: Seen) -> None:
        self.server.waits.clear()
        task = asyncio.ensure_future(Reads().read(twin, client, url, lambda: None, seen))
        while not self.server.waits.is_set():
            await asyncio.sleep(0.001)
        for _ in range(100):  # in which it reads what the server has sent before it waited
            await asyncio.sleep(0)
        task.cancel()
        await task


READING = (Reads(), Whole(), Lines(), Breaks(), NeverReads(), Forgets())
WAITING = (TimesOut(), Cancels())


def _cases() -> Iterator[Any]:
    for name, script in SCRIPTS.items():
        for manner in (*READING, *WAITING):
            stalls = script.words.count("GO") > 1
            if (manner in WAITING) != stalls and not isinstance(manner, (Breaks, NeverReads, Forgets)):
                continue
            if stalls and script.words[0] == "GO" and manner not in WAITING:
                continue  # no head comes
            for twin in TWINS:
                if (twin.is_async or not isinstance(manner, Cancels)) and (
                    IS_LONG or _is_quick(twin, manner)
                ):
                    yield pytest.param(
                        twin, script, manner, id=f"{name}-{type(manner).__name__}-{named(twin)}"
                    )


def _is_quick(twin: Twin, manner: Manner) -> bool:
    """In the short form: one library, each way, and the rarer manners one way."""
    if twin.H is not TWINS[3].H:
        return False
    return isinstance(manner, (Reads, Cancels)) or (twin.is_async and isinstance(manner, (Whole, Breaks)))


@pytest.mark.parametrize(("twin", "script", "manner"), [*_cases()])
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
async def test_as_without_us(
    twin: Twin, script: Script, manner: Manner, rude: RudeServer, corpus: Corpus, count: Count
) -> None:
    """Twice the same call over one client: what is seen, and how many connections it took, is as it was."""

    async def twice() -> list[Any]:
        rude.play(script)
        manner.server = rude
        client = twin.client()
        try:
            seen = [
                await manner.call(twin, client, rude.url + CHAT, lambda: rude.go.release()) for _ in range(2)
            ]
        finally:
            await twin.close(client)
        return [*seen, rude.connections]

    bare = await twice()
    httpx_family.patch(twin.H)
    try:
        corpus.switch("record")
        assert await twice() == bare
        corpus.finish()
        _no_lie(script.whole, script, corpus)
        corpus.switch("replay")
        answer = await Reads().call(twin, twin.client(), rude.url + CHAT, lambda: None)
    finally:
        httpx_family.unpatch(twin.H)
    _no_lie_replayed(script, answer, corpus)
    kept = [one.ending.value for one in corpus.recordings]
    count("rude servers", cases=1, calls=2, kept_whole=kept.count("complete"), changed=0, lies=0)


def _no_lie(is_whole: bool, script: Script, corpus: Corpus) -> None:
    """What is stored as complete was; what lacks its last event says so; nothing is stored that wasn't sent."""
    sent = b"".join(word for word in script.words if isinstance(word, bytes))
    plain = b"".join([*EVENTS, DONE, *EVENTS[:2], DONE])
    for one in corpus.recordings:
        assert is_whole or one.ending is not Ending.COMPLETE, one.metadata
        is_stream = one.response_headers and (b"content-type", b"text/event-stream") in one.response_headers
        if is_stream and one.ending is Ending.COMPLETE:
            assert one.metadata["whole"] is (DONE in b"".join(chunk.data for chunk in one.chunks))
        assert all(
            chunk.data in sent or chunk.data in plain for chunk in one.chunks
        )  # some join chunks, or decode


def _no_lie_replayed(script: Script, seen: Seen, corpus: Corpus) -> None:
    """Offline the answer is the recorded one, or a refusal; a part of one ends in words."""
    if any(one.ending is Ending.COMPLETE for one in corpus.recordings):
        assert seen[0][0] == "head" and ("end",) in seen and seen[0][1] in (200, 204)
    elif any(one.ending is Ending.ABANDONED for one in corpus.recordings):
        assert "ends here" in seen[-1][-1]
    else:
        assert seen[0][1] == 418


@pytest.mark.parametrize("name", [*SCRIPTS][:: 1 if IS_LONG else 2])
@pytest.mark.parametrize("caller", NEW if IS_LONG else NEW[:2], ids=str)
async def test_other_libraries(
    caller: Caller, name: str, rude: RudeServer, corpus: Corpus, count: Count
) -> None:
    """The same of the other libraries, read to the end or to where it breaks."""
    script = SCRIPTS[name]
    if script.words.count("GO") > 1:
        pytest.skip("waits as long as the library does")

    async def call() -> Seen:
        rude.play(script)
        for _ in range(9):
            rude.go.release()
        seen: Seen = []
        try:
            async with caller.open(rude.url + CHAT, question(stream=True), timeout=60) as answer:
                seen.append((answer.status, answer.headers))
                pieces = [(piece,) async for piece in answer.pieces]
                # aiohttp hands on what has arrived, be it one chunk or two.
                seen += [(b"".join(piece for (piece,) in pieces),)] if caller.name == "aiohttp" else pieces
        except Exception as error:
            kind, module, which, text = told(error)
            seen.append((kind, module, which, text if " at 0x" not in text else ""))
        return seen

    bare = await call()
    caller.patch()
    try:
        corpus.switch("record")
        if name.startswith("resets"):  # what was read before a reset is the kernel's to say
            assert (await call())[-1] == bare[-1]
        else:
            assert await call() == bare
        corpus.finish()
    finally:
        caller.unpatch()
    # These read some of what httpx refuses; what they hand on without an error is whole for the app.
    _no_lie(script.whole or bare[-1][0] != "raised", script, corpus)
    count("rude servers, other libraries", cases=1, calls=1, changed=0, lies=0)


class RudeH2(H2Server):
    """One event, and then a reset, a farewell, silence, or trailers."""

    ending = ""

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError, ProtocolError):  # what a client says behind the end
            super()._serve(line)

    def _answer(self, line: socket.socket, connection: H2Connection, stream: int) -> None:
        connection.send_headers(stream, [(":status", "200"), ("content-type", "text/event-stream")])
        connection.send_data(stream, EVENTS[0])
        if self.ending == "trailers":
            connection.send_data(stream, DONE)
            connection.send_headers(stream, [("x-checksum", "7")], end_stream=True)
        elif self.ending == "reset":
            connection.reset_stream(stream, error_code=2)
        elif self.ending == "goaway":
            connection.close_connection(error_code=1)
        line.sendall(connection.data_to_send())
        if self.ending == "drop":
            line.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("twin", TWINS, ids=named)
@pytest.mark.parametrize("ending", ["trailers", "reset", "goaway", "drop"])
async def test_http2(twin: Twin, ending: str, corpus: Corpus, count: Count) -> None:
    """HTTP/2: streams reset, connections told off or dropped, trailers."""
    server = RudeH2()
    server.ending = ending

    async def call() -> Seen:
        client = twin.client(http1=False, http2=True)
        try:
            return await Reads().call(twin, client, server.url + CHAT, lambda: None)
        finally:
            await twin.close(client)

    try:
        bare = await call()
        httpx_family.patch(twin.H)
        corpus.switch("record")
        assert await call() == bare
        kept = [one.ending for one in corpus.recordings]
    finally:
        httpx_family.unpatch(twin.H)
        server.stop()
    assert kept == ([Ending.COMPLETE] if ending == "trailers" else [])
    count("rude servers, HTTP/2", cases=1, calls=1, changed=0, lies=0)
