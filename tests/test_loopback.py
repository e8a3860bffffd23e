"""The loopback server keeps its word: the dialects under real SDKs, the control words under raw clients."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest
from loopback import LoopbackServer, ServerProcess

pytestmark = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
QUESTION = {"model": "gpt-loopback", "messages": [{"role": "user", "content": "why?"}]}
CHAT = "/v1/chat/completions"


@pytest.fixture
def client(library: ModuleType) -> Iterator[Any]:
    with library.Client(trust_env=False, timeout=10) as opened:
        yield opened


def chunks(client: Any, url: str, *, raw: bool = True, **body: object) -> list[bytes]:
    """The chunks of a streamed chat answer."""
    with client.stream("POST", url + CHAT, json={**QUESTION, "stream": True, **body}) as response:
        return list(response.iter_raw() if raw else response.iter_bytes())


def plain_text(client: Any, url: str) -> str:
    answered = client.post(url + CHAT, json=QUESTION).json()
    return answered["choices"][0]["message"]["content"]


# The wire


def test_answers_differ(server: LoopbackServer, client: Any) -> None:
    """Two identical questions are answered differently."""
    assert [plain_text(client, server.url) for _ in range(2)] == ["answer 1 to: why?", "answer 2 to: why?"]


def test_event_is_chunk(server: LoopbackServer, client: Any) -> None:
    """Each event of a stream is one chunk on the wire."""
    got = chunks(client, server.url)
    assert got[-1] == b"data: [DONE]\n\n"
    assert all(chunk.startswith(b"data: ") and chunk.endswith(b"\n\n") for chunk in got)
    assert all(chunk.count(b"\n\n") == 1 for chunk in got)


def test_keep_alive(server: LoopbackServer, client: Any) -> None:
    """A client's requests, streamed and plain, share a connection."""
    chunks(client, server.url)
    plain_text(client, server.url)
    assert server.connections == 1
    assert [seen.connection for seen in server.requests] == [1, 1]


def test_journal(server: LoopbackServer, client: Any) -> None:
    """The journal has method, path, headers and body as sent."""
    client.post(server.at("say=x") + CHAT + "?a=1", json=QUESTION, headers={"x-mine": "yes"})
    (seen,) = server.requests
    assert (seen.method, seen.path) == ("POST", f"/say=x{CHAT}?a=1")
    assert (seen.header("X-Mine"), seen.json) == ("yes", QUESTION)


def test_chunked_upload(server: LoopbackServer, client: Any) -> None:
    """A request body of unknown length arrives whole."""
    client.post(server.url + CHAT, content=iter([b'{"messages"', b":[]}"]))
    assert server.requests[0].body == b'{"messages":[]}'


def test_stop_frees_port(library: ModuleType) -> None:
    """After stop nothing listens, even where a client's connection is still open."""
    server = LoopbackServer()
    with library.Client() as client:
        client.get(server.url + "/hello")
        server.stop()
        with pytest.raises(library.TransportError):
            client.get(server.url + "/hello")
    LoopbackServer(server.port).stop()


def test_proxy_form(server: LoopbackServer, library: ModuleType) -> None:
    """It answers as a plain-HTTP proxy for any host."""
    with library.Client(proxy=server.url) as client:
        assert plain_text(client, "http://api.openai.com") == "answer 1 to: why?"
    assert server.requests[0].path == f"http://api.openai.com{CHAT}"


def test_unknown_path(server: LoopbackServer, client: Any) -> None:
    """A path that nobody speaks gets a 404 in words."""
    response = client.post(server.url + "/v9/nothing")
    assert (response.status_code, "no such path" in response.text) == (404, True)


# Control words


def test_header_controls(server: LoopbackServer, client: Any) -> None:
    """Control words work in the header too."""
    response = client.post(server.url + CHAT, json=QUESTION, headers={"x-loopback": "say=a%2Cb"})
    assert response.json()["choices"][0]["message"]["content"] == "a,b"


def test_unknown_word(server: LoopbackServer, library: ModuleType) -> None:
    """A control word with a slip in it is refused, not ignored."""
    with pytest.raises(ValueError, match="unknown control stall-afer"):
        server.at("stall-afer=2")


@pytest.mark.parametrize("text", ["sk-ant-api03-abc", "hé, /slash ünd\n 'quote' 🙂", ""])
def test_say(server: LoopbackServer, client: Any, text: str) -> None:
    """``say`` is the exact text, plain and token by token."""
    url = server.at(say=text)
    assert plain_text(client, url) == text
    deltas = [json.loads(chunk[6:])["choices"][0]["delta"] for chunk in chunks(client, url)[:-1]]
    assert "".join(delta.get("content") or "" for delta in deltas) == text


def test_token_size(server: LoopbackServer, client: Any) -> None:
    """``token`` sets the length of a token."""
    few, many = (len(chunks(client, server.at(say="abcdef", token=size))) for size in (6, 1))
    assert many - few == 5


def test_split(server: LoopbackServer, client: Any) -> None:
    """``split=1`` sends every byte as a chunk."""
    got = chunks(client, server.at(split=1))
    assert {len(chunk) for chunk in got} == {1}
    assert b"".join(got).endswith(b"data: [DONE]\n\n")


def test_join(server: LoopbackServer, client: Any) -> None:
    """``join`` puts several events into one chunk."""
    (only,) = chunks(client, server.at(join=1000))
    assert only.count(b"\n\n") > 3


def test_pace(server: LoopbackServer, client: Any) -> None:
    """``pace`` waits between events."""
    started = time.monotonic()
    got = chunks(client, server.at(pace=10))
    assert time.monotonic() - started >= 0.010 * (len(got) - 1)


def test_slow_head(server: LoopbackServer, client: Any) -> None:
    """``slow-head`` delays the head."""
    started = time.monotonic()
    client.get(server.at(slow_head=50) + "/hello")
    assert time.monotonic() - started >= 0.05


def test_stall(server: LoopbackServer, client: Any) -> None:
    """A stalled answer gives what came before, and the rest at release."""
    url = server.at(stall_after=2)
    with client.stream("POST", url + CHAT, json={**QUESTION, "stream": True}) as response:
        arriving = response.iter_raw()
        first = [next(arriving), next(arriving)]
        server.wait_until_stalled()
        server.release()
        rest = list(arriving)
    assert all(first)
    assert rest[-1] == b"data: [DONE]\n\n"


def test_stall_after_done(server: LoopbackServer, client: Any) -> None:
    """``stall-after=done`` has sent the terminator and keeps the response open."""
    url = server.at(stall_after="done")
    with client.stream("POST", url + CHAT, json={**QUESTION, "stream": True}) as response:
        assert any(chunk == b"data: [DONE]\n\n" for chunk in response.iter_raw())
    server.wait_until_left()
    assert server.gone == [1]


@pytest.mark.parametrize("words", ["drop-after=3", "drop-after=done", "reset-after=3"])
def test_breaks_off(server: LoopbackServer, library: ModuleType, client: Any, words: str) -> None:
    """A stream that breaks off is an error of the transport to the client."""
    got = []
    with pytest.raises(library.TransportError):
        with client.stream("POST", server.at(words) + CHAT, json={**QUESTION, "stream": True}) as response:
            got.extend(response.iter_raw())
    assert len(got) >= 3


@pytest.mark.parametrize("words", ["drop-after=0", "bad-length", "hang-up"])
def test_plain_breaks_off(server: LoopbackServer, library: ModuleType, client: Any, words: str) -> None:
    """So is a plain body that does, or never comes."""
    with pytest.raises(library.TransportError):
        client.post(server.at(words) + CHAT, json=QUESTION)


def test_no_done(server: LoopbackServer, client: Any) -> None:
    """``no-done`` ends cleanly, without the terminator."""
    assert b"[DONE]" not in b"".join(chunks(client, server.at("no-done")))


@pytest.mark.parametrize("word", ["gzip", "deflate", "br", "zstd"])
def test_encodings(server: LoopbackServer, library: ModuleType, client: Any, word: str) -> None:
    """A compressed stream can be decoded event by event, and a plain body too."""
    if word not in client.headers["accept-encoding"]:
        pytest.skip(f"{library.__name__} has no decoder for {word} here")
    got = chunks(client, server.at(word), raw=False)
    assert got[1].startswith(b"data: ")
    assert b"".join(got).endswith(b"data: [DONE]\n\n")
    assert plain_text(client, server.at(word)) == "answer 2 to: why?"


def test_status(server: LoopbackServer, client: Any) -> None:
    """``status`` with ``times`` fails so often, then answers."""
    got = [client.post(server.at(status=503, times=2) + CHAT, json=QUESTION).status_code for _ in range(3)]
    assert got == [503, 503, 200]


def test_redirect(server: LoopbackServer, library: ModuleType) -> None:
    """``redirect`` sends on to the same question without the word."""
    with library.Client(follow_redirects=True) as client:
        assert plain_text(client, server.at("redirect", say="there")) == "there"
    assert [seen.path for seen in server.requests] == [f"/redirect,say=there{CHAT}", f"/say=there{CHAT}"]


def test_echo_key(server: LoopbackServer, client: Any) -> None:
    """``echo-key`` is a 401 that repeats the key."""
    response = client.post(server.at("echo-key") + CHAT, headers={"authorization": "Bearer sk-1"})
    assert (response.status_code, "sk-1" in response.text) == (401, True)


def test_set_cookie(server: LoopbackServer, client: Any) -> None:
    """``set-cookie`` sends a cookie."""
    assert "set-cookie" in client.get(server.at("set-cookie") + "/hello").headers


def test_malformed(server: LoopbackServer, client: Any) -> None:
    """``malformed`` is JSON that breaks off, under a good status."""
    response = client.post(server.at("malformed") + CHAT, json=QUESTION)
    assert response.status_code == 200
    with pytest.raises(ValueError):
        response.json()


# Dialects without an SDK here


def test_gemini_stream(server: LoopbackServer, client: Any) -> None:
    """Gemini streams SSE whose last event has the finish reason."""
    body = {"contents": [{"role": "user", "parts": [{"text": "why?"}]}]}
    path = "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
    lines = client.post(server.url + path, json=body).text.split("\r\n\r\n")
    replies = [json.loads(line.removeprefix("data: "))["candidates"][0] for line in lines if line]
    text = "".join(reply["content"]["parts"][0]["text"] for reply in replies)
    assert (text, replies[-1]["finishReason"]) == ("answer 1 to: why?", "STOP")


def test_gemini_plain(server: LoopbackServer, client: Any) -> None:
    """Gemini calls a declared function."""
    function = {"name": "look", "parameters": {"properties": {"n": {"type": "INTEGER"}}}}
    tools = [{"functionDeclarations": [function]}]
    body = {"contents": [{"parts": [{"text": "why?"}]}], "tools": tools}
    reply = client.post(server.url + "/v1/models/gemini-x:generateContent", json=body).json()
    (part,) = reply["candidates"][0]["content"]["parts"]
    assert part == {"functionCall": {"name": "look", "args": {"n": 1}}}


def test_ollama(server: LoopbackServer, client: Any) -> None:
    """Ollama streams lines of JSON, the last one done."""
    lines = client.post(server.url + "/api/chat", json=QUESTION).text.splitlines()
    replies = [json.loads(line) for line in lines]
    assert "".join(reply["message"]["content"] for reply in replies) == "answer 1 to: why?"
    assert [reply["done"] for reply in replies] == [False] * (len(replies) - 1) + [True]


# In a process of its own


def test_own_process(server_process: ServerProcess, client: Any) -> None:
    """The server in its own process answers and tells its journal over HTTP."""
    assert plain_text(client, server_process.url) == "answer 1 to: why?"
    assert server_process.hits == 1
    assert server_process.requests[0].json == QUESTION


def test_own_process_ends(server_process: ServerProcess, library: ModuleType) -> None:
    """It ends when whoever started it is gone, so that a killed test leaves nothing behind."""
    assert server_process.process.stdin is not None
    server_process.process.stdin.close()
    assert server_process.process.wait(10) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server_process.port))


def test_ready_file(library: ModuleType, tmp_path: Any, client: Any) -> None:
    """By hand, it writes its URL into the ready file once it listens."""
    ready = tmp_path / "ready"
    script = LoopbackServer.__init__.__code__.co_filename
    words = [sys.executable, script, "--ready-file", str(ready), "--until-stdin-closes"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert client.get(ready.read_text() + "/hello").text == "hello 1"
        process.communicate()
