"""What a client does around an exchange (redirects, auth, hooks, timings, proxies) is the same on replay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from loopback import LoopbackServer
from loopback_dialects import Answer, Ask
from seams.twins import CHAT, Corpus, Twin, question, told


class GuardedServer(LoopbackServer):
    """Wants digest authentication (RFC 7616)."""

    def _answer(self, ask: Ask, arrived: Any) -> Answer:
        if not ask.headers.get("authorization", "").startswith("Digest "):
            challenge = 'Digest realm="llm", nonce="abcdef", qop="auth", algorithm=MD5'
            return Answer(401, headers=(("www-authenticate", challenge),))
        return super()._answer(ask, arrived)


@dataclass
class Hooks:
    """Event hooks that note what they see."""

    is_async: bool
    seen: list[str] = field(default_factory=list)

    @property
    def hooks(self) -> dict[str, list[Any]]:
        def on_request(request: Any) -> None:
            self.seen.append(f"{request.method} {request.url.path}")

        def on_response(response: Any) -> None:
            self.seen.append(f"{response.status_code} {response.request.url.path}")

        async def on_request_async(request: Any) -> None:
            on_request(request)

        async def on_response_async(response: Any) -> None:
            on_response(response)

        if self.is_async:
            return {"request": [on_request_async], "response": [on_response_async]}
        return {"request": [on_request], "response": [on_response]}


async def test_redirect(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """Each hop of a redirect is recorded, and the history is the same on replay."""
    client = twin.client(follow_redirects=True)
    url = server.at("redirect") + CHAT
    corpus.switch("record")
    live = await twin.post(client, url)
    assert [hop.status_code for hop in live.history] == [307]
    assert corpus.counts == {"recorded": 2}
    corpus.switch("replay")
    again = await twin.post(client, url)
    assert ([hop.status_code for hop in again.history], again.url) == ([307], live.url)
    assert again.json() == live.json()
    assert server.hits == 2
    await twin.close(client)


async def test_redirect_out_of_scope(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """What an LLM call is sent on to is recorded and replayed, though its URL doesn't look like one."""
    client = twin.client(follow_redirects=True)
    url = server.at(redirect="/blobs/a%20b?sig=0123456789abcdef") + CHAT
    corpus.switch("record")
    live = await twin.post(client, url)
    assert (live.status_code, corpus.counts) == (404, {"recorded": 2})
    corpus.switch("replay")
    again = await twin.post(client, url)
    assert (again.content, len(again.history), server.hits) == (live.content, 1, 2)
    await twin.close(client)


async def test_digest_auth(twin: Twin, corpus: Corpus) -> None:
    """The challenge and the answer to it are two takes of one request."""
    with GuardedServer() as server:
        client = twin.client(auth=twin.H.DigestAuth("user", "password"))
        corpus.switch("record")
        live = await twin.post(client, server.url + CHAT)
        assert (live.status_code, server.hits) == (200, 2)
        corpus.switch("replay")
        await twin.close(client)
        client = twin.client(auth=twin.H.DigestAuth("user", "password"))
        again = await twin.post(client, server.url + CHAT)
        assert (again.status_code, again.json(), server.hits) == (200, live.json(), 2)
        await twin.close(client)


async def test_event_hooks(twin: Twin, corpus: Corpus, server: LoopbackServer) -> None:
    """Hooks run for each hop, on replay as on the day."""
    seen = {}
    for mode in ("record", "replay"):
        hooks = Hooks(twin.is_async)
        client = twin.client(follow_redirects=True, event_hooks=hooks.hooks)
        corpus.switch(mode)
        await twin.post(client, server.at("redirect") + CHAT)
        seen[mode] = hooks.seen
        await twin.close(client)
    assert seen["record"] == [
        f"POST /redirect{CHAT}", f"307 /redirect{CHAT}", f"POST {CHAT}", f"200 {CHAT}",
    ]  # fmt: skip
    assert seen["replay"] == seen["record"]


@pytest.mark.parametrize("streamed", [False, True])
async def test_response_facts(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, streamed: bool
) -> None:
    """Status, reason, version, headers, encoding, counts: a replayed response is a response like any other."""

    def facts(response: Any) -> dict[str, Any]:
        headers = [
            (name, value) for name, value in response.headers.multi_items() if name != "transfer-encoding"
        ]
        return {
            "status": (response.status_code, response.reason_phrase, response.http_version),
            "headers": headers,
            "text": (response.text, response.encoding, response.charset_encoding),
            "closed": (response.is_closed, response.is_stream_consumed, response.is_success),
            "bytes": response.num_bytes_downloaded,
            "request": (str(response.request.url), response.request.content, str(response.url)),
            "elapsed": response.elapsed.total_seconds() >= 0,
        }

    corpus.switch("record")
    live = facts(await twin.post(client, server.url + CHAT, question(stream=streamed)))
    corpus.switch("replay")
    assert facts(await twin.post(client, server.url + CHAT, question(stream=streamed))) == live


async def test_cookies(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A cookie's value is a secret, and isn't in the corpus; that there was one is."""
    corpus.switch("record")
    await twin.post(client, server.url + CHAT, **told("set-cookie"))
    assert client.cookies["session"] == "loopback-secret"
    assert all(
        "loopback-secret" not in file.read_text() for file in corpus.folder.iterdir() if file.is_file()
    )
    assert b"set-cookie" in dict(corpus.recording.response_headers)


@pytest.mark.parametrize("way", ["argument", "mounts", "environment"])
async def test_proxy(
    twin: Twin, corpus: Corpus, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Through a proxy, however it is named; on replay not even the proxy is asked."""
    if way == "argument":
        client = twin.client(proxy=server.url)
    elif way == "mounts":
        client = twin.client(mounts={"all://": twin.Transport(proxy=server.url)})
    else:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        client = twin.client(trust_env=True)
    url = "http://llm.test" + CHAT
    corpus.switch("record")
    live = await twin.post(client, url)
    assert server.requests[0].path == url
    assert corpus.counts == {"recorded": 1}
    corpus.switch("replay")
    assert (await twin.post(client, url)).json() == live.json()
    assert server.hits == 1
    await twin.close(client)


async def test_request_body_streamed(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A request whose body the app generates piece by piece arrives whole, and is replayed."""
    import json

    body = json.dumps(question()).encode()

    def pieces() -> Any:
        if not twin.is_async:
            return iter([body[:5], body[5:]])

        async def generate() -> Any:
            yield body[:5]
            yield body[5:]

        return generate()

    async def post() -> Any:
        request = client.build_request("POST", server.url + CHAT, content=pieces())
        response = client.send(request)
        return await response if twin.is_async else response

    corpus.switch("record")
    live = await post()
    assert server.requests[0].body == body
    corpus.switch("replay")
    assert (await post()).json() == live.json()


async def test_multipart(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A form with a file, whose boundary is drawn anew for each request, is found again; another file is not."""

    async def upload(content: bytes) -> Any:
        form = {"data": {"purpose": "user_data"}, "files": {"file": ("a.txt", content, "text/plain")}}
        response = client.post(server.url + "/v1/files", **form)
        return await response if twin.is_async else response

    corpus.switch("record")
    live = await upload(b"some words")
    corpus.switch("replay")
    assert (await upload(b"some words")).json() == live.json()
    assert (await upload(b"other words")).status_code == 418


async def test_not_ours(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """What is no LLM traffic goes through in every mode, replay too."""
    for mode in ("record", "replay"):
        corpus.switch(mode)
        response = client.get(server.url + "/hello")
        response = await response if twin.is_async else response
        assert response.text.startswith("hello")
    assert (server.hits, corpus.counts) == (2, {})


async def test_miss(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A miss is a 418 that says what differs; plain or streamed, it is JSON to be read at once."""
    corpus.switch("record")
    await twin.post(client, server.url + CHAT, question("see you on Monday"))
    corpus.switch("replay")
    for streamed in (False, True):
        answer = await twin.post(client, server.url + CHAT, question("see you on Tuesday", stream=streamed))
        assert answer.status_code == 418
        assert answer.headers["x-should-retry"] == "false"
        assert '"…Monday" → "…Tuesday"' in answer.json()["error"]["message"]
        assert "messages[0].content" in answer.json()["error"]["message"]
    assert corpus.tally.is_red
    assert server.hits == 1
