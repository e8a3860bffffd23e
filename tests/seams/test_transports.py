"""Transports of other makers, and odd ones: each call is one recording, and replay asks none of them.

httpx-retries 0.6, hishel 2.0, httpx-aiohttp 0.2.
"""

from __future__ import annotations

from typing import Any

import httpx
import httpx2
import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin, only, question, told

from agentrec_auto.seams import httpx_family

URL = "http://llm.test" + CHAT
EVENTS = [b'data: {"n":1}\n\n', b'data: {"n":2}\n\n', b"data: [DONE]\n\n"]


async def test_already_read(twin: Twin, corpus: Corpus) -> None:
    """A transport that gives a response whose body was read already, as a cache does."""
    asked = []

    def answer(request: Any) -> Any:
        asked.append(request)
        return twin.H.Response(200, json={"cached": True})

    client = twin.client(transport=twin.transport(answer))
    corpus.switch("record")
    live = await twin.post(client, URL)
    corpus.switch("replay")
    again = await twin.post(client, URL)
    assert again.json() == live.json() == {"cached": True}
    assert len(asked) == 1
    await twin.close(client)


async def test_already_read_and_decoded(twin: Twin, corpus: Corpus) -> None:
    """The same, of an answer that was compressed on the wire."""
    import gzip

    packed = gzip.compress(b'{"cached": true}')

    def answer(request: Any) -> Any:
        return twin.H.Response(200, headers={"content-encoding": "gzip"}, content=packed)

    client = twin.client(transport=twin.transport(answer))
    corpus.switch("record")
    await twin.post(client, URL)
    assert corpus.recording.body == b'{"cached": true}'
    corpus.switch("replay")
    assert (await twin.post(client, URL)).json() == {"cached": True}
    await twin.close(client)


async def test_iterated_twice(twin: Twin, corpus: Corpus) -> None:
    """A stream that can be iterated again is recorded once.

    openai 3's async client goes over it a second time after ``[DONE]``.
    """

    head = {"content-type": "text/event-stream"}
    answer = twin.transport(lambda _: twin.H.Response(200, headers=head, stream=twin.stream(EVENTS)))
    client = twin.client(transport=answer)
    corpus.switch("record")
    response = await twin.open(client, URL)
    for _ in range(2):
        assert await twin.rest(everything(twin, response.stream)) == EVENTS
    await twin.close(response)
    assert [chunk.data for chunk in corpus.recording.chunks] == EVENTS
    assert corpus.counts == {"recorded": 1}
    await twin.close(client)


async def test_after_last_event(twin: Twin, corpus: Corpus) -> None:
    """What a server says after the last event is handed on, and stands in the one recording, too."""
    events = [*EVENTS, b": goodbye\n\n", b": really\n\n"]

    head = {"content-type": "text/event-stream"}
    answer = twin.transport(lambda _: twin.H.Response(200, headers=head, stream=twin.stream(events)))
    client = twin.client(transport=answer)
    corpus.switch("record")
    response = await twin.open(client, URL)
    chunks = twin.raw(response)
    await twin.take(chunks, 3)
    assert len(corpus.recording.chunks) == 3
    await twin.rest(chunks)
    assert [chunk.data for chunk in corpus.recording.chunks] == events
    assert corpus.counts == {"recorded": 1}
    corpus.switch("replay")
    assert await twin.chunks(client, URL) == events
    await twin.close(client)


def everything(twin: Twin, stream: Any) -> Any:
    """An iterator over a stream as such, past the response around it."""
    return stream.__aiter__() if twin.is_async else iter(stream)


@pytest.mark.parametrize("error", ["ConnectError", "ConnectTimeout", "ReadError", "UnsupportedProtocol"])
async def test_raises(twin: Twin, corpus: Corpus, error: str) -> None:
    """What a transport raises reaches the app as it was, its request attached, and is not kept."""
    raised = getattr(twin.H, error)("no luck")

    def answer(request: Any) -> Any:
        raise raised

    client = twin.client(transport=twin.transport(answer))
    corpus.switch("record")
    with pytest.raises(getattr(twin.H, error)) as caught:
        await twin.post(client, URL)
    assert caught.value is raised
    assert str(caught.value.request.url) == URL
    assert corpus.counts == {"dropped": 1}
    await twin.close(client)


async def test_raises_what_it_likes(twin: Twin, corpus: Corpus) -> None:
    """An error of no library's, too."""

    def answer(request: Any) -> Any:
        raise KeyError("a bug in the app's transport")

    client = twin.client(transport=twin.transport(answer))
    corpus.switch("auto")
    with pytest.raises(KeyError):
        await twin.post(client, URL)
    await twin.close(client)


@only(httpx)
async def test_retries(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """httpx-retries (0.6 is for httpx alone): three attempts on the wire are one call, and its replay waits for nothing."""
    retries = pytest.importorskip("httpx_retries")
    retry = retries.Retry(total=3, backoff_factor=0, allowed_methods=["POST"])
    client = twin.client(transport=retries.RetryTransport(retry=retry))
    corpus.switch("record")
    live = await twin.post(client, server.url + CHAT, **told(status=503, times=2))
    assert (live.status_code, server.hits) == (200, 3)
    assert corpus.counts == {"recorded": 1}
    corpus.switch("replay")
    assert (await twin.post(client, server.url + CHAT)).json() == live.json()
    assert server.hits == 3
    await twin.close(client)


@only(is_async=False)
async def test_cache(twin: Twin, corpus: Corpus, server: LoopbackServer, tmp_path: Any) -> None:
    """hishel: two calls, one of them on the wire, are two; so replay doesn't depend on what is in the cache."""
    hishel = pytest.importorskip("hishel")
    module = pytest.importorskip(f"hishel.{twin.H.__name__}")

    def caching(name: str) -> Any:
        storage = hishel.SqliteStorage(database_path=tmp_path / name)
        return twin.client(transport=module.CacheTransport(twin.Transport(), storage=storage))

    corpus.switch("record")
    client = caching("first.db")
    live = [client.get(server.url + "/v1/models").json() for _ in range(2)]
    assert server.hits == 1
    assert corpus.counts == {"recorded": 2}
    client.close()
    corpus.switch("replay")
    client = caching("empty.db")
    assert [client.get(server.url + "/v1/models").json() for _ in range(2)] == live
    assert server.hits == 1
    client.close()


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("module", [httpx, httpx2], ids=["httpx", "httpx2"])
async def test_aiohttp_backed(corpus: Corpus, server: LoopbackServer, module: Any, streamed: bool) -> None:
    """httpx-aiohttp (litellm's default, openai's ``DefaultAioHttpClient``): recorded once, streams as they come."""
    name = "httpx_aiohttp" if module is httpx else "httpx_aiohttp.httpx2"
    backed = pytest.importorskip(name).AiohttpTransport
    twin = Twin(module, True)
    httpx_family.patch(module)
    try:
        corpus.switch("record")
        client = twin.client(transport=backed())
        live = await twin.chunks(client, server.url + CHAT, question(stream=streamed))
        assert corpus.counts == {"recorded": 1}
        corpus.switch("replay")
        assert await twin.chunks(client, server.url + CHAT, question(stream=streamed)) == live
        assert server.hits == 1
        await twin.close(client)
    finally:
        httpx_family.unpatch(module)
