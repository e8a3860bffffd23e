"""Each chunk reaches the caller when the server sends it: the tee holds nothing back and reads nothing ahead."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin, question, sleeps, told

EVENTS = [b'data: {"choices":[{"delta":{"content":"%d"}}]}\n\n' % number for number in range(6)]
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


class StepServer:
    """Sends the next event of a stream only when it is told that the last one arrived."""

    def __init__(self) -> None:
        self._may_send: queue.Queue[bytes] = queue.Queue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def send(self, event: bytes) -> None:
        """Send one more event; ``b""`` ends the stream."""
        self._may_send.put(event)

    def stop(self) -> None:
        """End the stream, if it hasn't ended, and the server."""
        self.send(b"")
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        line, _ = self._listener.accept()
        with line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.recv(65536)
            line.sendall(HEAD)
            while event := self._may_send.get():
                line.sendall(b"%x\r\n%b\r\n" % (len(event), event))
            line.sendall(b"0\r\n\r\n")


@pytest.fixture
def steps() -> Iterator[StepServer]:
    server = StepServer()
    yield server
    server.stop()


@pytest.mark.parametrize("mode", ["off", "record", "auto"])
async def test_arrives_at_once(twin: Twin, corpus: Corpus, steps: StepServer, mode: str) -> None:
    """An event is in the caller's hands before the server sends the next; bare and recording alike.

    A tee that waited for anything more would stand here until the read timeout.
    """
    corpus.switch(mode)
    client = twin.client(timeout=60)
    response = await twin.open(client, steps.url + CHAT)
    chunks = twin.raw(response)
    for event in EVENTS:
        steps.send(event)
        assert await twin.next(chunks) == event
    steps.send(b"")
    assert await twin.rest(chunks) == []
    await twin.close(client)
    if mode != "off":
        assert [chunk.data for chunk in corpus.recording.chunks] == EVENTS


@pytest.mark.parametrize("mode", ["off", "record"])
async def test_reads_nothing_ahead(twin: Twin, corpus: Corpus, mode: str) -> None:
    """The transport is asked for one chunk for each that the caller asks for."""
    asked: list[int] = []

    class Sync(twin.H.SyncByteStream):  # type: ignore[name-defined,misc]
        def __iter__(self) -> Iterator[bytes]:
            for number, event in enumerate(EVENTS):
                asked.append(number)
                yield event

    class Async(twin.H.AsyncByteStream):  # type: ignore[name-defined,misc]
        async def __aiter__(self) -> Any:
            for number, event in enumerate(EVENTS):
                asked.append(number)
                yield event

    client = twin.client(transport=answering(twin, Async if twin.is_async else Sync))
    corpus.switch(mode)
    response = await twin.open(client, "http://llm.test" + CHAT)
    assert asked == []
    chunks = twin.raw(response)
    for number in range(3):
        await twin.next(chunks)
        assert asked == list(range(number + 1))
    await twin.close(response)
    assert len(asked) == 3
    await twin.close(client)


def answering(twin: Twin, stream: Any) -> Any:
    """A transport of the app's own that answers each request with such a stream."""

    def response() -> Any:
        return twin.H.Response(200, headers={"content-type": "text/event-stream"}, stream=stream())

    class Sync(twin.H.BaseTransport):  # type: ignore[name-defined,misc]
        def handle_request(self, request: Any) -> Any:
            return response()

    class Async(twin.H.AsyncBaseTransport):  # type: ignore[name-defined,misc]
        async def handle_async_request(self, request: Any) -> Any:
            return response()

    return Async() if twin.is_async else Sync()


async def test_boundaries(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """Chunks are replayed with the boundaries they came with: torn events and joined ones."""
    for words in (told(split=7), told(join=3)):
        corpus.switch("record")
        live = await twin.chunks(client, server.url + CHAT, **words)
        corpus.switch("replay")
        assert await twin.chunks(client, server.url + CHAT) == live
    assert server.hits == 2


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_compressed(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, encoding: str
) -> None:
    """A compressed stream is handed on as it comes, and replayed with the same text, piece by piece."""
    if encoding not in twin.H._decoders.SUPPORTED_DECODERS:
        pytest.skip(f"{twin.H.__name__} {twin.H.__version__} doesn't decode {encoding} here")

    async def decoded() -> list[str]:
        response = await twin.open(client, server.url + CHAT, **told(encoding))
        pieces = response.aiter_text() if twin.is_async else response.iter_text()
        return [piece for piece in await twin.rest(pieces) if piece]

    corpus.switch("record")
    live = await decoded()
    corpus.switch("replay")
    assert await decoded() == live
    assert server.hits == 1
    assert "data: [DONE]" in live[-1]


@pytest.mark.parametrize("stalls_after", [1, 3])
async def test_compressed_arrives_at_once(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, stalls_after: int
) -> None:
    """Compressed events, too, are in the caller's hands while the server holds the next ones back."""
    corpus.switch("record")
    response = await twin.open(client, server.url + CHAT, **told("gzip", stall_after=stalls_after))
    lines = response.aiter_lines() if twin.is_async else response.iter_lines()
    got = [line for line in await twin.take(lines, 2 * stalls_after) if line]
    assert len(got) == stalls_after
    server.wait_until_stalled()
    server.release()
    got += [line for line in await twin.rest(lines) if line]
    assert got[-1] == "data: [DONE]"


async def test_pace(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``speed = 1`` the recorded pauses are kept; instantly by default."""
    corpus.switch("record")
    url = server.url + CHAT
    live = await twin.chunks(client, url, **told(pace=20))
    recorded = corpus.recording.chunks[-1].timestamp_offset
    assert recorded >= 0.02 * (len(live) - 1) * 0.9
    slept = sleeps(monkeypatch)
    for speed, waits in ((0.0, 0.0), (1.0, recorded), (10.0, recorded / 10)):
        corpus.switch("replay", speed=speed)
        slept.clear()
        assert await twin.chunks(client, url) == live
        assert sum(slept) == pytest.approx(waits) and len(slept) == (len(live) if waits else 0)


async def test_non_stream_body(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A plain answer under chunked framing keeps its chunks, too."""
    url = server.url + CHAT
    corpus.switch("record")
    live = await twin.chunks(client, url, question(), **told(split=50))
    assert len(live) > 1
    corpus.switch("replay")
    assert await twin.chunks(client, url, question()) == live
