"""What programs do with aiohttp in particular, recorded and replayed: aiohttp 3.8 to 3.14."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import aiohttp
import httpx
import pytest
from httpx_aiohttp import AiohttpTransport
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, question

from agentrec_auto.capture import Ending
from agentrec_auto.seams import aiohttp_client, aiohttp_tapped, httpx_family


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    """The seam in place."""
    aiohttp_client.patch(aiohttp)
    yield
    aiohttp_client.unpatch(aiohttp)


def form() -> Any:
    made = aiohttp.FormData()
    made.add_field("file", io.BytesIO(b"hello"), filename="a.txt")
    made.add_field("purpose", "batch")
    return made


async def in_pieces() -> AsyncIterator[bytes]:
    body = json.dumps(question()).encode()
    yield body[:9]
    yield body[9:]


BODIES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "json": (CHAT, lambda: {"json": question()}),
    "text": (CHAT, lambda: {"data": json.dumps(question()), "headers": {"content-type": "application/json"}}),
    "file": (CHAT, lambda: {"data": io.BytesIO(json.dumps(question()).encode())}),
    "generator": (CHAT, lambda: {"data": in_pieces()}),
    "form": ("/v1/files", lambda: {"data": form()}),
    "compressed": (CHAT, lambda: {"json": question(), "compress": "deflate"}),
    "parameters": (CHAT, lambda: {"json": question(), "params": {"api-version": "1"}}),
}


@pytest.mark.parametrize("kind", BODIES)
async def test_bodies(corpus: Corpus, server: LoopbackServer, kind: str) -> None:
    """A body arrives as it would without us, whatever it was given as, and is the same request again."""
    path, options = BODIES[kind]
    answers = []
    for mode in ("off", "record", "replay"):
        corpus.switch(mode)
        async with aiohttp.ClientSession() as session, session.post(server.url + path, **options()) as got:
            answers.append(await got.read())
    assert answers[1] == answers[2] and server.hits == 2
    bare, recorded = server.requests
    if kind != "form":  # whose boundary is new each time
        assert recorded.body == bare.body
    told = [
        {(name, value) for name, value in one.headers if "type" not in name.lower()}
        for one in server.requests
    ]
    assert told[0] == told[1]


READS: dict[str, Callable[[Any], Any]] = {
    "read": lambda got: got.read(),
    "text": lambda got: got.text(),
    "lines": lambda got: each(got.content),
    "chunks": lambda got: chunks(got.content),
    "sized": lambda got: joined(got.content.iter_chunked(100)),
    "until": lambda got: got.content.readuntil(b"}"),
    "exactly": lambda got: got.content.readexactly(50),
    "to the end": lambda got: to_the_end(got.content),
}


async def each(pieces: Any) -> list[Any]:
    return [piece async for piece in pieces]


async def chunks(reader: Any) -> list[bytes]:
    """Without the empty ones, which tell of an end that came late."""
    return [piece async for piece, _ in reader.iter_chunks() if piece]


async def joined(pieces: Any) -> bytes:
    return b"".join(await each(pieces))


async def to_the_end(reader: Any) -> list[bytes]:
    lines = []
    while not reader.at_eof():
        lines.append(await reader.readline())
    return lines if lines[-1] else lines[:-1]  # empty where the end came late


@pytest.mark.parametrize("how", READS)
async def test_reads(corpus: Corpus, server: LoopbackServer, how: str) -> None:
    """A stream is read in every manner that a reader knows."""

    async def told() -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.post(server.url + CHAT, json=question(stream=True)) as got,
        ):
            return await READS[how](got)

    corpus.switch("record")
    live = await told()
    corpus.switch("replay")
    assert (await told(), server.hits) == (live, 1)


async def test_a_piece_at_a_time(corpus: Corpus, server: LoopbackServer) -> None:
    """Where aiohttp hands on what has arrived, a replay hands on one recorded chunk at a time."""
    corpus.switch("record")
    async with aiohttp.ClientSession() as session:
        async with session.post(server.url + CHAT, json=question(stream=True)) as got:
            await got.read()
        corpus.switch("replay")
        async with session.post(server.url + CHAT, json=question(stream=True)) as got:
            pieces = await each(got.content.iter_any())
    assert pieces == [chunk.data for chunk in corpus.recording.chunks]


async def test_response_facts(corpus: Corpus, server: LoopbackServer) -> None:
    """Status, reason, version, URL, headers by the names that aiohttp gives them, and cookies."""

    async def facts() -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.post(server.url + CHAT, json=question()) as got,
        ):
            await got.read()
            return (
                got.status,
                got.reason,
                got.version,
                got.url,
                dict(got.headers),
                got.content_type,
                got.closed,
            )

    corpus.switch("record")
    live = await facts()
    corpus.switch("replay")
    assert await facts() == live


@pytest.mark.parametrize("mode", ["record", "replay"])
async def test_raise_for_status(corpus: Corpus, server: LoopbackServer, mode: str) -> None:
    """An error is raised as the session was told to, and so is a miss."""
    corpus.switch(mode)
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        with pytest.raises(aiohttp.ClientResponseError) as caught:
            await session.post(server.at("status=400") + CHAT, json=question())
    assert caught.value.status == (400 if mode == "record" else 418)


async def test_traces(corpus: Corpus, server: LoopbackServer) -> None:
    """Tracers, and OpenTelemetry by them, see a replayed request as a live one."""
    seen: list[str] = []

    async def started(session: Any, context: Any, told: Any) -> None:
        seen.append(f"{told.method} started")

    async def ended(session: Any, context: Any, told: Any) -> None:
        seen.append(f"{told.response.status} ended")

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(started)
    trace.on_request_end.append(ended)
    for mode in ("record", "replay"):
        corpus.switch(mode)
        async with aiohttp.ClientSession(trace_configs=[trace]) as session:
            await (await session.post(server.url + CHAT, json=question())).read()
    assert seen == ["POST started", "200 ended"] * 2


async def test_session_made_before(corpus: Corpus, server: LoopbackServer) -> None:
    """A session made, and connected, before we came is caught, too."""
    aiohttp_client.unpatch(aiohttp)
    async with aiohttp.ClientSession() as session:
        await (await session.post(server.url + CHAT, json=question())).read()
        aiohttp_client.patch(aiohttp)
        corpus.switch("record")
        await (await session.post(server.url + CHAT, json=question())).read()
    assert corpus.counts == {"recorded": 1}
    assert server.connections == 1


async def test_connections_are_kept(corpus: Corpus, server: LoopbackServer) -> None:
    """While it is recorded a session uses its connection again; a replayed answer is no connection at all."""
    async with aiohttp.ClientSession() as session:
        for mode in ("record", "auto", "record"):
            corpus.switch(mode)
            await (await session.post(server.url + CHAT, json=question())).read()
    assert (server.hits, server.connections) == (2, 1)


async def test_total_timeout(corpus: Corpus, server: LoopbackServer) -> None:
    """A body that takes longer than allowed failed, and is not kept."""
    corpus.switch("record")
    limit = aiohttp.ClientTimeout(total=0.2)
    async with aiohttp.ClientSession(timeout=limit) as session:
        with pytest.raises(asyncio.TimeoutError):
            async with session.post(server.at(stall_after=2) + CHAT, json=question(stream=True)) as got:
                await got.read()
    server.release()
    corpus.finish()
    assert corpus.recordings == []


async def test_cancelled(corpus: Corpus, server: LoopbackServer) -> None:
    """A task that is cancelled in the midst of a stream has left it."""
    corpus.switch("record")
    begun = asyncio.Event()

    async def read() -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.post(server.at(stall_after=2) + CHAT, json=question(stream=True)) as got,
        ):
            await got.content.readline()
            begun.set()
            await got.read()

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    server.release()
    assert corpus.recording.metadata["ending"] == "abandoned"


async def test_at_once(corpus: Corpus, server: LoopbackServer) -> None:
    """Many calls at once in one session each have their own answer."""

    async def asked(session: Any, number: int) -> Any:
        async with session.post(server.url + CHAT, json=question(f"number {number}")) as got:
            return (await got.json())["choices"][0]["message"]["content"]

    async def all_of_them() -> list[Any]:
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(asked(session, number) for number in range(30)))

    corpus.switch("record")
    live = await all_of_them()
    corpus.switch("replay")
    assert await all_of_them() == live
    assert server.hits == 30


async def test_below_httpx(corpus: Corpus, server: LoopbackServer) -> None:
    """Where a transport of httpx stands on aiohttp, a call is one recording, httpx's."""
    httpx_family.patch(httpx)
    try:
        corpus.switch("record")
        async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
            live = await client.post(server.url + CHAT, json=question())
        assert corpus.counts == {"recorded": 1}
        assert corpus.recording.metadata["library"].startswith("httpx ")
        corpus.switch("replay")
        async with (
            aiohttp.ClientSession() as session,
            session.post(server.url + CHAT, json=question()) as got,
        ):
            assert await got.read() == live.content
    finally:
        httpx_family.unpatch(httpx)


async def test_collected_at_the_very_end(
    corpus: Corpus, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that outlives its program is collected in silence: Python has set our module's names to None."""
    corpus.switch("record")
    async with aiohttp.ClientSession() as session:
        got = await session.post(server.at(stall_after=2) + CHAT, json=question(stream=True))
        tap = aiohttp_tapped._taps[id(got.content)]
        monkeypatch.setattr(aiohttp_tapped, "_taps", None)
        type(got.content).__del__(got.content)
        monkeypatch.undo()
        aiohttp_tapped._taps[id(got.content)] = tap  # it lives on, other than at the end
        got.close()
        server.release()
    corpus.finish()
    assert corpus.recording.ending is Ending.ABANDONED
