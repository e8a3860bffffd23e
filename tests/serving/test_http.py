"""What the server does with what clients, browsers and others send it."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from processes import Run
from serving.app_questions import QUESTION
from serving.conftest import Served

BODY: dict[str, Any] = {"model": "gpt-5-mini", "messages": QUESTION}
STREAMED = {**BODY, "stream": True}
CHAT = "/v1/chat/completions"


def raw(port: int, sent: bytes) -> bytes:
    """What comes back for these bytes, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def take(url: str, **headers: str) -> str:
    """Which answer a streamed question gets."""
    text = httpx.post(url + CHAT, json=STREAMED, headers=headers).text
    return next(number for number in "234" if f'" {number}"' in text)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on PATH")
def test_curl(standing: Served) -> None:
    """curl gets the answer, event by event."""
    words = ["curl", "-sS", "-N", "--noproxy", "*", standing.url + CHAT, "-d", json.dumps(STREAMED)]
    ran = subprocess.run([*words, "-H", "content-type: application/json"], capture_output=True, timeout=30)
    assert ran.returncode == 0 and ran.stdout.endswith(b"data: [DONE]\n\n"), ran.stderr


def test_keep_alive(standing: Served) -> None:
    """One connection carries many requests, misses among them."""
    sent = json.dumps(BODY).encode()
    ask = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b"
    answers = raw(standing.port, ask % (CHAT.encode(), len(sent), sent) * 3)
    assert answers.count(b"HTTP/1.1 200 ") == 3


def test_a_body_in_chunks(standing: Served) -> None:
    """A request whose body comes in chunks is the same request."""

    def pieces() -> Any:
        for sign in json.dumps(BODY):
            yield sign.encode()

    assert httpx.post(standing.url + CHAT, content=pieces()).status_code == 200


def test_http_1_0(standing: Served) -> None:
    """A client of HTTP/1.0 gets no chunks, and the end of the connection for an end."""
    sent = json.dumps(STREAMED).encode()
    answer = raw(
        standing.port, b"POST %b HTTP/1.0\r\nContent-Length: %d\r\n\r\n%b" % (CHAT.encode(), len(sent), sent)
    )
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert body.startswith(b"data: ") and body.endswith(b"[DONE]\n\n")


def test_head(standing: Served) -> None:
    """HEAD of what is not recorded is answered without a body."""
    answer = raw(standing.port, b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 ") and answer.endswith(b"\r\n\r\n")


def test_what_is_no_llm_call(serve: Callable[..., Served]) -> None:
    """What browsers and health checks ask for is a 404, and no miss."""
    served = serve()
    for path in ("/", "/favicon.ico", "/healthz"):
        assert httpx.get(served.url + path).status_code == 404
    assert served.end().code == 0


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"garbage\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST http://[ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [\r\n\r\n",
        b"BREW / HTTP/1.1\r\n\r\n",
        b"CONNECT api.openai.com:443 HTTP/1.1\r\n\r\n",
        b"GET /v1/x HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 200 + b"\r\n",
        b"POST /v1/x HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc",
    ],
    ids=lambda sent: sent[:40].decode("latin-1"),
)
def test_garbage(standing: Served, sent: bytes) -> None:
    """Whatever is sent, the server says what is wrong with it, or nothing, and goes on."""
    answer = raw(standing.port, sent)
    assert not answer or answer[9:10] in b"45", answer[:200]
    assert httpx.post(standing.url + CHAT, json=BODY).status_code == 200


def test_a_body_that_is_no_json(standing: Served) -> None:
    """A body of noise is a miss in words, and the cure is one for who serves."""
    answer = httpx.post(standing.url + CHAT, content=b"\xff\x00{[" * 100)
    told = answer.json()["error"]["message"]
    assert answer.status_code == 418 and "no recording in" in told and told.endswith("--upstream https://…`")


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1:4747", "[::1]:1", "agentrec", "host.docker.internal"]
)
def test_names_nobody_else_can_own(standing: Served, name: str) -> None:
    """This machine, a service of docker compose: names that can't be made to lead here from elsewhere."""
    assert httpx.post(standing.url + CHAT, json=BODY, headers={"host": name}).status_code == 200


def test_dns_rebinding(serve: Callable[..., Served]) -> None:
    """A name that somebody else may own is turned away, unless it was named."""
    served = serve("--allow-host", "llm.example.com")
    names = ("evil.example", "llm.example.com", "evil.example:4747", "127.0.0.1.evil.example")
    got = [httpx.post(served.url + CHAT, json=BODY, headers={"host": name}).status_code for name in names]
    assert got == [403, 200, 403, 403]
    assert "evil.example" in served.end().stderr


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        ("http://localhost:3000", True),
        ("https://127.0.0.1", True),
        ("http://app.localhost:5173", True),
        ("https://evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://evil.example#localhost", False),
        ("null", False),
        ("https://[", False),
    ],
)
def test_pages(standing: Served, origin: str, is_let_in: bool) -> None:
    """Pages of this machine may read what is recorded; others are turned away."""
    answer = httpx.post(standing.url + CHAT, json=BODY, headers={"origin": origin})
    assert (answer.status_code == 200) is is_let_in
    assert answer.headers.get("access-control-allow-origin") == (origin if is_let_in else None)


def test_a_page_that_was_named(serve: Callable[..., Served]) -> None:
    """A page of elsewhere may, if it was named."""
    headers = {"origin": "https://app.example.com"}
    served = serve("--allow-origin", "https://app.example.com")
    assert httpx.post(served.url + CHAT, json=BODY, headers=headers).status_code == 200


def test_preflight(standing: Served) -> None:
    """A browser that asks first whether it may send a key and JSON is told so."""
    asked = {
        "origin": "http://localhost:3000",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-stainless-os",
    }
    answer = httpx.options(standing.url + CHAT, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-headers"] == asked["access-control-request-headers"]
    assert answer.headers["access-control-allow-methods"] == "POST"


def test_takes_by_lane(serve: Callable[..., Served]) -> None:
    """Each lane counts takes for itself."""
    url = serve().url
    assert [take(url), take(url), take(url, **{"x-agentrec-lane": "a"}), take(url)] == ["2", "3", "2", "4"]


def test_reset(serve: Callable[..., Served]) -> None:
    """After a reset takes count from the first again; a page of elsewhere can't ask for one."""
    url = serve().url
    assert [take(url), take(url)] == ["2", "3"]
    reset = f"{url}/_agentrec/reset"
    assert httpx.get(reset).status_code == 405
    assert httpx.post(reset, headers={"origin": "https://evil.example"}).status_code == 403
    assert httpx.post(reset).json()["replayed"] == 2
    assert take(url) == "2"


def test_through_a_proxy_variable(standing: Served) -> None:
    """A client that takes it for its HTTP proxy is answered, too."""
    with httpx.Client(proxy=standing.url) as client:
        assert client.post(f"http://api.example.com{CHAT}", json=BODY).status_code == 200


def test_json_lines(serve: Callable[..., Served], folder: Path) -> None:
    """For scripts: a line when it is ready, and one of what it did."""
    served = serve()
    assert served.ready["mode"] == "replay" and served.ready["corpus"] == str(folder / "corpus")
    httpx.post(served.url + CHAT, json=BODY)
    assert json.loads(served.end().stdout)["replayed"] == 1


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_end(serve: Callable[..., Served], by: int) -> None:
    """Ctrl-C and SIGTERM end it in peace, with connections kept open, and the port is free."""
    served = serve()
    with httpx.Client() as client:
        client.post(served.url + CHAT, json=BODY)
        ran = served.end(by)
    assert (ran.code, "Traceback" in ran.stderr) == (0, False)
    assert "1 replayed, 0 recorded, 0 missed · mode replay · corpus" in ran.stderr
    with socket.create_server(("127.0.0.1", served.port)):
        pass


def test_the_end_in_the_midst(serve: Callable[..., Served]) -> None:
    """An answer that would take an hour keeps it from ending for no more than seconds."""
    served = serve("--speed", "0.000001")
    with httpx.stream("POST", served.url + CHAT, json=STREAMED, timeout=30) as response:
        assert response.status_code == 200
        assert served.end().code == 0


def test_a_header_that_would_be_two(serve: Callable[..., Served], folder: Path) -> None:
    """A recorded header with an end of line in it can't make up another."""
    (name,) = (folder / "corpus").glob("openai_gpt-5-mini_b168*.json")
    told = json.loads(name.read_text())
    told["response_headers"] += [["x-a", "b\r\nset-cookie: stolen=1"], ["access-control-allow-origin", "*"]]
    name.write_text(json.dumps(told))
    answer = httpx.post(serve().url + CHAT, json=BODY)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers and "access-control-allow-origin" not in answer.headers


def test_a_port_that_is_taken(run_agentrec: Run, folder: Path, standing: Served) -> None:
    """A port that is taken ends in words and 2."""
    ran = run_agentrec("serve", "--port", str(standing.port), cwd=folder)
    assert ran.code == 2 and "--port 0" in ran.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--corpus", "nowhere"), "there is no corpus 'nowhere'"),
        (("--mode", "auto"), "--upstream URL"),
        (("--mode", "reply"), "replay, auto, record"),
        (("--upstream", "api.openai.com"), "https://HOST"),
        (("--speed", "fast"), "speed"),
    ],
)
def test_asked_wrongly(run_agentrec: Run, folder: Path, words: tuple[str, ...], told: str) -> None:
    """What can't be done is said before anything listens."""
    ran = run_agentrec("serve", "--port", "0", *words, cwd=folder)
    assert ran.code == 2 and told in ran.stderr
