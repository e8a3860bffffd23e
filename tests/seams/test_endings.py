"""How a response came to its end is known, whoever ended it, and honoured on replay."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, MESSAGES, Corpus, Twin, question, told

from agentrec_auto.capture import Ending

DIALECTS = {
    "chat": (CHAT, question(stream=True), b"data: [DONE]\n\n"),
    "responses": ("/v1/responses", {"model": "m", "input": "why?", "stream": True}, b"response.completed"),
    "messages": (MESSAGES, {**question(stream=True), "max_tokens": 9}, b'"message_stop"'),
    "messages, its stop reason": (MESSAGES, {**question(stream=True), "max_tokens": 9}, b'"end_turn"'),
    "gemini": (
        "/v1beta/models/g:streamGenerateContent?alt=sse",
        {"contents": [{"role": "user", "parts": [{"text": "why?"}]}]},
        b"finishReason",
    ),
    "ollama": ("/api/chat", question(stream=True), b'"done":true'),
}


async def up_to(twin: Twin, response: Any, mark: bytes) -> list[bytes]:
    """Chunks until ``mark`` has come whole with the end of its line."""
    got: list[bytes] = []
    chunks = twin.raw(response)
    while mark not in (body := b"".join(got)) or not body.endswith(b"\n"):
        got.append(await twin.next(chunks))
    return got


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_complete_at_last_event(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, dialect: str
) -> None:
    """At the dialect's last event it is saved, complete, though the server goes on and nobody closes.

    openai closes at ``[DONE]``; litellm never closes its Anthropic streams, nor reads on behind a stop reason.
    """
    path, body, mark = DIALECTS[dialect]
    corpus.switch("record")
    response = await twin.open(client, server.url + path, body, **told(stall_after="done"))
    got = await up_to(twin, response, mark)
    assert corpus.counts == {"recorded": 1}
    assert corpus.recording.ending is Ending.COMPLETE
    assert corpus.recording.metadata["whole"] is True
    server.wait_until_stalled()
    server.release()
    await twin.close(response)
    corpus.switch("replay")
    assert await twin.chunks(client, server.url + path, body) == got
    assert corpus.tally.is_red is False


async def test_closed_at_last_event(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """Closing right there changes nothing: one recording, complete."""
    corpus.switch("record")
    response = await twin.open(client, server.url + CHAT)
    await up_to(twin, response, b"[DONE]\n\n")
    await twin.close(response)
    corpus.finish()
    assert corpus.counts == {"recorded": 1}
    assert corpus.recording.ending is Ending.COMPLETE


async def test_after_last_event(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """What comes after the last event is kept, in the same recording."""
    corpus.switch("record")
    response = await twin.open(client, server.url + CHAT, **told(split=1, say="hi"))
    live = await twin.rest(twin.raw(response))
    assert [chunk.data for chunk in corpus.recording.chunks] == live
    assert corpus.counts == {"recorded": 1}


async def test_abandoned(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """Closed early: it replays up to there; a caller that reads on is told so, by an event of the stream as
    SDKs read them, and behind that as by a broken connection."""
    corpus.switch("record")
    response = await twin.open(client, server.url + CHAT)
    live = await twin.take(twin.raw(response), 2)
    await twin.close(response)
    assert corpus.counts == {"recorded": 1}
    assert corpus.recording.ending is Ending.ABANDONED
    corpus.switch("replay")
    response = await twin.open(client, server.url + CHAT)
    chunks = twin.raw(response)
    assert await twin.take(chunks, 2) == live
    assert not corpus.tally.is_red
    [words] = await twin.take(chunks, 1)
    assert words.startswith(b"event: error\ndata: {") and b"the app stopped reading after 2 chunks" in words
    with pytest.raises(twin.H.ReadError, match="the app stopped reading after 2 chunks"):
        await twin.next(chunks)
    assert corpus.tally.is_red and len(corpus.tally.misses) == 1
    assert server.hits == 1


async def test_closed_early_hangs_up(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """Closing early closes the connection, as it does without us: the server stops generating."""
    corpus.switch("record")
    response = await twin.open(client, server.url + CHAT, **told(stall_after=2))
    chunks = twin.raw(response)  # held on to: a dropped iterator closes the connection by itself
    await twin.take(chunks, 2)
    server.wait_until_stalled()
    await twin.close(response)
    server.wait_until_left()
    del chunks


async def test_abandoned_again(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """An app that stops where it stopped before never notices, and the run is green."""
    for mode in ("record", "replay"):
        corpus.switch(mode)
        response = await twin.open(client, server.url + CHAT)
        await twin.take(twin.raw(response), 3)
        await twin.close(response)
    assert corpus.counts == {"replayed": 1}
    assert not corpus.tally.is_red


@pytest.mark.parametrize("read", [0, 2])
async def test_dropped(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, read: int) -> None:
    """A response that is garbage-collected, unread or half read, is settled at the next call."""
    corpus.switch("record")

    async def half() -> list[bytes]:
        response = await twin.open(client, server.url + CHAT)
        return await twin.take(twin.raw(response), read) if read else []

    live = await half()
    for _ in range(8):  # async generators that were dropped are closed by the loop, from the outermost in
        await asyncio.sleep(0)
    gc.collect()
    await twin.post(client, server.url + CHAT, question("another"))
    assert corpus.counts == {"recorded": 2}
    abandoned = next(one for one in corpus.recordings if one.metadata["stream"])
    assert abandoned.ending is Ending.ABANDONED
    assert [chunk.data for chunk in abandoned.chunks] == live


async def test_open_at_exit(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A response still open when the process ends was abandoned."""
    corpus.switch("record")
    response = await twin.open(client, server.url + CHAT)
    await twin.take(twin.raw(response), 2)
    corpus.finish()
    assert corpus.recording.ending is Ending.ABANDONED
    await twin.close(response)
    assert corpus.counts == {"recorded": 1}


async def test_dropped_mid_stream(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A stream that the server breaks off failed: the app gets its library's error, and nothing is kept."""
    corpus.switch("record")
    with pytest.raises(twin.H.RemoteProtocolError):
        await twin.chunks(client, server.url + CHAT, **told(drop_after=2))
    assert corpus.counts == {"dropped": 1}
    assert corpus.recordings == []


async def test_read_timeout(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A stream that times out failed, too."""
    corpus.switch("record")
    with pytest.raises(twin.H.ReadTimeout):
        limits = twin.H.Timeout(60, read=0.1)
        await twin.chunks(client, server.url + CHAT, timeout=limits, **told(stall_after=2))
    assert corpus.counts == {"dropped": 1}


@pytest.mark.parametrize("failures", ["drop", "keep"])
async def test_no_connection(twin: Twin, corpus: Corpus, client: Any, failures: str) -> None:
    """Nothing listens: the app gets its ConnectError, and nothing is stored, not even with ``failures = keep``.

    There is no response to store.
    """
    with LoopbackServer() as gone:
        url = gone.url
    corpus.switch("record", failures=failures)
    with pytest.raises(twin.H.ConnectError):
        await twin.post(client, url + CHAT)
    assert corpus.counts == {"dropped": 1}
    assert corpus.recordings == []


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
async def test_transient(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, status: int
) -> None:
    """A transient failure isn't kept; what the retry is answered is take 1."""
    corpus.switch("record")
    url, words = server.url + CHAT, told(status=status, times=1)
    assert (await twin.post(client, url, **words)).status_code == status
    assert (await twin.post(client, url, **words)).status_code == 200
    assert corpus.counts == {"dropped": 1, "recorded": 1}
    corpus.switch("replay")
    assert (await twin.post(client, url)).status_code == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_permanent(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, status: int
) -> None:
    """A permanent error is an answer like any other."""
    corpus.switch("record")
    live = await twin.post(client, server.url + CHAT, **told(status=status))
    corpus.switch("replay")
    again = await twin.post(client, server.url + CHAT, **told(status=status))
    assert (again.status_code, again.json()) == (status, live.json())
    assert server.hits == 1


async def test_failures_kept(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """With ``failures = "keep"`` a failure and the retry are two takes, and a replayed retry doesn't wait."""
    url, words = server.url + CHAT, told(status=503, times=1)
    corpus.switch("record", failures="keep")
    assert [(await twin.post(client, url, **words)).status_code for _ in range(2)] == [503, 200]
    corpus.switch("replay")
    first, second = [await twin.post(client, url) for _ in range(2)]
    assert (first.status_code, second.status_code) == (503, 200)
    assert first.headers["retry-after-ms"] == "1"


async def test_cut_off_kept(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """With ``failures = "keep"`` a stream that broke off is kept to be looked at, and not replayed."""
    url = server.url + CHAT
    corpus.switch("record", failures="keep")
    with pytest.raises(twin.H.RemoteProtocolError):
        await twin.chunks(client, url, **told(drop_after=2))
    assert corpus.recording.ending is Ending.FAILED
    assert len(corpus.recording.chunks) >= 2
    corpus.switch("replay")
    assert (await twin.post(client, url, question(stream=True))).status_code == 418


async def test_ended_without_last_event(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer
) -> None:
    """A framed stream that its server ends without the last event is what the server said: complete, not whole."""
    corpus.switch("record")
    live = await twin.chunks(client, server.url + CHAT, **told("no-done"))
    assert (corpus.recording.ending, corpus.recording.metadata["whole"]) == (Ending.COMPLETE, False)
    corpus.switch("replay")
    assert await twin.chunks(client, server.url + CHAT) == live
