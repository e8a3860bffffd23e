"""HTTP/2 is recorded like HTTP/1.1; websockets are left alone. httpx 0.28, httpx2 2.16."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from loopback import LoopbackServer
from seams.h2server import EVENTS, H2Server
from seams.twins import CHAT, Corpus, Twin, settled

from agentrec_auto.capture import Ending
from agentrec_auto.seams import httpx_family


@pytest.fixture
def h2server() -> Iterator[H2Server]:
    server = H2Server()
    yield server
    server.stop()


async def test_http2(twin: Twin, corpus: Corpus, h2server: H2Server) -> None:
    """The version, too, is what it was."""
    answers = []
    for mode in ("record", "replay"):
        corpus.switch(mode)
        client = twin.client(http1=False, http2=True)
        response = await twin.open(client, h2server.url + CHAT)
        answers.append((response.http_version, await twin.rest(twin.raw(response))))
        await twin.close(client)
    assert answers[0] == ("HTTP/2", EVENTS)
    assert answers[1] == answers[0]
    assert corpus.recording.ending is Ending.COMPLETE
    assert h2server.requests == [CHAT]


async def test_upgrade(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A request that asks for another protocol is left alone, whatever its scheme."""
    client = twin.client(headers={"upgrade": "websocket", "connection": "upgrade"})
    for mode in ("record", "replay"):
        corpus.switch(mode, scope="all")
        await settled(client.get(server.url + "/v1/models"))
    assert (server.hits, corpus.counts) == (2, {})
    await twin.close(client)


@pytest.fixture
def echo() -> Iterator[str]:
    """The URL of a websocket server that sends back what it gets, and is no LLM's."""
    websockets = pytest.importorskip("websockets.sync.server")

    def handle(line: Any) -> None:
        for message in line:
            line.send(f"you said {message}")

    with websockets.serve(handle, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/v1/echo"
        server.shutdown()


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("mode", ["record", "auto", "replay"])
async def test_websocket(corpus: Corpus, echo: str, mode: str, is_async: bool) -> None:
    """``Client.websocket`` (httpx2 from 2.7) works through us in every mode, and nothing is noted."""
    pytest.importorskip("wsproto")
    httpx_family.patch(httpx2)
    try:
        corpus.switch(mode, scope="all")
        if is_async:
            async with httpx2.AsyncClient() as asyncly, asyncly.websocket(echo) as line:
                await line.send_text("hi")
                assert await line.receive_text() == "you said hi"
        else:
            with httpx2.Client() as client, client.websocket(echo) as line:
                line.send_text("hi")
                assert line.receive_text() == "you said hi"
        assert corpus.counts == {}
    finally:
        httpx_family.unpatch(httpx2)
