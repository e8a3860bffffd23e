"""Fakes for aiohttp, requests, urllib3 and botocore win over us in every mode, as those for httpx do.

responses 0.26, requests-mock 1.12, vcrpy 9.4, botocore 1.43.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import LoopbackServer
from seams.callers import CALLERS, Caller
from seams.twins import CHAT, Corpus, question

URL = "http://llm.test" + CHAT
FAKED = {"answer": "faked"}
BY_NAME = {caller.name: caller for caller in CALLERS}


@pytest.fixture(params=["off", "record", "auto", "replay"])
def mode(request: pytest.FixtureRequest, corpus: Corpus) -> str:
    """Each mode, on an empty corpus."""
    corpus.switch(request.param)
    return str(request.param)


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    """All seams in place."""
    for caller in CALLERS:
        caller.patch()
    yield
    for caller in CALLERS:
        caller.unpatch()


def test_responses(corpus: Corpus, mode: str) -> None:
    """``responses``, which stands in the adapter of requests."""
    import requests
    import responses

    with responses.RequestsMock() as fake:
        fake.post(URL, json=FAKED)
        assert requests.post(URL, json=question()).json() == FAKED
    assert corpus.counts == {}


def test_requests_mock(corpus: Corpus, mode: str) -> None:
    """``requests-mock``, which brings an adapter of its own."""
    import requests
    import requests_mock

    with requests_mock.Mocker() as fake:
        fake.post(URL, json=FAKED)
        assert requests.post(URL, json=question()).json() == FAKED
    assert corpus.counts == {}


@pytest.mark.parametrize("name", ["requests", "urllib3", "aiohttp", "httpx", "httpx2-async"])
async def test_vcrpy(corpus: Corpus, server: LoopbackServer, tmp_path: Path, name: str, mode: str) -> None:
    """vcrpy, which stands below urllib3 and httpx, and above aiohttp, records and replays as if we weren't there."""
    import vcr

    caller: Caller = BY_NAME[name]
    asked: list[Any] = []
    for _ in range(2):
        with vcr.use_cassette(str(tmp_path / "cassette.yaml")) as cassette:
            asked.append(await caller.ask(server.url + CHAT, question()))
    assert asked[0] == asked[1]
    assert (server.hits, cassette.play_count) == (1, 1)
    assert corpus.counts == {}


def bedrock() -> Any:
    import botocore.session

    return botocore.session.get_session().create_client(
        "bedrock-runtime",
        region_name="us-east-1",
        aws_access_key_id="k",
        aws_secret_access_key="s",
        endpoint_url="http://llm.test",
    )


def test_botocore_stubber(corpus: Corpus, mode: str) -> None:
    """botocore's own Stubber."""
    from botocore.response import StreamingBody
    from botocore.stub import Stubber

    client = bedrock()
    body = json.dumps(FAKED).encode()
    with Stubber(client) as stubber:
        answer = {"body": StreamingBody(io.BytesIO(body), len(body)), "contentType": "application/json"}
        stubber.add_response("invoke_model", answer)
        assert client.invoke_model(modelId="m", body=b"{}")["body"].read() == body
    assert corpus.counts == {}


def test_botocore_event(corpus: Corpus, mode: str) -> None:
    """An answer to ``before-send``, which is how moto works."""
    from botocore.awsrequest import AWSResponse

    def answer(request: Any, **more: Any) -> Any:
        raw = io.BytesIO(json.dumps(FAKED).encode())
        raw.stream = lambda *args, **options: iter([raw.read()])  # type: ignore[attr-defined]
        return AWSResponse(request.url, 200, {"content-type": "application/json"}, raw)

    client = bedrock()
    client.meta.events.register("before-send.bedrock-runtime.InvokeModel", answer)
    assert json.loads(client.invoke_model(modelId="m", body=b"{}")["body"].read()) == FAKED
    assert corpus.counts == {}
