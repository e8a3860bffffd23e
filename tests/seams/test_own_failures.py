"""Our own failure never breaks the app's call: one warning, and it goes through. Only replay refuses."""

from __future__ import annotations

from typing import Any

import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin, question

from agentrec_auto import assemble
from agentrec_auto.errors import ConfigError
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.providers.endings import Terminator

PARTS = ["assemble", "again", "concerns", "plan"]


@pytest.fixture(params=PARTS)
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of our parts raises whenever it is asked."""

    def fail(*args: Any, **options: Any) -> Any:
        raise ConfigError("unknown speed 'fast'", where="AGENTREC_SPEED", expected="a number")

    if request.param == "assemble":
        monkeypatch.setattr(assemble, "recorder", fail)
        monkeypatch.setattr(assemble, "current", lambda: None)
    else:
        monkeypatch.setattr(Recorder, request.param, fail)


@pytest.mark.parametrize("mode", ["record", "auto", "verify"])
async def test_goes_through(
    twin: Twin,
    corpus: Corpus,
    client: Any,
    server: LoopbackServer,
    broken: None,
    mode: str,
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A part that fails costs one warning, and each call is answered by its server."""
    corpus.switch(mode)
    for _ in range(2):
        assert (await twin.post(client, server.url + CHAT)).status_code == 200
    assert server.hits == 2
    told = capfd.readouterr().err
    if request.node.callspec.params["broken"] in ("assemble", "plan"):  # without the others the rest works
        assert told.count("calls go through unrecorded") == 1
        assert "unknown speed 'fast'" in told


async def test_refuses_in_replay(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, broken: None
) -> None:
    """In replay a part that fails is told like a miss, and nothing goes out."""
    corpus.switch("replay")
    answer = await twin.post(client, server.url + CHAT)
    assert answer.status_code == 418
    assert "agentrec: " in answer.json()["error"]["message"]
    assert server.hits == 0
    assert corpus.tally.is_red


async def test_tap_fails(
    twin: Twin,
    corpus: Corpus,
    client: Any,
    server: LoopbackServer,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A tap that fails in the middle goes mute; the stream goes on, and half an answer is not kept."""
    seen = 0

    def fail(terminator: Terminator, data: bytes) -> None:
        nonlocal seen
        seen += 1
        if seen == 3:
            raise MemoryError("no room")

    corpus.switch("record")
    monkeypatch.setattr(Terminator, "feed", fail)
    live = await twin.chunks(client, server.url + CHAT)
    assert live[-1] == b"data: [DONE]\n\n"
    corpus.finish()
    assert corpus.recordings == []
    assert "not recorded, by a fault of our own: MemoryError" in capfd.readouterr().err


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("a bug of ours")])
async def test_store_fails(
    twin: Twin,
    corpus: Corpus,
    client: Any,
    server: LoopbackServer,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    """What can't be stored is said once; the app has its answer, and the next call is recorded again."""

    def fail(*args: Any, **options: Any) -> Any:
        raise error

    corpus.switch("record")
    with monkeypatch.context() as patch:
        patch.setattr("agentrec_auto.store.file.FolderStore.add", fail)
        assert (await twin.post(client, server.url + CHAT)).status_code == 200
    assert str(error.args[-1]) in capfd.readouterr().err
    assert (await twin.post(client, server.url + CHAT, question("again"))).status_code == 200
    assert corpus.counts["recorded"] == 1


async def test_corpus_is_a_file(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """A corpus that is no folder: the call goes through in auto, and is refused in replay."""
    corpus.folder.write_text("not a folder")
    corpus.switch("auto")
    assert (await twin.post(client, server.url + CHAT)).status_code == 200
    corpus.switch("record")
    assert (await twin.post(client, server.url + CHAT)).status_code == 200
    assert str(corpus.folder) in capfd.readouterr().err
    corpus.switch("replay")
    assert (await twin.post(client, server.url + CHAT)).status_code == 418
    assert server.hits == 2


async def test_undecodable_body(twin: Twin, corpus: Corpus, capfd: pytest.CaptureFixture[str]) -> None:
    """A body under an encoding that we can't undo is handed on and not stored: a secret in it couldn't be seen."""

    def answer(request: Any) -> Any:
        return twin.H.Response(200, headers={"content-encoding": "compress"}, content=b"\x1f\x9d....")

    client = twin.client(transport=twin.transport(answer))
    corpus.switch("record")
    assert (await twin.post(client, "http://llm.test" + CHAT)).status_code == 200
    assert corpus.recordings == []
    assert "compress" in capfd.readouterr().err
    await twin.close(client)


@pytest.mark.parametrize("cut", [0.5, 0.0])
async def test_broken_recording(
    twin: Twin,
    corpus: Corpus,
    client: Any,
    server: LoopbackServer,
    cut: float,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A broken file is named, and is no recording: a miss in replay, recorded beside it in auto."""
    corpus.switch("record")
    live = await twin.post(client, server.url + CHAT)
    (path,) = corpus.folder.glob("*.json")
    text = path.read_text()
    path.write_text(text[: int(len(text) * cut)])
    corpus.switch("replay")
    assert (await twin.post(client, server.url + CHAT)).status_code == 418
    assert path.name in capfd.readouterr().err
    corpus.switch("auto")
    fresh = await twin.post(client, server.url + CHAT)
    assert fresh.json() != live.json()
    corpus.switch("replay")
    assert (await twin.post(client, server.url + CHAT)).json() == fresh.json()
