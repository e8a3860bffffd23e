"""A response that is dropped in the midst of its body, and never closed, is kept at the next call or at the end."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from typing import Any

import pytest
from loopback import LoopbackServer
from seams.callers import CALLERS
from seams.twins import CHAT, Corpus, question

BODY = json.dumps(question(stream=True)).encode()
BY_NAME = {caller.name: caller for caller in CALLERS}


def by_requests(url: str) -> Any:
    import requests

    got = requests.post(url, data=BODY, stream=True, timeout=9)
    return got, next(got.iter_content(None))


def by_urllib3(url: str) -> Any:
    import urllib3

    got = urllib3.PoolManager().request("POST", url, body=BODY, preload_content=False)
    return got, next(got.stream(None))


def by_urllib(url: str) -> Any:
    from urllib.request import ProxyHandler, Request, build_opener

    got = build_opener(ProxyHandler({})).open(Request(url, BODY))
    return got, got.readline()


def by_lm15(url: str) -> Any:
    from lm15.transports import StdlibTransport, TransportRequest

    got = StdlibTransport(trust_env=False).stream(TransportRequest("POST", url, [], BODY))
    return got, next(iter(got._chunks))


WAYS: dict[str, Callable[[str], Any]] = {
    "requests": by_requests,
    "urllib3": by_urllib3,
    "urllib": by_urllib,
    "lm15": by_lm15,
}


@pytest.mark.parametrize("name", [name for name in WAYS if name in BY_NAME])
def test_dropped(corpus: Corpus, server: LoopbackServer, name: str) -> None:
    """Nothing is written while the garbage is collected: that may be in the midst of anything."""
    caller = BY_NAME[name]
    caller.patch()
    try:
        corpus.switch("record")
        got = WAYS[name](server.at(stall_after=2) + CHAT)
        assert b"data:" in got[1]
        del got
        gc.collect()
        assert corpus.recordings == []
        corpus.finish()
        assert corpus.recording.metadata["ending"] == "abandoned"
    finally:
        server.release()
        caller.unpatch()


async def test_dropped_by_aiohttp(corpus: Corpus, server: LoopbackServer) -> None:
    """The same, in a session that is closed later."""
    aiohttp = pytest.importorskip("aiohttp")
    caller = BY_NAME["aiohttp"]
    caller.patch()
    try:
        corpus.switch("record")
        async with aiohttp.ClientSession() as session:
            got = await session.post(server.at(stall_after=2) + CHAT, data=BODY)
            await got.content.readline()
            del got
            gc.collect()
            corpus.finish()
            assert corpus.recording.metadata["ending"] == "abandoned"
    finally:
        server.release()
        caller.unpatch()
