"""A replayed response, read, is what the library's own read leaves; until then it is read in a way of its own."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import httpx2
import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin, only, question, settled

from agentrec_auto.seams import httpx_played
from agentrec_auto.seams.httpx_transports import family_of


def books(response: Any) -> dict[str, Any]:
    """All that a response remembers, but for what no two calls have in common."""
    kept = dict(vars(response))
    for name in ("stream", "extensions", "headers", "_request", "_elapsed", "_decoder"):
        kept.pop(name, None)
    return kept


@pytest.fixture
async def recorded(twin: Twin, corpus: Corpus, server: LoopbackServer, client: Any) -> Any:
    """A live answer, read; the corpus has it, and replays it from now on."""
    corpus.switch("record")
    live = await twin.post(client, server.url + CHAT)
    corpus.finish()
    corpus.switch("replay")
    return live


async def test_read(twin: Twin, server: LoopbackServer, client: Any, recorded: Any) -> None:
    """Status, content and all the library notes of a body that was read are those of the live response."""
    for _ in range(2):
        replayed = await twin.post(client, server.url + CHAT)
        assert type(replayed) is twin.H.Response
        assert books(replayed) == books(recorded) and replayed.content == recorded.content
        assert replayed.num_bytes_downloaded == len(replayed.content) and replayed.elapsed


async def test_is_quick(twin: Twin, server: LoopbackServer, client: Any, recorded: Any) -> None:
    """In the versions that are installed, the quick way is taken: they keep their books as it does."""
    family = family_of(twin.H)
    unread = await twin.open(client, server.url + CHAT, question())
    assert isinstance(unread, twin.H.Response) and type(unread) is not twin.H.Response
    assert isinstance(unread, httpx_played._Unread), family
    await settled(unread.aread() if twin.is_async else unread.read())
    assert type(unread) is twin.H.Response and unread.is_closed


async def test_begun(twin: Twin, server: LoopbackServer, client: Any, recorded: Any) -> None:
    """Who has begun to iterate, or has closed, can't read any more: the library says so in its own words."""
    begun = await twin.open(client, server.url + CHAT, question())
    await twin.next(twin.raw(begun))
    with pytest.raises(twin.H.StreamConsumed):
        await settled(begun.aread() if twin.is_async else begun.read())
    closed = await twin.open(client, server.url + CHAT, question())
    await twin.close(closed)
    assert type(closed) is twin.H.Response
    with pytest.raises(twin.H.StreamClosed):
        await settled(closed.aread() if twin.is_async else closed.read())


async def test_wrapped(twin: Twin, server: LoopbackServer, client: Any, recorded: Any) -> None:
    """A stream that somebody put around ours, as hooks and tracers do, is what is read."""
    response = await twin.open(client, server.url + CHAT, question())
    response.stream = twin.stream([b"another ", b"body"])
    assert await settled(response.aread() if twin.is_async else response.read()) == b"another body"


STEPS = ("read", "iter_bytes", "iter_raw")
"""The methods by which the libraries read a response; of async ones, with an ``a`` in front."""


def watching(step: Any, seen: list[Any]) -> Any:
    """A method of a response, or of all, that notes when it is called."""

    def watched(*args: Any, **options: Any) -> Any:
        seen.append(step.__name__)
        return step(*args, **options)

    return watched


@pytest.mark.parametrize("step", STEPS)
async def test_replaced(
    twin: Twin, server: LoopbackServer, client: Any, recorded: Any, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who replaces the library's read or what it reads by, as tracers do, sees replayed responses, too."""
    name, seen = f"a{step}" if twin.is_async else step, list[Any]()
    monkeypatch.setattr(twin.H.Response, name, watching(getattr(twin.H.Response, name), seen))
    replayed = await twin.post(client, server.url + CHAT)
    assert seen == [name] and replayed.content == recorded.content


@pytest.mark.parametrize("step", STEPS)
async def test_replaced_in_one(
    twin: Twin, server: LoopbackServer, client: Any, recorded: Any, step: str
) -> None:
    """The same of who replaces them in one response, as an event hook that counts bytes does."""
    name, seen = f"a{step}" if twin.is_async else step, list[Any]()
    response = await twin.open(client, server.url + CHAT, question())
    setattr(response, name, watching(getattr(response, name), seen))
    assert await settled(response.aread() if twin.is_async else response.read()) == recorded.content
    assert seen == [name]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("H", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_replaced_before(H: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who replaced them before our first call is called, too: all responses are the library's own then."""
    for name in (step, f"a{step}"):
        monkeypatch.setattr(H.Response, name, watching(getattr(H.Response, name), []))
    assert httpx_played.sync_player(H).Unread is H.Response
    assert httpx_played.async_player(H).Unread is H.Response


async def test_names_its_request(twin: Twin, server: LoopbackServer, client: Any, recorded: Any) -> None:
    """An error that such a stream raises as the library's own knows the request, as it does live."""

    class Breaks(twin.H.SyncByteStream, twin.H.AsyncByteStream):  # type: ignore[name-defined,misc]
        def __iter__(self) -> Any:
            raise twin.H.ReadError("broken")

        async def __aiter__(self) -> Any:
            raise twin.H.ReadError("broken")
            yield b""

    response = await twin.open(client, server.url + CHAT, question())
    response.stream = Breaks()
    with pytest.raises(twin.H.ReadError) as raised:
        await settled(response.aread() if twin.is_async else response.read())
    assert raised.value.request is response.request


async def test_raises(twin: Twin, server: LoopbackServer, client: Any, recorded: Any) -> None:
    """What such a stream raises comes out, and the response is closed, as httpx2 leaves it, and httpx's client."""

    class Raises(twin.H.SyncByteStream, twin.H.AsyncByteStream):  # type: ignore[name-defined,misc]
        def __iter__(self) -> Any:
            raise ValueError("broken")

        async def __aiter__(self) -> Any:
            raise ValueError("broken")
            yield b""

    response = await twin.open(client, server.url + CHAT, question())
    response.stream = Raises()
    with pytest.raises(ValueError, match="broken"):
        await settled(response.aread() if twin.is_async else response.read())
    assert response.is_closed and response.is_stream_consumed and not hasattr(response, "_content")


@only(is_async=False)
async def test_copied(twin: Twin, server: LoopbackServer, client: Any, recorded: Any) -> None:
    """An unread response is copied and pickled as the library's own."""
    for made in (copy.copy, lambda one: pickle.loads(pickle.dumps(one))):
        twice = made(await twin.open(client, server.url + CHAT, question()))
        assert type(twice) is twin.H.Response and twice.status_code == 200


@pytest.mark.parametrize("H", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_other_books(H: ModuleType) -> None:
    """A version that keeps its books in another way gets its own class, and reads by itself."""

    class Response(H.Response):  # type: ignore[name-defined,misc]
        def read(self) -> bytes:
            self.content_length_seen = len(content := super().read())
            return bytes(content)

        async def aread(self) -> bytes:
            self.content_length_seen = len(content := await super().aread())
            return bytes(content)

    other = SimpleNamespace(**{**vars(H), "Response": Response})
    assert httpx_played.sync_player(other).Unread is Response
    assert httpx_played.async_player(other).Unread is Response
    assert issubclass(httpx_played.sync_player(H).Unread, httpx_played._Unread)
