"""Bedrock as boto3 and aiobotocore call it: Converse and InvokeModel, plain and by binary events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from loopback import LoopbackServer
from seams.callers import CALLERS
from seams.twins import Corpus

botocore_session = pytest.importorskip("botocore.session")

MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0"
ASKED = {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": "why?"}]}]}
BODY = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "why?"}],
}
INVOKED = {"modelId": MODEL, "body": json.dumps(BODY)}
OPTIONS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "s",
}


SESSION = botocore_session.get_session()
"""One for all: each would read its models, some megabytes, anew."""


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    """All seams in place."""
    for caller in CALLERS:
        caller.patch()
    yield
    for caller in CALLERS:
        caller.unpatch()


def sync(url: str) -> list[Any]:
    """What botocore makes of four answers."""
    client = SESSION.create_client("bedrock-runtime", endpoint_url=url, **OPTIONS)
    return [
        client.converse(**ASKED)["output"],
        list(client.converse_stream(**ASKED)["stream"]),
        json.loads(client.invoke_model(**INVOKED)["body"].read()),
        [event["chunk"]["bytes"] for event in client.invoke_model_with_response_stream(**INVOKED)["body"]],
    ]


def asynchronous(url: str) -> list[Any]:
    """What aiobotocore makes of them."""
    aiobotocore = pytest.importorskip("aiobotocore.session")

    async def asked() -> list[Any]:
        session = aiobotocore.get_session()
        session.register_component("data_loader", SESSION.get_component("data_loader"))
        async with session.create_client("bedrock-runtime", endpoint_url=url, **OPTIONS) as client:
            plain = (await client.converse(**ASKED))["output"]
            stream = [event async for event in (await client.converse_stream(**ASKED))["stream"]]
            body = json.loads(await (await client.invoke_model(**INVOKED))["body"].read())
            events = (await client.invoke_model_with_response_stream(**INVOKED))["body"]
            return [plain, stream, body, [event["chunk"]["bytes"] async for event in events]]

    return asyncio.run(asked())


@pytest.mark.parametrize("first", [sync, asynchronous])
@pytest.mark.parametrize("again", [sync, asynchronous])
def test_replay(corpus: Corpus, server: LoopbackServer, first: Any, again: Any) -> None:
    """Each of four calls is one recording, replayed by the one as by the other, events and all."""
    corpus.switch("record")
    live = first(server.url)
    assert corpus.counts == {"recorded": 4}
    before = server.connections
    corpus.switch("replay")
    assert again(server.url) == live
    assert (server.hits, server.connections) == (4, before)


def test_stored(corpus: Corpus, server: LoopbackServer) -> None:
    """What is stored is whole, knows its model, and has no signature in it."""
    corpus.switch("record")
    sync(server.url)
    stored = corpus.recordings
    assert {one.metadata["model"] for one in stored} == {MODEL}
    assert {one.metadata["ending"] for one in stored} == {"complete"}
    signature = server.requests[0].header("authorization").rpartition("Signature=")[2]
    assert signature and all(signature not in str(one.request.headers) for one in stored)


@pytest.mark.parametrize("operation", ["converse", "converse_stream"])
def test_miss(corpus: Corpus, server: LoopbackServer, operation: str) -> None:
    """A miss is botocore's ClientError, at once and in our words."""
    from botocore.exceptions import ClientError

    corpus.switch("replay")
    client = SESSION.create_client("bedrock-runtime", endpoint_url=server.url, **OPTIONS)
    with pytest.raises(ClientError, match="nothing recorded there yet"):
        getattr(client, operation)(**ASKED)
    assert server.hits == 0 and len(corpus.tally.misses) == 1
