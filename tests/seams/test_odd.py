"""Odd requests and odd answers are recorded and replayed as they are, and missed in words."""

from __future__ import annotations

from typing import Any

import pytest
from seams.twins import CHAT, Corpus, Twin, settled

BODIES = {
    "empty": b"",
    "no JSON": b"hello, model",
    "broken JSON": b'{"model": "m", "messages": [',
    "a list": b'[{"model": "m"}]',
    "a lone surrogate": b'{"model": "m", "messages": [{"role": "user", "content": "\\ud83d alone"}]}',
    "an emoji": '{"model": "m", "messages": [{"role": "user", "content": "🦜 日本語"}]}'.encode(),
    "UTF-16": '{"model": "m", "messages": []}'.encode("utf-16"),
    "binary": bytes(range(256)),
    "not a number": b'{"model": "m", "messages": [], "temperature": NaN}',
    "a huge number": b'{"model": "m", "messages": [], "seed": 1' + b"0" * 400 + b"}",
    "a deep list": b'{"model": "m", "messages": ' + b"[" * 200 + b"]" * 200 + b"}",
    "a list too deep to read": b'{"model": "m", "messages": ' + b"[" * 9000 + b"]" * 9000 + b"}",
    "a name twice": b'{"model": "m", "model": "n", "messages": []}',
    "a model that is no text": b'{"model": {"name": "../../etc"}, "messages": []}',
    "a model like a path": b'{"model": "../../../tmp/x\\u0000", "messages": []}',
    "a long model": b'{"model": "' + b"m" * 5000 + b'", "messages": []}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_request(twin: Twin, corpus: Corpus, body: bytes) -> None:
    """A body that nobody expects is recorded, found again, and told apart from another."""
    arrived = []

    def answer(request: Any) -> Any:
        arrived.append(request.content)
        return twin.H.Response(200, json={"number": len(arrived)})

    async def post(content: bytes) -> Any:
        headers = {"content-type": "application/json"}
        return await settled(client.post("http://llm.test" + CHAT, content=content, headers=headers))

    client = twin.client(transport=twin.transport(answer))
    corpus.switch("record")
    live = await post(body)
    assert corpus.counts == {"recorded": 1}
    assert arrived == [body]
    corpus.switch("replay")
    assert (await post(body)).content == live.content
    missed = await post(body.replace(b"m", b"k") if b"m" in body else body + b"?")
    assert missed.status_code == 418
    assert "agentrec: no recording in" in missed.json()["error"]["message"]
    assert len(arrived) == 1
    assert corpus.tally.warnings == []
    await twin.close(client)


ANSWERS = {
    "nothing": [],
    "sound": [bytes(range(256)), b"\xff\xfb\x90", b"\x00" * 10],
    "text cut within a letter": ["日本".encode()[:2], "日本".encode()[2:]],
    "text that isn't UTF-8": [b"caf\xe9"],
    "JSON with a lone surrogate": [b'{"text": "\\ud83d"}'],
    "a null byte": [b"a\x00b"],
    "line ends": [b"a\r\nb\rc\n\n"],
}


@pytest.mark.parametrize("kind", ["application/json", "audio/mpeg", "text/plain; charset=latin-1", ""])
@pytest.mark.parametrize("chunks", ANSWERS.values(), ids=ANSWERS)
async def test_answer(twin: Twin, corpus: Corpus, chunks: list[bytes], kind: str) -> None:
    """Whatever bytes come back, under whatever type they claim, come back again in the same pieces."""

    def answer(request: Any) -> Any:
        headers = [(b"Content-Type", kind.encode()), (b"X-Twice", b"1"), (b"x-twice", b"\xe9")]
        return twin.H.Response(200, headers=headers, stream=twin.stream(chunks))

    client = twin.client(transport=twin.transport(answer))
    got = []
    for mode in ("record", "replay"):
        corpus.switch(mode)
        response = await twin.open(client, "http://llm.test" + CHAT)
        got.append((response.headers.raw, await twin.rest(twin.raw(response))))
    assert got[0][1] == chunks
    assert got[1] == got[0]
    await twin.close(client)
