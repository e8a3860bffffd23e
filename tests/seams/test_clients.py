"""Which clients and transports of httpx (0.28) and httpx2 (2.16) the seam catches, and how often it counts."""

from __future__ import annotations

from typing import Any

import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin, only, settled

from agentrec_auto.seams import httpx_family


async def replays(twin: Twin, corpus: Corpus, server: LoopbackServer, client: Any, url: str = "") -> None:
    """What ``client`` is answered is recorded once, and replayed without a request."""
    url = url or server.url + CHAT
    corpus.switch("record")
    live = await twin.post(client, url)
    assert live.status_code == 200
    assert corpus.counts == {"recorded": 1}
    hits, connections = server.hits, server.connections
    corpus.switch("replay")
    again = await twin.post(client, url)
    assert (again.status_code, again.json()) == (200, live.json())
    assert (server.hits, server.connections) == (hits, connections)
    await twin.close(client)


async def test_plain(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A client made after the patch."""
    await replays(twin, corpus, server, twin.client())


async def test_made_before(unpatched: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A client made, and used, before the patch."""
    client = unpatched.client()
    await unpatched.post(client, server.url + CHAT)
    httpx_family.patch(unpatched.H)
    await replays(unpatched, corpus, server, client)


async def test_transport_given(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """``transport=HTTPTransport(...)``."""
    await replays(twin, corpus, server, twin.client(transport=twin.Transport()))


async def test_transport_reassigned(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """``client._transport = ...`` after the client was made, as vendors' wrappers do."""
    client = twin.client()
    await twin.close(client._transport)
    client._transport = twin.Transport()
    await replays(twin, corpus, server, client)


async def test_transport_subclass(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A subclass of the real transport with a method of its own."""
    seen = []

    class Sync(twin.H.HTTPTransport):  # type: ignore[name-defined,misc]
        def handle_request(self, request: Any) -> Any:
            seen.append(request.url.path)
            return super().handle_request(request)

    class Async(twin.H.AsyncHTTPTransport):  # type: ignore[name-defined,misc]
        async def handle_async_request(self, request: Any) -> Any:
            seen.append(request.url.path)
            return await super().handle_async_request(request)

    await replays(twin, corpus, server, twin.client(transport=Async() if twin.is_async else Sync()))
    assert seen == [CHAT]


async def test_client_subclass(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A subclass of the client that overrides what we wrap, and calls it."""

    class Client(twin.Client):  # type: ignore[name-defined,misc]
        def _transport_for_url(self, url: Any) -> Any:
            return super()._transport_for_url(url)

    await replays(twin, corpus, server, Client(trust_env=False))


async def test_client_subclass_on_its_own(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A subclass of the client, as openai and anthropic have, with a destructor that closes."""

    class Client(twin.Client):  # type: ignore[name-defined,misc]
        def __del__(self) -> None:
            if not self.is_closed:
                raise AssertionError("closed by the test")

    await replays(twin, corpus, server, Client(trust_env=False))


async def test_mounts(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A transport mounted for a pattern."""
    await replays(twin, corpus, server, twin.client(mounts={"http://127.0.0.1": twin.Transport()}))


async def test_http2(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A client that may speak HTTP/2, to a server that doesn't."""
    await replays(twin, corpus, server, twin.client(http2=True))


async def test_wrapped_twice(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A second patch is none."""
    httpx_family.patch(twin.H)
    await replays(twin, corpus, server, twin.client())


async def test_under_anothers_wrapper(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """Another tool wraps the method after us, and we are patched again: counted once, and taken away after it."""
    import functools

    ours = twin.Client._transport_for_url

    @functools.wraps(ours)
    def theirs(self: Any, url: Any) -> Any:
        return ours(self, url)

    twin.Client._transport_for_url = theirs
    try:
        httpx_family.patch(twin.H)
        await replays(twin, corpus, server, twin.client())
    finally:
        twin.Client._transport_for_url = ours


async def test_inside_another_client(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """A transport that sends through a client of its own is one exchange, not two.

    openai 3's X.509 transport calls another client's ``_transport_for_url``.
    """
    inner = twin.client()

    class Sync(twin.H.BaseTransport):  # type: ignore[name-defined,misc]
        def handle_request(self, request: Any) -> Any:
            return inner._transport_for_url(request.url).handle_request(request)

    class Async(twin.H.AsyncBaseTransport):  # type: ignore[name-defined,misc]
        async def handle_async_request(self, request: Any) -> Any:
            return await inner._transport_for_url(request.url).handle_async_request(request)

    await replays(twin, corpus, server, twin.client(transport=Async() if twin.is_async else Sync()))
    await twin.close(inner)


@only(is_async=False)
async def test_module_function(corpus: Corpus, server: LoopbackServer, twin: Twin) -> None:
    """``httpx.post(...)`` makes a client for one call."""
    corpus.switch("record")
    body = {"model": "m", "messages": []}
    live = twin.H.post(server.url + CHAT, json=body, trust_env=False)
    corpus.switch("replay")
    assert twin.H.post(server.url + CHAT, json=body, trust_env=False).text == live.text
    assert server.hits == 1


async def test_unpatched(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """After `unpatch` the method is the library's own, and nothing is recorded."""
    httpx_family.unpatch(twin.H)
    corpus.switch("record")
    client = twin.client()
    await twin.post(client, server.url + CHAT)
    assert corpus.counts == {}
    assert not hasattr(twin.Client.__dict__["_transport_for_url"], "__wrapped__")
    await twin.close(client)


async def test_transport_keeps_its_type(twin: Twin) -> None:
    """``client._transport`` is what it was: fireworks reads ``_transport.client.connector`` in a destructor."""
    client = twin.client()
    assert type(client._transport) is twin.Transport
    await twin.close(client)


async def test_other_library(corpus: Corpus, server: LoopbackServer, twin: Twin) -> None:
    """What one library recorded, the other replays."""
    import httpx
    import httpx2

    other = Twin(httpx2 if twin.H is httpx else httpx, twin.is_async)
    corpus.switch("record")
    client = twin.client()
    live = await twin.chunks(client, server.url + CHAT)
    await twin.close(client)
    corpus.switch("replay")
    httpx_family.patch(other.H)
    try:
        client = other.client()
        assert await other.chunks(client, server.url + CHAT) == live
        await settled(other.close(client))
    finally:
        httpx_family.unpatch(other.H)
    assert server.hits == 1


def overriding(twin: Twin, way: str) -> Any:
    """A client class with a ``_transport_for_url`` of its own."""

    class Own:
        def _transport_for_url(self, url: Any) -> Any:
            return self._transport  # type: ignore[attr-defined]

    if way == "mixed in":
        return type("Mixed", (Own, twin.Client), {})
    own = type("Mine", (twin.Client,), {"_transport_for_url": Own._transport_for_url})
    return type("Below", (own,), {}) if way == "inherited" else own


@pytest.mark.parametrize("is_before", [False, True], ids=["after us", "before us"])
@pytest.mark.parametrize("way", ["own", "inherited", "mixed in"])
async def test_a_client_that_chooses_transports_itself(
    unpatched: Twin, corpus: Corpus, server: LoopbackServer, way: str, is_before: bool
) -> None:
    """A subclass whose choice of transports is its own, made before us or after, is recorded: once."""
    twin = unpatched
    made = overriding(twin, way) if is_before else None
    httpx_family.patch(twin.H)
    client = (made or overriding(twin, way))(trust_env=False, verify=False)
    for mode in ("record", "replay"):
        corpus.switch(mode)
        assert (await twin.post(client, server.url + CHAT)).status_code == 200
        assert corpus.counts == {f"{mode}ed": 1}
    assert server.hits == 1
    httpx_family.unpatch(twin.H)
    await twin.post(client, server.url + CHAT)
    assert server.hits == 2 and "__init_subclass__" not in vars(twin.Client)
    await twin.close(client)


def test_a_subclass_is_born_as_ever(twin: Twin) -> None:
    """What a subclass is given when it is made reaches those that asked for it."""
    born = []

    class Base(twin.Client):  # type: ignore[name-defined,misc]
        def __init_subclass__(cls, *, word: str, **named: Any) -> None:
            super().__init_subclass__(**named)
            born.append(word)

    class Mine(Base, word="said"):
        pass

    assert born == ["said"]
    with pytest.raises(TypeError, match="takes no keyword arguments"):
        type("Other", (twin.Client,), {}, word="said")
