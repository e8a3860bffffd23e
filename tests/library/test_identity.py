"""Which recording answers which request: kinds, takes, and the names that programs give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from library.kit import CHAT, Kit, question
from loopback import LoopbackServer

from agentrec_auto import FileStore, InMemoryStore, default_key


@pytest.mark.parametrize("first", [False, True])
async def test_streamed_and_not(kit: Kit, server: LoopbackServer, files: FileStore, first: bool) -> None:
    """One question, streamed and not, is two recordings, whichever came first: neither answers the other."""
    async with kit.recording(files) as client:
        live = {
            stream: (await kit.post(client, server.url + CHAT, question(stream=stream))).content
            for stream in (first, not first)
        }
    assert len(files) == 2
    for order in ([False, True], [True, False]):
        async with kit.replaying(files) as client:
            for stream in order:
                played = await kit.post(client, server.url + CHAT, question(stream=stream))
                assert played.content == live[stream] != b""


@pytest.mark.parametrize("stream", [False, True])
async def test_the_other_kind_is_a_miss(
    kit: Kit, server: LoopbackServer, memory: InMemoryStore, stream: bool
) -> None:
    """A question recorded streamed doesn't answer the same one asked plainly, nor the other way round."""
    async with kit.recording(memory) as client:
        await kit.post(client, server.url + CHAT, question(stream=stream))
    async with kit.replaying(memory) as client:
        with pytest.raises(KeyError, match="differs at stream"):
            await kit.post(client, server.url + CHAT, question(stream=not stream))


async def test_the_other_kind_survives(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """Recording a question anew leaves the recording of its other kind alone."""
    for stream in (True, False, True, False):
        async with kit.recording(files) as client:
            await kit.post(client, server.url + CHAT, question(stream=stream))
    async with kit.replaying(files) as client:
        for stream, number in ((True, 3), (False, 4)):
            played = await kit.post(client, server.url + CHAT, question(stream=stream))
            assert f"chatcmpl-{number}" in played.text
    assert len(files) == 2


async def test_takes(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """The same question asked thrice has three answers, replayed in order; then the last again."""
    async with kit.recording(files) as client:
        live = [(await kit.post(client, server.url + CHAT)).json()["id"] for _ in range(3)]
    async with kit.replaying(files) as client:
        played = [(await kit.post(client, server.url + CHAT)).json()["id"] for _ in range(4)]
    assert len(set(live)) == 3 and played == [*live, live[-1]]


async def test_auto_asks_as_often(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """A transport in auto mode doesn't replay what it recorded itself: each asking has its answer."""
    async with kit.auto(files) as client:
        live = [(await kit.post(client, server.url + CHAT)).json()["id"] for _ in range(3)]
    async with kit.auto(files) as client:
        played = [(await kit.post(client, server.url + CHAT)).json()["id"] for _ in range(3)]
    assert played == live and len(set(live)) == 3


async def test_recorded_anew(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """What another transport records replaces what was there, all takes of it."""
    for times in (3, 1):
        async with kit.recording(files) as client:
            for _ in range(times):
                await kit.post(client, server.url + CHAT)
    async with kit.replaying(files) as client:
        assert (await kit.post(client, server.url + CHAT)).json()["id"] == "chatcmpl-4"
    assert len(files) == 1


async def test_discarded_meanwhile(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """What the program discards is recorded again, where it will be found."""
    async with kit.recording(files) as client:
        for _ in range(2):
            key = default_key((await kit.post(client, server.url + CHAT)).request)
        await files.discard(key)
        assert len(files) == 0
        await kit.post(client, server.url + CHAT)
    assert files.ids() == [key]


async def test_fixed_id(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """One id holds whatever is asked, in the order it is asked."""
    async with kit.recording(files, key="talk") as client:
        live = [(await kit.post(client, server.url + CHAT, question(text))).content for text in "ab"]
    assert files.ids() == ["talk", "talk.take2"] and (await files.load("talk")).metadata["id"] == "talk"
    async with kit.replaying(files, key="talk") as client:
        assert [(await kit.post(client, server.url + CHAT, question(text))).content for text in "ab"] == live


async def test_fixed_id_of_both_kinds(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """Under one id, too, a stream is never the answer to who asked for none."""
    async with kit.recording(files, key="talk") as client:
        for stream in (True, False):
            await kit.post(client, server.url + CHAT, question(stream=stream))
    async with kit.replaying(files, key="talk") as client:
        assert (await kit.post(client, server.url + CHAT)).json()["id"] == "chatcmpl-2"
        assert "[DONE]" in (await kit.post(client, server.url + CHAT, question(stream=True))).text


async def test_key_function(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """A function of the library's request names recordings, whatever characters it uses."""

    def key(request: Any) -> str:
        assert isinstance(request, kit.H.Request)
        return f"chat/{json.loads(request.content)['model']}"

    async with kit.recording(files, key=key) as client:
        live = await kit.post(client, server.url + CHAT)
    assert "chat/m" in files and (await files.load("chat/m")).body == live.content
    async with kit.replaying(files, key=key) as client:
        assert (await kit.post(client, server.url + CHAT, question("another"))).content == live.content


async def test_key_function_that_fails(kit: Kit, memory: InMemoryStore) -> None:
    """What the program's function raises reaches the program."""

    def key(request: Any) -> str:
        raise ZeroDivisionError

    async with kit.auto(memory, key=key) as client:
        with pytest.raises(ZeroDivisionError):
            await kit.post(client, "https://api.openai.com" + CHAT)


async def test_query_counts_and_host_does_not(kit: Kit, server: LoopbackServer, files: FileStore) -> None:
    """Another query is another request, another host or port is not."""
    async with kit.recording(files) as client:
        for version in ("1", "2"):
            await kit.post(client, f"{server.url}{CHAT}?api-version={version}")
    async with kit.replaying(files) as client:
        for version in ("2", "1"):
            played = await kit.post(client, f"http://127.0.0.1:9{CHAT}?api-version={version}")
            assert played.json()["id"] == f"chatcmpl-{version}"
