"""Explicit transports: what is recorded is replayed, as it was, and nothing else is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from library.kit import CHAT, Kit, question, settled, sleeps
from loopback import LoopbackServer

from agentrec_auto import FileStore, InMemoryStore, MissError, default_key, fingerprint
from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest, Ending
from agentrec_auto.store.file import FolderStore


async def test_plain(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """A response is replayed with the server gone: status, headers, body."""
    async with kit.recording(files) as client:
        live = await kit.post(client, server.url + CHAT)
    server.stop()
    async with kit.replaying(files) as client:
        played = await kit.post(client, server.url + CHAT)
    assert (played.status_code, played.content) == (200, live.content)
    assert played.headers["content-type"] == live.headers["content-type"]
    assert played.http_version == live.http_version


async def test_stream(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """A stream is replayed in the chunks it came in."""
    async with kit.recording(files) as client:
        live = await kit.chunks(client, server.at(pace=5) + CHAT)
    async with kit.replaying(files) as client:
        assert await kit.chunks(client, server.at(pace=5) + CHAT) == live
    assert len(live) > 3 and server.hits == 1


@pytest.mark.parametrize("stream", [False, True])
async def test_named_by_default_key(
    kit: Kit, server: LoopbackServer, memory: InMemoryStore, stream: bool
) -> None:
    """A recording is found under the request's default key, with its fingerprint as metadata."""
    async with kit.recording(memory) as client:
        response = await kit.post(client, server.url + CHAT, question(stream=stream))
    key = default_key(response.request)
    kept = await memory.load(key)
    assert key in memory and kept.body == response.content
    assert fingerprint(response.request).as_metadata().items() <= kept.metadata.items()
    assert kept.metadata["recorded_at"].endswith("+00:00")


async def test_miss(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """A miss is a KeyError that names the id, the folder, the cure, and what is nearest; nothing goes out."""
    async with kit.recording(files) as client:
        await kit.post(client, server.url + CHAT, question("Is it Monday?"))
    async with kit.replaying(files) as client:
        with pytest.raises(KeyError) as raised:
            await kit.post(client, server.url + CHAT, question("Is it Tuesday?"))
    assert type(raised.value) is MissError
    said = str(raised.value)
    assert said.startswith("No recorded interaction for id='127.0.0.1_m_")
    assert f" in {files.root}. Run the record phase before replaying." in said
    assert 'messages[0].content: "…Monday?" → "…Tuesday?"' in said
    assert server.hits == 1


async def test_miss_is_told_once(kit: Kit, memory: InMemoryStore, capfd: pytest.CaptureFixture[str]) -> None:
    """An exception says it all: nothing is printed."""
    async with kit.replaying(memory) as client:
        with pytest.raises(KeyError, match=r"for id='[^']+'\. Run the record phase"):
            await kit.post(client, "https://api.openai.com" + CHAT)
    assert capfd.readouterr().err == ""


async def test_auto(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """What isn't recorded is recorded, and replayed the next time."""
    answers = []
    for _ in range(2):
        async with kit.auto(files) as client:
            answers.append((await kit.post(client, server.url + CHAT)).content)
    assert answers[0] == answers[1] and server.hits == 1


async def test_extra_metadata(kit: Kit, server: LoopbackServer, memory: InMemoryStore) -> None:
    """What the program says of a recording is stored with it, over what we say."""
    said: list[Any] = [
        {"category": "a", "semantic_key": "mine"},
        lambda request: {"category": request.method},
    ]
    for metadata in said:
        async with kit.recording(memory, key="x", extra_metadata=metadata) as client:
            await kit.post(client, server.url + CHAT)
        kept = (await memory.load("x")).metadata
        assert kept["category"] == ("a" if metadata is said[0] else "POST")
    async with kit.recording(memory, key="y", extra_metadata=said[0]) as client:
        await kit.post(client, server.url + CHAT)
    assert (await memory.load("y")).metadata["semantic_key"] == "mine"


@pytest.mark.parametrize("simulate_timing", [False, True])
async def test_pace(
    kit: Kit, memory: InMemoryStore, simulate_timing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recorded pace is kept if asked for, else there is no wait."""
    waits, slept = [0.0, 0.03, 0.08], sleeps(monkeypatch)
    await memory.save("x", hand_made(waits))
    async with kit.replaying(memory, key="x", simulate_timing=simulate_timing) as client:
        response = await kit.post(client, "https://a/b")
    assert slept == (pytest.approx([0.03, 0.05]) if simulate_timing else [])
    assert response.content == b"ccc"


def hand_made(offsets: list[float], **metadata: Any) -> CapturedInteraction:
    request = CapturedRequest("POST", "https://a/b", [], b"")
    return CapturedInteraction(
        request, 200, [], {}, [CapturedChunk(b"c", offset) for offset in offsets], metadata
    )


async def test_hand_made(kit: Kit, memory: InMemoryStore) -> None:
    """What the program saved by hand under a request's default key answers the request."""
    request = kit.H.Request("POST", "https://api.openai.com" + CHAT, json=question(stream=True))
    await memory.save(default_key(request), hand_made([0.0]))
    async with kit.replaying(memory) as client:
        answer = await kit.post(client, "https://api.openai.com" + CHAT, question(stream=True))
    assert answer.content == b"c"


async def test_left_early(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """A stream that the program left early replays up to there, and then says so."""
    async with kit.recording(files) as client:
        response = await kit.open(client, server.at(stall_after=2) + CHAT)
        seen = await kit.take(kit.raw(response), 2)
        await kit.close(response)
    assert [one.ending for one in [await files.load(name) for name in files.ids()]] == [Ending.ABANDONED]
    async with kit.replaying(files) as client:
        chunks = kit.raw(await kit.open(client, server.at(stall_after=2) + CHAT))
        assert await kit.take(chunks, 2) == seen
        [words] = await kit.take(chunks, 1)
        assert words.startswith(b"event: error\n")
        with pytest.raises(kit.H.ReadError, match="ends here"):
            await kit.next(chunks)


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 500}, {"drop_after": 2}])
async def test_failures_are_not_kept(
    kit: Kit, server: LoopbackServer, files: FileStore, fault: dict[str, int]
) -> None:
    """What failed and may work the next time is asked again."""
    async with kit.auto(files) as client:
        try:
            await kit.chunks(client, server.at(**fault) + CHAT)
        except kit.H.TransportError:
            pass
    assert len(files) == 0


async def test_permanent_errors_are_kept(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """An answer that will be the same the next time is kept, whatever its status."""
    for _ in range(2):
        async with kit.auto(files) as client:
            assert (await kit.post(client, server.at(status=404) + CHAT)).status_code == 404
    assert server.hits == 1


async def test_nothing_secret_on_disk(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """A key is on disk neither as a header, nor in the URL, the body or the response; it still replays."""
    key = "sk-proj-abcdefghij0123456789abcdefghij"
    url = f"{server.at('echo-key')}{CHAT}?key={key}"
    for make in (kit.recording, kit.replaying):
        async with make(files) as client:
            response = await kit.post(
                client, url, question(f"my key is {key}"), headers={"authorization": f"Bearer {key}"}
            )
    assert response.status_code == 401 and server.hits == 1
    written = b"".join(path.read_bytes() for path in files.root.iterdir())
    assert key.encode() not in written and written.count(b"[REDACTED") >= 4


async def test_read_twice(kit: Kit, memory: InMemoryStore) -> None:
    """A stream that begins again when it is iterated a second time is recorded once."""

    class Stream(kit.H.SyncByteStream, kit.H.AsyncByteStream):  # type: ignore[misc, name-defined]
        def __iter__(self) -> Any:
            return iter((b"a", b"b"))

        async def __aiter__(self) -> Any:
            for chunk in self:
                yield chunk

    class Inner(kit.H.BaseTransport, kit.H.AsyncBaseTransport):  # type: ignore[misc, name-defined]
        def handle_request(self, request: Any) -> Any:
            return kit.H.Response(200, stream=Stream())

        async def handle_async_request(self, request: Any) -> Any:
            return self.handle_request(request)

    transport = kit.transport("Recording", Inner(), memory, "x")
    handle = transport.handle_async_request if kit.is_async else transport.handle_request
    stream = (await settled(handle(kit.H.Request("POST", "https://a/b")))).stream
    for _ in range(2):
        assert b"".join([chunk async for chunk in stream] if kit.is_async else stream) in (b"ab", b"")
    assert (await memory.load("x")).body == b"ab"


async def test_mock_inside(kit: Kit, memory: InMemoryStore) -> None:
    """An inner transport that stays in the process is recorded, too."""

    def handler(request: Any) -> Any:
        return kit.H.Response(200, json={"path": request.url.path})

    async with kit.opened(kit.transport("Recording", kit.H.MockTransport(handler), memory)) as client:
        live = await kit.post(client, "https://api.openai.com" + CHAT)
    async with kit.replaying(memory) as client:
        assert (await kit.post(client, "https://api.openai.com" + CHAT)).content == live.content


async def test_recorded_by_agentrec_run(kit: Kit, corpus: Any, server: LoopbackServer) -> None:
    """What a patched process recorded answers explicit transports."""
    from agentrec_auto.seams import httpx_family

    httpx_family.patch(kit.H)
    corpus.switch("record")
    try:
        client = kit.client()
        live = await kit.post(client, server.url + CHAT)
        await kit.close(client)
    finally:
        httpx_family.unpatch(kit.H)
    async with kit.replaying(FileStore(corpus.folder)) as client:
        assert (await kit.post(client, server.url + CHAT)).content == live.content


@pytest.mark.parametrize("kind", ["folder", "path", "sqlite", "store", "memory"])
async def test_any_store(kit: Kit, server: LoopbackServer, tmp_path: Path, kind: str) -> None:
    """A store is an object of ours, or where one is."""
    store: Any = {
        "folder": str(tmp_path / "a"),
        "path": tmp_path / "b",
        "sqlite": f"sqlite:///{tmp_path}/c.db",
        "store": FolderStore(str(tmp_path / "d")),
        "memory": InMemoryStore(),
    }[kind]
    async with kit.recording(store, key="a/b") as client:
        live = await kit.post(client, server.url + CHAT)
    async with kit.replaying(store, key="a/b") as client:
        assert (await kit.post(client, server.url + CHAT)).content == live.content


def test_no_store() -> None:
    """What is no store is refused at once."""
    with pytest.raises(TypeError, match="no store"):
        from agentrec_auto import ReplayTransport

        ReplayTransport(42)  # type: ignore[arg-type]


def test_of_agentrec_0_2(tmp_path: Path) -> None:
    """A cassette that agentrec 0.2 wrote, its secret scrubbed after the id was made, answers its request."""
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "sk-abcdefghijklmnopqrstuvwxyz"}]}
    request = httpx.Request("POST", "https://api.openai.com" + CHAT, json=body)
    stored = request.content.replace(b"sk-abcdefghijklmnopqrstuvwxyz", b"[REDACTED-OPENAI-KEY]")
    (tmp_path / f"{default_key(request)}.json").write_text(json.dumps({
        "request": {"method": "POST", "url": str(request.url), "headers": [["Host", "api.openai.com"]],
                    "content": stored.decode()},
        "response_status": 200,
        "response_headers": [["content-type", "application/json"]],
        "response_extensions": {"http_version": {"__bytes__": "HTTP/1.1"}},
        "chunks": [{"data": "{}", "timestamp_offset": 0.1}],
    }))  # fmt: skip
    from agentrec_auto import SyncReplayTransport

    with httpx.Client(transport=SyncReplayTransport(FileStore(tmp_path))) as client:
        assert client.send(request).json() == {}


def test_nothing_else_in_the_folder(
    server: LoopbackServer, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder holds recordings only, as programs that list it expect."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abcdefghijklmnopqrstuvwxyz")
    from agentrec_auto import SyncRecordingTransport

    with httpx.Client(transport=SyncRecordingTransport(httpx.HTTPTransport(), files, key="x")) as client:
        client.post(server.url + CHAT, json=question())
    assert os.listdir(files.root) == ["x.json"]
