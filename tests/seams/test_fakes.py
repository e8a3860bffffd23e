"""In-process fakes win over us in every mode: a test that fakes its transport goes on as it was.

httpx 0.28, httpx2 2.16, respx 0.23, pytest-httpx 0.36, pytest-httpx2 1.0, starlette 1.10.
"""

from __future__ import annotations

from typing import Any

import httpx
import httpx2
import pytest
import respx
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin, only, question, settled

from agentrec_auto.seams import httpx_family, httpx_passing

MODES = ["off", "record", "auto", "replay", "verify"]
URL = "http://llm.test" + CHAT
FAKED = {"answer": "faked"}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest, corpus: Corpus) -> str:
    """Each mode, on an empty corpus."""
    corpus.switch(request.param)
    return str(request.param)


async def is_left_alone(twin: Twin, corpus: Corpus, client: Any, **options: Any) -> None:
    """The fake answers, and we note nothing."""
    answer = await twin.post(client, URL, **options)
    assert (answer.status_code, answer.json()) == (200, FAKED)
    assert corpus.counts == {}
    await twin.close(client)


async def test_mock_transport(twin: Twin, corpus: Corpus, mode: str) -> None:
    """``MockTransport``."""
    mock = twin.H.MockTransport(lambda request: twin.H.Response(200, json=FAKED))
    await is_left_alone(twin, corpus, twin.client(transport=mock))


async def test_mounted_mock(twin: Twin, corpus: Corpus, mode: str) -> None:
    """``MockTransport`` mounted for one host."""
    mock = twin.H.MockTransport(lambda request: twin.H.Response(200, json=FAKED))
    await is_left_alone(twin, corpus, twin.client(mounts={"http://llm.test": mock}))


async def test_subclassed_mock(twin: Twin, corpus: Corpus, mode: str) -> None:
    """A subclass of it."""

    class Mock(twin.H.MockTransport):  # type: ignore[name-defined,misc]
        pass

    mock = Mock(lambda request: twin.H.Response(200, json=FAKED))
    await is_left_alone(twin, corpus, twin.client(transport=mock))


async def test_app_transport(twin: Twin, corpus: Corpus, mode: str) -> None:
    """``ASGITransport`` and ``WSGITransport``."""
    headers = [("Content-Type", "application/json")]

    def wsgi(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", headers)
        return [b'{"answer": "faked"}']

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        await send({"type": "http.response.body", "body": b'{"answer": "faked"}'})

    transport = twin.H.ASGITransport(asgi) if twin.is_async else twin.H.WSGITransport(wsgi)
    await is_left_alone(twin, corpus, twin.client(transport=transport))


def test_starlette_test_client(corpus: Corpus, mode: str) -> None:
    """starlette's ``TestClient`` (1.x stands on httpx2), whose app has LLM-shaped paths."""
    applications = pytest.importorskip("starlette.applications")
    responses = pytest.importorskip("starlette.responses")
    routing = pytest.importorskip("starlette.routing")
    testclient = pytest.importorskip("starlette.testclient")

    def chat(request: Any) -> Any:
        return responses.JSONResponse(FAKED)

    app = applications.Starlette(routes=[routing.Route(CHAT, chat, methods=["POST"])])
    module = httpx2 if issubclass(testclient.TestClient, httpx2.Client) else httpx
    httpx_family.patch(module)
    try:
        answer = testclient.TestClient(app).post(CHAT, json=question())
    finally:
        httpx_family.unpatch(module)
    assert answer.json() == FAKED
    assert corpus.counts == {}


@only(httpx)
@pytest.mark.parametrize("using", ["httpcore", "httpx"])
async def test_respx(twin: Twin, corpus: Corpus, mode: str, using: str) -> None:
    """respx, in each of its ways; ``httpx`` patches the very method that we wrap, over us."""
    client = twin.client()
    with respx.mock(using=using) as router:
        router.post(URL).respond(200, json=FAKED)
        await is_left_alone(twin, corpus, client)
        assert router.calls.call_count == 1


@only(httpx)
async def test_respx_over_a_patched_client(corpus: Corpus, server: LoopbackServer, twin: Twin) -> None:
    """When respx is done, the real transport is recorded again."""
    corpus.switch("record")
    client = twin.client()
    for using in ("httpcore", "httpx"):
        with respx.mock(using=using) as router:
            router.post(URL).respond(200, json=FAKED)
            await twin.post(client, URL)
    await twin.post(client, server.url + CHAT)
    assert corpus.counts == {"recorded": 1}
    await twin.close(client)


@pytest.fixture
def httpcore2_mocker() -> None:
    """respx knows httpcore2 as soon as pytest-httpx2's plugin is there."""
    pytest.importorskip("pytest_httpx2._plugin")


@pytest.fixture(params=["httpcore", "httpx"])
def using(request: pytest.FixtureRequest, twin: Twin, httpcore2_mocker: None) -> str:
    """Where respx stands: below us, or over us."""
    if twin.H is httpx:
        return str(request.param)
    if request.param == "httpx":
        pytest.skip("respx knows no httpx2")
    return "httpcore2"


async def test_respx_pass_through(corpus: Corpus, server: LoopbackServer, twin: Twin, using: str) -> None:
    """What a mock lets through is a real call: recorded, and replayed with the server gone. The mock has
    counted it either way (at its end it asserts that each route was called)."""
    said = []
    for mode in ("record", "replay"):
        corpus.switch(mode)
        client = twin.client()
        with respx.mock(using=using) as router:
            router.post(URL).respond(200, json=FAKED)
            route = router.route(host="127.0.0.1").pass_through()
            said.append((await twin.post(client, server.url + CHAT)).json())
            await twin.post(client, URL)
            assert route.called
        await twin.close(client)
        assert corpus.counts == {f"{mode}ed": 1}
    assert said[0] == said[1]
    assert server.hits == 1


async def test_respx_pass_through_missed(
    corpus: Corpus, server: LoopbackServer, twin: Twin, using: str
) -> None:
    """In replay, what a mock lets through and nobody recorded is refused."""
    corpus.switch("replay")
    client = twin.client()
    with respx.mock(using=using) as router:
        router.route(host="127.0.0.1").pass_through()
        answer = await twin.post(client, server.url + CHAT)
    assert (answer.status_code, corpus.counts, server.hits) == (418, {"missed": 1}, 0)
    await twin.close(client)


async def test_respx_side_effect_that_passes(
    corpus: Corpus, server: LoopbackServer, twin: Twin, httpcore2_mocker: None
) -> None:
    """What only a side effect lets through can't be known beforehand: it is told."""
    corpus.switch("record")
    client = twin.client()
    with respx.mock(using="httpcore" if twin.H is httpx else "httpcore2") as router:
        router.route(host="127.0.0.1").mock(side_effect=lambda request: request)
        assert (await twin.post(client, server.url + CHAT)).status_code == 200
        assert corpus.counts == {"bypassed": 1}
        corpus.switch("replay")
        with pytest.raises(ConnectionRefusedError, match="a side effect of the mock made it"):
            await twin.post(client, server.url + CHAT)
    assert corpus.counts == {"refused": 1}
    await twin.close(client)


async def test_respx_that_nobody_knows(
    corpus: Corpus, mode: str, twin: Twin, httpcore2_mocker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version of respx that has its routes elsewhere answers as if we weren't there."""
    monkeypatch.setattr(httpx_passing, "_past_respx", lambda module, request: request.no_such_thing)
    with respx.mock(using="httpcore" if twin.H is httpx else "httpcore2") as router:
        router.post(URL).respond(200, json=FAKED)
        await is_left_alone(twin, corpus, twin.client())


@only(httpx2)
async def test_respx_of_another_library(corpus: Corpus, server: LoopbackServer, twin: Twin) -> None:
    """A mock of httpx is none of httpx2: what httpx2 sends meanwhile is recorded."""
    corpus.switch("record")
    client = twin.client()
    with respx.mock(assert_all_called=False):
        await twin.post(client, server.url + CHAT)
    assert corpus.counts == {"recorded": 1}
    await twin.close(client)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.httpx_mock(should_mock=lambda request: request.url.host != "127.0.0.1")
async def test_pytest_httpx_not_mocked(
    corpus: Corpus, server: LoopbackServer, httpx_mock: Any, is_async: bool
) -> None:
    """What pytest-httpx is told not to mock is recorded, replayed, and refused where it was not recorded."""
    httpx_mock.add_response(url=URL, json=FAKED)
    httpx_family.patch(httpx)
    twin = Twin(httpx, is_async)
    client = twin.client()
    try:
        await twin.post(client, URL)
        for mode in ("record", "replay"):
            corpus.switch(mode)
            assert (await twin.post(client, server.url + CHAT)).status_code == 200
            assert corpus.counts == {f"{mode}ed": 1}
        assert (await twin.post(client, server.url + CHAT, question("other?"))).status_code == 418
    finally:
        httpx_family.unpatch(httpx)
    assert server.hits == 1
    await twin.close(client)


@pytest.mark.parametrize("is_async", [False, True])
async def test_pytest_httpx(corpus: Corpus, mode: str, httpx_mock: Any, is_async: bool) -> None:
    """pytest-httpx, which had replaced the transport's method before we looked."""
    httpx_mock.add_response(url=URL, json=FAKED)
    httpx_family.patch(httpx)
    try:
        await is_left_alone(Twin(httpx, is_async), corpus, Twin(httpx, is_async).client())
    finally:
        httpx_family.unpatch(httpx)


@pytest.mark.parametrize("is_async", [False, True])
async def test_pytest_httpx_after_us(
    corpus: Corpus, mode: str, request: pytest.FixtureRequest, is_async: bool
) -> None:
    """pytest-httpx, whose fixture begins when we are in place, as under our own plugin."""
    httpx_family.patch(httpx)
    try:
        request.getfixturevalue("httpx_mock").add_response(url=URL, json=FAKED)
        await is_left_alone(Twin(httpx, is_async), corpus, Twin(httpx, is_async).client())
    finally:
        httpx_family.unpatch(httpx)


@pytest.mark.parametrize("is_async", [False, True])
async def test_pytest_httpx2(
    corpus: Corpus, mode: str, request: pytest.FixtureRequest, is_async: bool
) -> None:
    """pytest-httpx2, which stands on respx."""
    pytest.importorskip("pytest_httpx2")
    httpx_family.patch(httpx2)
    try:
        request.getfixturevalue("httpx2_mock").post(URL).respond(200, json=FAKED)
        await is_left_alone(Twin(httpx2, is_async), corpus, Twin(httpx2, is_async).client())
    finally:
        httpx_family.unpatch(httpx2)


async def test_wanted(twin: Twin, corpus: Corpus) -> None:
    """With ``fakes = true`` a fake is recorded and replayed like a server."""
    corpus.switch("record", fakes=True)
    calls = []

    def answer(request: Any) -> Any:
        calls.append(request)
        return twin.H.Response(200, json=FAKED)

    client = twin.client(transport=twin.H.MockTransport(answer))
    await twin.post(client, URL)
    corpus.switch("replay", fakes=True)
    assert (await twin.post(client, URL)).json() == FAKED
    assert len(calls) == 1
    await settled(twin.close(client))
