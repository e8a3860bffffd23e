"""Async calls that are cancelled, at each point where that can happen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin, only, question, told

from agentrec_auto.capture import Ending

pytestmark = only(is_async=True)


async def test_before_head(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """Cancelled before the response head: there is nothing to record, and nothing is."""
    corpus.switch("record")
    call = asyncio.create_task(client.post(server.url + CHAT, json=question(), **told("slow-head")))
    await asyncio.to_thread(server.wait_until_stalled)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    corpus.finish()
    assert corpus.recordings == []
    assert corpus.tally.warnings == []
    server.release()
    assert (await twin.post(client, server.url + CHAT)).status_code == 200
    assert corpus.recording.ending is Ending.COMPLETE


async def test_in_stream(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """Cancelled in the middle of a stream: abandoned there, and that much is replayed."""
    got: list[bytes] = []

    async def read(url: str) -> None:
        async with client.stream("POST", url, json=question(stream=True), **told(stall_after=2)) as response:
            async for chunk in response.aiter_raw():
                got.append(chunk)  # noqa: PERF401 (what came before the cancellation counts)

    corpus.switch("record")
    call = asyncio.create_task(read(server.url + CHAT))
    await asyncio.to_thread(server.wait_until_stalled)
    while b"".join(got).count(b"\n\n") < 2:  # a busy machine reads two chunks at once
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert corpus.recording.ending is Ending.ABANDONED
    assert [chunk.data for chunk in corpus.recording.chunks] == got
    server.wait_until_left()


async def test_timeout_around(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """``asyncio.wait_for`` around a call that hangs: the app's TimeoutError, and nothing recorded."""
    corpus.switch("record")
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(client.post(server.url + CHAT, json=question(), **told("slow-head")), 0.05)
    corpus.finish()
    assert corpus.recordings == []
    server.release()


async def test_break_in_generator(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """An app's async generator that is dropped in the middle closes the response: abandoned."""

    async def tokens() -> Any:
        async with client.stream("POST", server.url + CHAT, json=question(stream=True)) as response:
            async for chunk in response.aiter_raw():
                yield chunk

    corpus.switch("record")
    generator = tokens()
    await generator.__anext__()
    await generator.aclose()
    assert corpus.recording.ending is Ending.ABANDONED
    assert len(corpus.recording.chunks) == 1


async def test_replay_cancelled(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A paced replay can be cancelled, too."""
    corpus.switch("record")
    await twin.chunks(client, server.url + CHAT, **told(pace=30))
    corpus.switch("replay", speed=0.001)
    call = asyncio.create_task(twin.chunks(client, server.url + CHAT))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not corpus.tally.is_red


@pytest.mark.parametrize("mode", ["replay", "replay, of nothing"])
async def test_replay_lets_others_run(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, mode: str
) -> None:
    """A loop over replayed or refused calls lets go of the event loop: tasks run, and a timeout reaches it."""
    corpus.switch("record")
    await client.post(server.url + CHAT, json=question())
    corpus.switch("replay")
    asked = question() if mode == "replay" else question("nobody asked")
    ran = 0

    async def other() -> None:
        nonlocal ran
        ran += 1

    for _ in range(3):
        task = asyncio.create_task(other())
        await client.post(server.url + CHAT, json=asked)
        assert task.done()
    assert ran == 3
    call = asyncio.create_task(client.post(server.url + CHAT, json=asked))
    asyncio.get_running_loop().call_soon(call.cancel)
    with pytest.raises(asyncio.CancelledError):
        await call
