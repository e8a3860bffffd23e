"""Sixty-odd kinds of secret in every place a call has: none of them on disk, in a log, or in anything we say."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import brotli
import httpx2
import pytest
from faults.conftest import Count
from faults.scale import IS_LONG
from faults.secret_kinds import KINDS, Kind
from redaction.dialects import DIALECTS, anthropic, chat, joined, stream
from seams.twins import CHAT, TWINS, Corpus, question

from agentrec_auto.cli import main
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.seams import httpx_family
from agentrec_auto.store.base import split_name
from agentrec_auto.store.file import FolderStore

JSON = {"content-type": "application/json"}
SSE = {"content-type": "text/event-stream"}
OK = {"choices": [{"message": {"role": "assistant", "content": "ok"}}]}
Call = tuple[str, dict[str, Any], dict[str, str], list[bytes], int]
"""Path and query, arguments of `post`, headers and chunks of the answer, status."""


def said(text: str) -> bytes:
    """An answer."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def places(kind: Kind) -> Iterator[tuple[str, Call]]:
    """Every place a kind may stand in, by name."""
    for number, (where, call) in enumerate([*_sent(kind), *_answered(kind)]):
        path, options, headers, chunks, status = call
        if "json" in options:  # each place is a question of its own
            options = {**options, "json": {**options["json"], "n": number}}
        yield where, (path, options, headers, chunks, status)


def _sent(kind: Kind) -> Iterator[tuple[str, Call]]:
    secret, text = kind.secret, kind.spelled
    ok, body = [json.dumps(OK).encode()], question("why?")
    is_word = "\n" not in secret

    def call(path: str = CHAT, **options: Any) -> Call:
        return (
            path,
            {"json": body, **options} if not {"data", "files"} & {*options} else options,
            JSON,
            ok,
            200,
        )

    for name in ("authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token", "cookie"):
        if is_word:
            value = {"authorization": f"Bearer {secret}", "cookie": f"session={secret}; a=b"}.get(
                name, secret
            )
            yield f"header {name}", call(headers={name: value})
    yield "query key", call(f"{CHAT}?key={quote(secret, safe='')}")
    yield "query token", call(f"{CHAT}?alt=sse&access_token={quote(secret)}&x=1")
    yield "form field", call("/v1/oauth/token", data={"client_secret": secret, "model": "m"})
    yield "multipart field", call("/v1/files", files={"api_key": (None, secret), "file": ("a", b"hi")})
    yield "body field", call(json={**body, "api_key": secret})
    yield "nested field", call(json=question(json.dumps({"a": {"password": secret}})))
    if not kind.by_shape:
        return
    if is_word:
        yield "header value", call(headers={"x-note": f"it is {text}, ok"})
        yield "user agent", call(headers={"user-agent": f"app/1 ({text})"})
        yield "user of URL", call(headers={"referer": f"https://me:{quote(secret, safe='')}@h/"})
    yield "query text", call(f"{CHAT}?{urlencode({'q': f'a {text} b'})}")
    yield "path", call(f"/v1/models/{quote(text, safe='')}/x/chat/completions")
    yield "body", call(json=question(f"my secret is {text} ok?"))
    yield "line of its own", call(json=question(f"a\n{text}\nb"))
    yield "nested JSON", call(json=question(json.dumps({"a": json.dumps({"b": [text]})})))
    yield (
        "tool",
        call(json={**body, "tools": [{"function": {"description": text}}], "metadata": {"k": [text]}}),
    )
    yield "name of a field", call(json={**body, "metadata": {f"x {text}": 1}})
    yield "form", call("/v1/x/chat/completions", data={"note": text, "b": "c"})
    yield "multipart text", call("/v1/files", data={"note": text}, files={"f": ("a.txt", b"hi")})
    yield "multipart file", call("/v1/files", files={"f": ("a.txt", f"x\n{text}\n".encode(), "text/plain")})
    yield "multipart JSON", call("/v1/files", files={"f": ("a", json.dumps([text]), "application/json")})
    yield (
        "gzip request",
        (
            "/v1/embeddings",
            {
                "content": gzip.compress(json.dumps({"model": "m", "input": text}).encode()),
                "headers": {"content-encoding": "gzip", **JSON},
            },
            JSON,
            ok,
            200,
        ),
    )


def _answered(kind: Kind) -> Iterator[tuple[str, Call]]:
    text = kind.spelled if kind.by_shape else kind.secret
    # What has no shape is known by being the credential of the call.
    sent: dict[str, Any] = {} if kind.by_shape else {"headers": {"authorization": f"Bearer {text}"}}
    body = said(f"You said {text}, didn't you?")
    stream_body = (
        b"".join(piece.encode() for piece in stream(chat, [f"It is {text} ", "ok"])) + b"data: [DONE]\n\n"
    )

    def call(headers: dict[str, str], chunks: list[bytes], status: int = 200) -> Call:
        return CHAT, {"json": question("why?"), **sent}, headers, chunks, status

    yield "answer", call(JSON, [body])
    yield "answer, byte by byte", call(JSON, [body[at : at + 1] for at in range(len(body))])
    yield "answer, text", call({"content-type": "text/plain"}, [f"no: {text}".encode()])
    yield (
        "error",
        call(JSON, [json.dumps({"error": {"message": f"Incorrect API key: {text}."}}).encode()], 401),
    )
    yield "gzip", call({**JSON, "content-encoding": "gzip"}, [gzip.compress(body)])
    packed = gzip.compress(stream_body)
    yield (
        "gzip stream",
        call({**SSE, "content-encoding": "gzip"}, [packed[at : at + 9] for at in range(0, len(packed), 9)]),
    )
    yield "br", call({**JSON, "content-encoding": "br"}, [brotli.compress(body)])
    yield "deflate", call({**JSON, "content-encoding": "deflate"}, [zlib.compress(body)])
    yield "stream", call(SSE, [stream_body])
    yield "stream, byte by byte", call(SSE, [stream_body[at : at + 1] for at in range(len(stream_body))])
    if "\n" not in text:
        yield "set-cookie", call({**JSON, "set-cookie": f"token={kind.secret}; Path=/"}, [said("ok")])
        yield (
            "answer's header",
            call({**JSON, "location": f"https://h/x?token={quote(kind.secret)}"}, [said("ok")]),
        )
    for dialect in DIALECTS if IS_LONG else (chat, anthropic):
        events = [event.encode() for event in stream(dialect, ["It is ", *text, "\nok"])]
        yield f"letter by letter, {dialect.__name__}", call(SSE, events)
    if IS_LONG:
        at = stream_body.index(b"It is")
        for cut in range(at, at + len(text) + 9):
            yield "stream, split in two", call(SSE, [stream_body[:cut], stream_body[cut:]])


def needles(kind: Kind) -> list[bytes]:
    """What must be nowhere: the secret, a good piece of it, and both as other encodings spell them."""
    middle = len(kind.secret) // 2
    found = []
    for text in (kind.secret, kind.secret[middle - 7 : middle + 7].strip()):
        spelled = {text, json.dumps(text)[1:-1], quote(text, safe=""), quote(text)}
        found += [one.encode() for one in spelled]
        # Base64 of it at each of the three places that it may begin at.
        found += [
            base64.b64encode(b"x" * pad + text.encode())[pad and 4 : -4] for pad in range(3) if len(text) > 20
        ]
    return found


_BLOB = re.compile(rb'"__b64__": ?"([^"]*)"')


def looked_into(data: bytes) -> Iterator[bytes]:
    """A file as it is, and what is packed in it."""
    yield data
    for blob in _BLOB.findall(data):
        inside = base64.b64decode(blob)
        yield inside
        if inside[:2] == b"\x1f\x8b":
            yield zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(inside)


@pytest.mark.parametrize(
    "kind",
    [kind for at, kind in enumerate(KINDS) if IS_LONG or at % 7 == 0 or not kind.by_shape],
    ids=lambda kind: kind.name,
)
def test_nowhere(
    kind: Kind,
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    count: Count,
) -> None:
    """Recorded in every place, missed in every place: no file, no line on stderr and no answer of ours has it."""
    twin, answers = TWINS[2], {}
    for name in list(os.environ):
        if name.endswith(("_KEY", "_TOKEN", "_SECRET")):
            monkeypatch.delenv(name)

    def answer(request: Any) -> Any:
        headers, chunks, status = answers["now"]
        return httpx2.Response(status, headers=headers, stream=twin.stream(chunks))

    client = twin.client(transport=twin.transport(answer))
    monkeypatch.setenv("AGENTREC_RUN_DIR", str(tmp_path / "ledger"))
    httpx_family.patch(httpx2)
    tried = [*places(kind)]
    try:
        corpus.switch("record", scope="all")
        for where, (path, options, headers, chunks, status) in tried:
            answers["now"] = headers, chunks, status
            response = client.post("http://llm.test" + path, **options)
            assert response.status_code == status, where
        corpus.finish()
        corpus.switch("replay", scope="all")
        refusals = []
        for where, (path, options, *_) in tried:
            told = {**options["json"], "temperature": 0.5} if "json" in options else None
            missed = client.post("http://llm.test" + path, **({**options, "json": told} if told else options))
            refusals.append(missed.content if missed.status_code == 418 else b"")
        corpus.finish()
    finally:
        httpx_family.unpatch(httpx2)
        client.close()
    store = FolderStore(str(corpus.folder))
    names = [*store.names()]
    for name in names:  # whoever asks what a recording is
        assert Keyer().identify(store.load(name).request).key == split_name(name)[0]
    assert len(names) >= len(tried) * 0.9, [len(names), len(tried)]
    leaks = _leaks(kind, store, tmp_path, capfd.readouterr().err, refusals)
    if IS_LONG or kind is KINDS[0] or not kind.by_shape:
        monkeypatch.chdir(tmp_path)
        for words in (["ls"], ["ls", "--json"], ["stats"], ["show", names[0]], ["show", names[-1], "--json"],
                      ["explain", names[0]], ["diff", names[0], names[-1]], ["scan", "--only", "redaction"]):  # fmt: skip
            with suppress(SystemExit):
                main(words)
        printed = capfd.readouterr()
        leaks += [needle for needle in needles(kind) if needle in (printed.out + printed.err).encode()]
    assert not leaks, "\n".join(map(str, leaks))
    count("secrets", kinds=1, places=len(tried), files=len(names), found=0)


def _leaks(kind: Kind, store: FolderStore, folder: Path, errors: str, refusals: list[bytes]) -> list[Any]:
    looked_for = needles(kind)
    found: list[Any] = []

    def look(where: str, data: bytes) -> None:
        found.extend((where, needle) for needle in looked_for if needle in data)

    for path in [*folder.rglob("*")]:
        if path.is_file():
            for data in looked_into(path.read_bytes()):
                look(path.name, data)
    for name in store.names():
        one = store.load(name)
        chunks = [chunk.data for chunk in one.chunks]
        look(f"{name}, joined", b"".join(chunks))
        if len(chunks) > 5 and (b"content-type", b"text/event-stream") in one.response_headers:
            try:
                texts = joined([b"".join(chunks).decode()])
            except (ValueError, TypeError):
                continue
            for text in texts:
                look(f"{name}, what is said", text.encode())
    look("stderr", errors.encode())
    look("refusals", b"".join(refusals))
    return found
