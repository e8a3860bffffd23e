"""The server before a real API: a proxy that records."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from loopback import LoopbackServer
from serving.app_questions import QUESTION
from serving.conftest import Served

from agentrec_auto.store.base import Store
from agentrec_auto.store.location import open_store

openai = pytest.importorskip("openai")

KEY = "sk-proj-Zz9Yy8Xx7Ww6Vv5Uu4Tt3"


def ask(url: str, text: str = "What is new?", **more: Any) -> Any:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0)
    return client.chat.completions.create(
        model="gpt-5-mini", messages=[{"role": "user", "content": text}], **more
    )


@pytest.fixture
def fresh(folder: Path) -> Store:
    """A corpus with nothing in it yet."""
    return open_store(str(folder / "fresh"))


@pytest.fixture
def before(serve: Callable[..., Served], server: LoopbackServer) -> Callable[..., Served]:
    """``before("auto")``: a server in that mode before the loopback server, on the fresh corpus."""
    return lambda mode, *words: serve("--mode", mode, "--upstream", server.at(*words), "--corpus", "fresh")


def test_auto(before: Callable[..., Served], server: LoopbackServer, fresh: Store) -> None:
    """What is new is asked of the API and recorded; after a reset it is answered from there."""
    served = before("auto")
    first = ask(served.url).choices[0].message.content
    httpx.post(f"{served.url}/_agentrec/reset")
    assert ask(served.url).choices[0].message.content == first
    assert server.hits == 1
    ran = served.end()
    assert ran.code == 0 and "1 replayed, 1 recorded, 0 missed · mode auto" in ran.stderr


def test_the_same_key(before: Callable[..., Served], folder: Path, fresh: Store) -> None:
    """What it records has the name that a patched library gives it, and says where it went."""
    with openai.OpenAI(base_url=f"{before('record').url}/v1", api_key=KEY) as client:
        client.chat.completions.create(model="gpt-5-mini", messages=QUESTION)
    (name,) = fresh.names()
    held = fresh.load(name)
    assert (folder / "corpus" / f"{name}.json").exists()
    assert held.metadata["library"] == "agentrec serve"
    assert held.request.header(b"host") == held.request.url.split("/")[2].encode()


def test_no_secret(before: Callable[..., Served], server: LoopbackServer, folder: Path) -> None:
    """The key reaches the API, and neither the corpus nor a word of ours."""
    served = before("record")
    ask(served.url, f"my key is {KEY}")
    assert server.requests[0].header("authorization") == f"Bearer {KEY}"
    ran = served.end()
    (file,) = (folder / "fresh").glob("openai_*.json")
    assert KEY not in file.read_text() + ran.stdout + ran.stderr


@pytest.mark.parametrize("stream", [False, True])
def test_killed(before: Callable[..., Served], fresh: Store, stream: bool) -> None:
    """What the app has got whole is recorded, though the server be killed right then."""
    served = before("record")
    answer = ask(served.url, stream=stream)
    if stream:
        list(answer)
    served.end(signal.SIGKILL)
    assert len(list(fresh.names())) == 1


def test_many_at_once(before: Callable[..., Served], server: LoopbackServer, fresh: Store) -> None:
    """32 questions at once, each three times: 32 keys of three takes, none lost."""
    served = before("record")
    with ThreadPoolExecutor(32) as pool:
        said = list(pool.map(lambda number: ask(served.url, f"What is {number % 32}?").id, range(96)))
    assert len(set(said)) == server.hits == 96
    assert served.end().code == 0
    assert len(list(fresh.names())) == 96


def test_not_buffered(serve: Callable[..., Served], server: LoopbackServer, fresh: Store) -> None:
    """An event reaches the app while the API is still thinking about the next."""
    served = serve("--mode", "record", "--upstream", server.at(stall_after=2), "--corpus", "fresh")
    stream = ask(served.url, stream=True)
    next(stream)
    server.wait_until_stalled()
    assert not list(fresh.names())
    server.release()
    list(stream)
    served.end()
    (name,) = fresh.names()
    assert fresh.load(name).ending.value == "complete"


def test_an_app_that_leaves(serve: Callable[..., Served], server: LoopbackServer, fresh: Store) -> None:
    """A stream that the app left is closed to the API, and recorded as abandoned."""
    served = serve("--mode", "record", "--upstream", server.at(pace=20), "--corpus", "fresh")
    stream = ask(served.url, "word " * 200, stream=True)
    next(stream)
    stream.close()
    server.wait_until_left()
    served.end()
    (name,) = fresh.names()
    assert fresh.load(name).ending.value == "abandoned"


def test_an_api_that_breaks_off(serve: Callable[..., Served], server: LoopbackServer, fresh: Store) -> None:
    """A stream that breaks off breaks off for the app, too, and is not kept."""
    served = serve("--mode", "record", "--upstream", server.at(drop_after=2), "--corpus", "fresh")
    with pytest.raises((openai.APIError, httpx.RemoteProtocolError)):
        list(ask(served.url, stream=True))
    assert served.end().code == 0
    assert not list(fresh.names())


def test_gzip(serve: Callable[..., Served], server: LoopbackServer, fresh: Store) -> None:
    """A compressed answer goes through compressed, and is stored to be read."""
    served = serve("--mode", "record", "--upstream", server.at("gzip"), "--corpus", "fresh")
    text = ask(served.url).choices[0].message.content
    served.end()
    (name,) = fresh.names()
    assert text.encode() in fresh.load(name).body


def test_nobody_there(serve: Callable[..., Served]) -> None:
    """An API that can't be reached is a 502 in words."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    served = serve("--mode", "auto", "--upstream", f"http://127.0.0.1:{port}", "--corpus", "fresh")
    with pytest.raises(openai.InternalServerError, match="gave no answer"):
        ask(served.url)


def test_an_error_is_passed_on(serve: Callable[..., Served], server: LoopbackServer) -> None:
    """An error of the API's reaches the app as it is."""
    served = serve("--mode", "record", "--upstream", server.at(status=401), "--corpus", "fresh")
    with pytest.raises(openai.AuthenticationError):
        ask(served.url)


def test_a_rule_that_names_the_host(serve: Callable[..., Served], folder: Path, recorded: Path) -> None:
    """Where rules have the host count, --upstream says which was recorded."""
    store = open_store(str(folder / "corpus"))
    base = store.load(next(iter(store.names("openai_gpt-5-mini_b168")))).request.url.removesuffix(
        "/v1/chat/completions"
    )
    (folder / "agentrec.toml").write_text('[[key.rule]]\nurl = "*/chat/completions"\nhost = true\n')
    from agentrec_auto.cli import main

    assert (
        main(
            [
                "rekey",
                "--corpus",
                str(folder / "corpus"),
                "--config",
                str(folder / "agentrec.toml"),
                "--write",
            ]
        )
        == 0
    )
    body = {"model": "gpt-5-mini", "messages": QUESTION}
    asked = [
        httpx.post(f"{serve(*words).url}/v1/chat/completions", json=body).status_code
        for words in ((), ("--upstream", base))
    ]
    assert asked == [418, 200]
