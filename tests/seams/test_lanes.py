"""The same question in several tests or processes of one run: each counts takes from 1."""

from __future__ import annotations

from typing import Any

import pytest
from loopback import LoopbackServer
from seams.twins import CHAT, Corpus, Twin

from agentrec_auto import assemble


@pytest.mark.parametrize("mode", ["record", "auto"])
async def test_asked_again(
    twin: Twin, corpus: Corpus, client: Any, server: LoopbackServer, mode: str
) -> None:
    """The first to record a take wins; that another was answered otherwise is in the summary."""
    corpus.switch(mode)
    first = await twin.post(client, server.url + CHAT)
    assemble.recorder().start_lane()
    second = await twin.post(client, server.url + CHAT)
    assert first.json() != second.json()
    assert corpus.counts == {"recorded": 1, "repeated": 1}
    line = corpus.tally.line(mode=mode, corpus="corpus")
    assert "1 recorded, 0 missed, 1 asked again by another process or test" in line
    corpus.switch("replay")
    for _ in range(2):
        assert (await twin.post(client, server.url + CHAT)).json() == first.json()
        assemble.recorder().start_lane()
