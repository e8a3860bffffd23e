"""What programs do with requests and urllib3 in particular: requests 2.28 to 2.34, urllib3 1.26 and 2."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
import requests
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, question

from agentrec_auto.seams import urllib3_pools
from agentrec_auto.seams.chunked import Dechunker

BODY = json.dumps(question()).encode()


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    """The seam in place."""
    urllib3_pools.patch(urllib3)
    yield
    urllib3_pools.unpatch(urllib3)


BODIES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "json": (CHAT, lambda: {"json": question()}),
    "text": (CHAT, lambda: {"data": BODY.decode()}),
    "file": (CHAT, lambda: {"data": io.BytesIO(BODY)}),
    "generator": (CHAT, lambda: {"data": iter([BODY[:9], BODY[9:]])}),
    "form": ("/v1/files", lambda: {"files": {"file": ("a.txt", b"hello")}, "data": {"purpose": "batch"}}),
    "parameters": (CHAT, lambda: {"json": question(), "params": {"api-version": "1"}}),
}


@pytest.mark.parametrize("kind", BODIES)
def test_bodies(corpus: Corpus, server: LoopbackServer, kind: str) -> None:
    """A body arrives as it would without us, whatever it was given as, and is the same request again."""
    if kind == "generator" and requests.__version__ < "2.29":
        pytest.skip("requests before 2.29 sends what has no length past urllib3's pools")
    path, options = BODIES[kind]
    answers = []
    for mode in ("off", "record", "replay"):
        corpus.switch(mode)
        answers.append(requests.post(server.url + path, timeout=9, **options()).content)
    assert answers[1] == answers[2] and server.hits == 2
    bare, recorded = server.requests
    if kind != "form":  # whose boundary is new each time
        assert (recorded.body, recorded.headers) == (bare.body, bare.headers)


READS: dict[str, Callable[[Any], Any]] = {
    "content": lambda got: got.content,
    "lines": lambda got: list(got.iter_lines()),
    "as they come": lambda got: list(got.iter_content(None)),
    "sized": lambda got: list(got.iter_content(100)),
    "byte by byte": lambda got: b"".join(got.iter_content(1)),
    "raw": lambda got: got.raw.read(),
    "raw lines": lambda got: list(got.raw),
    "raw stream": lambda got: list(got.raw.stream(64)),
}


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("how", READS)
def test_reads(corpus: Corpus, server: LoopbackServer, how: str, stream: bool) -> None:
    """An answer is read in every manner that requests knows, with the same boundaries."""

    def told() -> Any:
        with requests.post(server.url + CHAT, json=question(stream=stream), stream=True, timeout=9) as got:
            return READS[how](got)

    corpus.switch("record")
    live = told()
    corpus.switch("replay")
    assert (told(), server.hits) == (live, 1)


def test_response_facts(corpus: Corpus, server: LoopbackServer) -> None:
    """Status, reason, version, URL, headers, cookies, encoding, history."""

    def facts() -> Any:
        got = requests.post(server.url + CHAT, json=question(), timeout=9)
        told = (got.status_code, got.reason, got.url, dict(got.headers), got.encoding, got.apparent_encoding)
        return (*told, got.history, got.ok, got.raw.version, got.raw.closed, got.elapsed.total_seconds() >= 0)

    corpus.switch("record")
    live = facts()
    corpus.switch("replay")
    assert facts() == live


def test_hooks(corpus: Corpus, server: LoopbackServer) -> None:
    """Response hooks run on replay as on the day."""
    seen: list[int] = []
    for mode in ("record", "replay"):
        corpus.switch(mode)
        hooks = {"response": lambda got, **more: seen.append(got.status_code)}
        requests.post(server.url + CHAT, json=question(), hooks=hooks, timeout=9)
    assert seen == [200, 200]


def test_retries_are_one_call(corpus: Corpus, server: LoopbackServer) -> None:
    """What urllib3 retries by itself is one call, and its last answer the recording."""
    corpus.switch("record")
    with requests.Session() as session:
        retry = urllib3.Retry(2, status_forcelist=[503], allowed_methods=None, backoff_factor=0)
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
        got = session.post(server.at("status=503,times=1") + CHAT, json=question(), timeout=9)
    assert (got.status_code, server.hits) == (200, 2)
    assert corpus.counts == {"recorded": 1}


def test_connections_are_kept(corpus: Corpus, server: LoopbackServer) -> None:
    """While it is recorded a session uses its connection again; a replayed answer is no connection at all."""
    with requests.Session() as session:
        for mode in ("record", "auto", "record"):
            corpus.switch(mode)
            for stream in (False, True):
                with session.post(server.url + CHAT, json=question(stream=stream), stream=stream) as got:
                    assert got.content
    assert (server.hits, server.connections) == (4, 1)


def test_session_made_before(corpus: Corpus, server: LoopbackServer) -> None:
    """A session made, and connected, before we came is caught, too."""
    urllib3_pools.unpatch(urllib3)
    with requests.Session() as session:
        session.post(server.url + CHAT, json=question())
        urllib3_pools.patch(urllib3)
        corpus.switch("record")
        session.post(server.url + CHAT, json=question())
    assert (corpus.counts, server.connections) == ({"recorded": 1}, 1)


@pytest.mark.parametrize("way", ["argument", "environment"])
def test_proxy(corpus: Corpus, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Through a proxy, however it is named; what is stored is the URL that was asked."""
    options: dict[str, Any] = {}
    if way == "argument":
        options = {"proxies": {"http": server.url}}
    else:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
    corpus.switch("record")
    live = requests.post("http://llm.test" + CHAT, json=question(), timeout=9, **options).content
    assert corpus.recording.request.url == "http://llm.test" + CHAT
    corpus.switch("replay")
    assert requests.post("http://llm.test" + CHAT, json=question(), timeout=9, **options).content == live
    assert server.hits == 1


def test_the_socket_below(corpus: Corpus, server: LoopbackServer) -> None:
    """Programs that reach for the socket of a stream, to time it out, still find it."""
    corpus.switch("record")
    with requests.post(server.url + CHAT, json=question(stream=True), stream=True, timeout=9) as got:
        assert got.raw._fp.fp.raw._sock.gettimeout() == 9


def test_at_once(corpus: Corpus, server: LoopbackServer) -> None:
    """Calls of many threads in one session each have their own answer."""

    def all_of_them() -> list[Any]:
        with requests.Session() as session, ThreadPoolExecutor(8) as threads:
            asked = [question(f"number {number}") for number in range(24)]
            return list(threads.map(lambda body: session.post(server.url + CHAT, json=body).text, asked))

    corpus.switch("record")
    live = all_of_them()
    corpus.switch("replay")
    assert all_of_them() == live
    assert server.hits == 24


@given(
    st.lists(st.binary(min_size=1, max_size=40)),
    st.lists(st.integers(0, 400)),
    st.sampled_from([b"", b";a=b"]),
)
def test_dechunker(chunks: list[bytes], cuts: list[int], extension: bytes) -> None:
    """However the bytes arrive, the chunks are those that were sent."""
    wire = b"".join(b"%x%b\r\n%b\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    wire += b"0\r\nx-trailer: 1\r\n\r\n"
    dechunker, told = Dechunker(), []
    edges = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    for start, end in pairwise(edges):
        assert not dechunker.is_over
        told += dechunker.feed(wire[start:end])
    assert (told, dechunker.is_over) == (chunks, True)
