"""What holds for every library that isn't of the httpx family: aiohttp, requests, urllib3, urllib.request, lm15."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from loopback import LoopbackServer
from seams.callers import CALLERS, FOLLOWING, NEW, PLAIN, STREAMING, UNPACKING, Caller
from seams.twins import CHAT, Corpus, question

from agentrec_auto import assemble
from agentrec_auto.flow import active
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.flow.tap import Tap
from agentrec_auto.providers.endings import Terminator

each = pytest.mark.parametrize("caller", NEW, ids=str, indirect=True)
streaming = pytest.mark.parametrize("caller", STREAMING, ids=str, indirect=True)


@pytest.fixture
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    """A library with our seam in place."""
    chosen: Caller = request.param
    chosen.patch()
    yield chosen
    chosen.unpatch()


@each
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("words", [(), ("split=7",), ("status=400",)], ids=str)
async def test_replay(
    caller: Caller, corpus: Corpus, server: LoopbackServer, stream: bool, words: tuple[str, ...]
) -> None:
    """The same status, text, boundaries and headers, and no connection."""

    async def facts() -> tuple[Any, ...]:
        async with caller.open(server.at(*words) + CHAT, question(stream=stream)) as answer:
            pieces = [piece async for piece in answer.pieces]
            headers = {**answer.headers, "transfer-encoding": ""}
            return answer.status, headers, b"".join(pieces), [] if caller.name == "aiohttp" else pieces

    corpus.switch("record")
    live = await facts()
    before = server.connections
    corpus.switch("replay")
    assert await facts() == live
    assert server.connections == before
    assert corpus.counts == {"replayed": 1}


@each
async def test_auto(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """What is recorded is replayed, the rest recorded."""
    corpus.switch("auto")
    live = await caller.ask(server.url + CHAT, question())
    corpus.switch("auto")
    assert await caller.ask(server.url + CHAT, question()) == live
    assert await caller.ask(server.url + CHAT, question("else")) != live
    assert corpus.counts == {"replayed": 1, "recorded": 1}


@each
async def test_miss(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """A miss is a 418 that names the nearest recording, and nothing goes out."""
    corpus.switch("record")
    await caller.ask(server.url + CHAT, question("on Monday"))
    corpus.switch("replay")
    status, body = await caller.ask(server.url + CHAT, question("on Tuesday"))
    assert status == 418
    message = json.loads(body)["error"]["message"]
    assert corpus.recording.metadata["key"] in message
    assert 'messages[0].content: "…Monday" → "…Tuesday"' in message
    assert server.hits == 1 and corpus.tally.is_red


@streaming
async def test_tee(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """The first chunks are in the caller's hands while the server holds the next ones back."""
    corpus.switch("record")
    async with caller.open(server.at(stall_after=2) + CHAT, question(stream=True)) as answer:
        while b"".join(answer.seen).count(b"data: ") < 2:
            await answer.next()
        server.wait_until_stalled()
        assert b"[DONE]" not in b"".join(answer.seen)
        server.release()
        assert (await answer.read()).endswith(b"data: [DONE]\n\n")
    assert [chunk.data.count(b"data: ") for chunk in corpus.recording.chunks] == [1] * 8


@streaming
async def test_left_early(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """A stream that is closed early is replayed up to there, and no further in silence."""
    corpus.switch("record")
    url = server.at(stall_after=2) + CHAT
    async with caller.open(url, question(stream=True)) as answer:
        while b"".join(answer.seen).count(b"data: ") < 2:
            await answer.next()
    assert corpus.recording.metadata["ending"] == "abandoned"  # at once, not when the process ends
    server.release()
    corpus.switch("replay")
    with pytest.raises(Exception, match=r"the recording .* ends here"):
        await caller.ask(url, question(stream=True))
    assert corpus.tally.is_red


@streaming
async def test_closed_at_its_last_event(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """Whoever closes at ``[DONE]``, before the end of the body, has had the whole answer."""
    corpus.switch("record")
    async with caller.open(server.at(stall_after="done") + CHAT, question(stream=True)) as answer:
        while b"[DONE]" not in b"".join(answer.seen):
            await answer.next()
        assert corpus.recording.metadata["ending"] == "complete"  # kept before anybody closes
    server.release()


@each
@pytest.mark.parametrize("words", ["hang-up", "drop-after=2", "reset-after=2"])
async def test_errors_are_the_librarys_own(
    caller: Caller, corpus: Corpus, server: LoopbackServer, words: str
) -> None:
    """What goes wrong on the wire reaches the caller as it would without us, and is not kept."""

    async def failure() -> str:
        with pytest.raises(Exception) as caught:
            await caller.ask(server.at(words) + CHAT, question(stream=True))
        return f"{caught.type} {str(caught.value).split('0x')[0]}"

    corpus.switch("record")
    ours = await failure()
    assert corpus.recordings == []
    caller.unpatch()
    assert ours == await failure()


@each
async def test_timeout(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """A read timeout is the library's own, too, and nothing is kept."""
    corpus.switch("record")
    with pytest.raises(Exception, match=r"(?i)time"):
        await caller.ask(server.at("slow-head") + CHAT, question(), timeout=0.1)
    server.release()
    corpus.finish()
    assert corpus.recordings == []


@pytest.mark.parametrize("caller", FOLLOWING, ids=str, indirect=True)
async def test_redirect(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """Each hop is recorded, and followed on replay by the library itself."""
    url = server.at("redirect") + CHAT
    corpus.switch("record")
    async with caller.open(url, question()) as answer:
        live = await answer.read()
        assert answer.hops == 1
    assert corpus.counts == {"recorded": 2}
    corpus.switch("replay")
    async with caller.open(url, question()) as answer:
        assert (await answer.read(), answer.hops) == (live, 1)
    assert server.hits == 2


@pytest.mark.parametrize("caller", FOLLOWING, ids=str, indirect=True)
async def test_redirect_out_of_scope(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """What an LLM call is sent on to is recorded and replayed, though its URL doesn't look like one."""
    url = server.at(redirect="/blobs/a%20b?sig=0123456789abcdef") + CHAT
    corpus.switch("record")
    async with caller.open(url, question()) as answer:
        live = await answer.read()
        assert (answer.hops, b"no such path: GET /blobs/a" in live) == (1, True)
    assert corpus.counts == {"recorded": 2}
    corpus.switch("replay")
    async with caller.open(url, question()) as answer:
        assert (await answer.read(), answer.hops) == (live, 1)
    assert server.hits == 2


@pytest.mark.parametrize("caller", UNPACKING, ids=str, indirect=True)
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
async def test_compressed(
    caller: Caller, corpus: Corpus, server: LoopbackServer, encoding: str, stream: bool
) -> None:
    """What is stored is decoded and without secrets; the app sees the same text."""
    secret = "sk-" + "a1b2c3d4" * 4
    url = server.at(encoding, say=f"the key is {secret}", token=99) + CHAT
    corpus.switch("record")
    status, live = await caller.ask(url, question(stream=stream))
    assert secret.encode() in live
    stored = corpus.recording.body
    assert secret.encode() not in stored and b"chat.completion" in stored
    corpus.switch("replay")
    assert await caller.ask(url, question(stream=stream)) == (status, stored)


@each
async def test_takes(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """The same question asked twice is two takes, replayed in their order."""
    corpus.switch("record")
    live = [await caller.ask(server.url + CHAT, question()) for _ in range(2)]
    assert live[0] != live[1]
    corpus.switch("replay")
    assert [await caller.ask(server.url + CHAT, question()) for _ in range(2)] == live


@each
async def test_not_llm_traffic(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """Telemetry passes, in replay, too."""
    corpus.switch("replay")
    assert (await caller.ask(server.url + "/v1/traces/ingest", {"data": []}))[0] == 204
    assert corpus.counts == {}


@each
async def test_uninstall(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """Taken out, we see nothing; put in again, we do; put in twice, a call is still one recording."""
    corpus.switch("record")
    caller.unpatch()
    await caller.ask(server.url + CHAT, question())
    assert corpus.counts == {}
    caller.patch()
    caller.patch()
    await caller.ask(server.url + CHAT, question())
    assert corpus.counts == {"recorded": 1}


@each
async def test_reached(caller: Caller, corpus: Corpus, server: LoopbackServer) -> None:
    """The connection watch knows of the hosts that calls are let go out to, and only of these."""
    corpus.switch("record")
    await caller.ask(server.url + CHAT, question())
    assert active.reached == {"127.0.0.1"}
    corpus.switch("replay")
    await caller.ask(server.url + CHAT, question())
    assert active.reached == set()


@each
@pytest.mark.parametrize("part", ["assemble", "concerns", "plan"])
@pytest.mark.parametrize("mode", ["record", "replay"])
async def test_our_own_failure(
    caller: Caller,
    corpus: Corpus,
    server: LoopbackServer,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    mode: str,
) -> None:
    """A part of ours that fails lets calls through, and refuses them in replay."""

    def fail(*args: Any, **options: Any) -> Any:
        raise RuntimeError("no such luck")

    corpus.switch(mode)
    if part == "assemble":
        monkeypatch.setattr(assemble, "recorder", fail)
    else:
        monkeypatch.setattr(Recorder, part, fail)
    status, _ = await caller.ask(server.url + CHAT, question())
    assert (status, server.hits) == ((200, 1) if mode == "record" else (418, 0))


@streaming
async def test_tap_fails(
    caller: Caller, corpus: Corpus, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tap that fails in the middle goes mute, and the stream goes on."""

    def fail(terminator: Terminator, data: bytes) -> None:
        raise MemoryError("no room")

    corpus.switch("record")
    monkeypatch.setattr(Terminator, "feed", fail)
    _, body = await caller.ask(server.url + CHAT, question(stream=True))
    assert body.endswith(b"data: [DONE]\n\n")
    corpus.finish()
    assert corpus.recordings == []


@each
async def test_tap_cannot_be_attached(
    caller: Caller,
    corpus: Corpus,
    server: LoopbackServer,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A response that we can't put a tap on is the app's all the same, and one warning says so."""

    def fail(*args: Any, **options: Any) -> Any:
        raise TypeError("no such layout")

    corpus.switch("record")
    monkeypatch.setattr(Tap, "head", fail)
    status, body = await caller.ask(server.url + CHAT, question(stream=True))
    assert status == 200 and body.endswith(b"data: [DONE]\n\n")
    assert corpus.recordings == []
    assert "by a fault of our own: TypeError: no such layout" in capfd.readouterr().err


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("first", CALLERS, ids=str)
async def test_cross(corpus: Corpus, server: LoopbackServer, first: Caller, stream: bool) -> None:
    """What one library recorded, every other replays: the same key, the same text."""
    urls = {words: server.at(*words) + CHAT for words in ((), ("gzip",))[: 1 if first.name in PLAIN else 2]}
    first.patch()
    try:
        corpus.switch("record")
        live = {words: await first.ask(url, question(stream=stream)) for words, url in urls.items()}
    finally:
        first.unpatch()
    for other in CALLERS:
        other.patch()
        try:
            corpus.switch("replay")
            again = {words: await other.ask(url, question(stream=stream)) for words, url in urls.items()}
        finally:
            other.unpatch()
        assert again == live, other
    assert server.hits == len(urls)


@each
async def test_again(
    caller: Caller, corpus: Corpus, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that was replayed before is replayed without redaction and a key."""
    corpus.switch("record")
    live = await caller.ask(server.url + CHAT, question())
    corpus.switch("replay")
    assert await caller.ask(server.url + CHAT, question()) == live
    monkeypatch.delattr(Recorder, "plan")
    assert await caller.ask(server.url + CHAT, question()) == live
    assert corpus.counts == {"replayed": 2}
