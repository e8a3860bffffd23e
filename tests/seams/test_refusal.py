"""What a refused or failing call looks like to an HTTP client."""

from __future__ import annotations

import json
from typing import Any

import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin

from agentrec_auto import assemble


async def test_miss_read_as_a_stream(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A client that reads a miss chunk by chunk, as it would a stream, gets its words."""
    corpus.switch("replay")
    body = b"".join(await twin.chunks(client, server.url + CHAT))
    assert "nothing recorded there yet" in json.loads(body)["error"]["message"]
    assert server.hits == 0


async def test_raise_for_status(twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer) -> None:
    """A client that looks at nothing but the status is told what is missing, too."""
    corpus.switch("replay")
    answer = await twin.post(client, server.url + CHAT)
    with pytest.raises(Exception, match="418 agentrec: no recording in"):
        answer.raise_for_status()


def break_settings(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    def broken(environ: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setenv("AGENTREC_MODE", mode)
    monkeypatch.setattr(assemble, "runtime_settings", broken)


@pytest.mark.parametrize("mode", ["auto", "record", "refresh", "verify"])
async def test_own_failure_lets_calls_through(
    twin: Twin,
    corpus: Corpus,
    client: Any,
    server: LoopbackServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    mode: str,
) -> None:
    """Where we can't even be assembled, calls go through, one warning says so, and they are counted."""
    assemble.forget()
    break_settings(monkeypatch, mode)
    for _ in range(2):
        assert (await twin.post(client, server.url + CHAT)).status_code == 200
    assert capsys.readouterr().err.count("calls go through unrecorded (RuntimeError: no such luck)") == 1
    assert corpus.counts == {"unrecorded": 2}
    assert "2 unrecorded" in corpus.tally.line(mode=mode, corpus="c")


@pytest.mark.parametrize("mode", ["replay", "unheard-of"])
async def test_own_failure_in_replay(
    twin: Twin,
    corpus: Corpus,
    client: Any,
    server: LoopbackServer,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
) -> None:
    """In replay, and where nobody can tell the mode, a call that we can't answer is refused, not let live."""
    assemble.forget()
    break_settings(monkeypatch, mode)
    answer = await twin.post(client, server.url + CHAT)
    assert answer.status_code == 418 and "no such luck" in answer.json()["error"]["message"]
    assert server.hits == 0 and corpus.tally.is_red
