"""Hostile files: a clear error or a skip, never a crash, a hang, or a way out of the corpus."""

from __future__ import annotations

import json
import os
import resource
import time
from pathlib import Path

import pytest
from faults.conftest import Count
from faults.scale import SEED, many
from faults.targets import TARGETS
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from processes import Run
from seams.twins import CHAT, TWINS, Corpus, Twin, named

from agentrec_auto.errors import AgentrecError
from agentrec_auto.importers.documents import documents
from agentrec_auto.importers.record import UnreadableError
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.seams import httpx_family
from agentrec_auto.store import document
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.location import open_store

EXAMPLES = many(60, 3000, "EXAMPLES")


@st.composite
def spoilt(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """Something valid with pieces cut out, doubled, swapped for others; or anything."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 4))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 12))
        match draw(st.integers(0, 4)):
            case 0:
                del data[at : at + length]
            case 1:
                data[at:at] = data[at : at + length] * draw(st.integers(1, 3))
            case 2:
                data[at : at + length] = draw(st.binary(max_size=12))
            case 3:
                data[at:at] = draw(st.sampled_from(_PIECES))
            case 4:
                del data[at:]
    return bytes(data)


_PIECES = [
    *(
        b"null",
        b"[]",
        b"{}",
        b"-1",
        b"1e999",
        b"NaN",
        b'"\\ud800"',
        b'"',
        b"\\",
        b"\0",
        b"\xff\xfe",
        b"\r",
        b"\n\n",
    ),
    *(
        b"[" * 300,
        b'{"a":' * 300,
        b"data:",
        b"event: x\n",
        b"&a",
        b"*a",
        b"<<: *a",
        b"{{",
        b"9" * 5000,
        b"\x1f\x8b",
    ),
    *(
        b"\xe2\x80\xa8",
        b"\xf0\x9f\x98\x80",
        b"[DONE]",
        b'"__b64__"',
        b'"finishReason":',
        b"content-length",
        b"# \n",
    ),
]


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes(name: str, count: Count) -> None:
    """Everything that reads bytes from outside ends by itself, and well or with an error of ours."""
    target, seeds = TARGETS[name]
    tried = 0

    @seed(SEED)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(spoilt(seeds), spoilt(seeds), st.binary(max_size=300)))
    def each(data: bytes) -> None:
        nonlocal tried
        tried += 1
        target(data)

    each()
    count("hostile bytes", inputs=tried, crashes=0)


NAMES = [
    "../outside",
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b",
    "..",
    ".",
    "",
    "a\0b",
    ".hidden",
    "x" * 5000,
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name[:12]))
@pytest.mark.parametrize("kind", ["corpus", "sqlite:///corpus.db"], ids=["folder", "sqlite"])
def test_names_lead_nowhere(kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a path in it is no name: nothing outside is read, written or removed."""
    monkeypatch.chdir(tmp_path)
    one = document.loads(TARGETS["recordings"][1][0], "it")
    (tmp_path / "outside.json").write_bytes(document.dumps(one))
    store = open_store(kind)
    store.add(Keyer().identify(one.request).key, one, take=1, run="r", replace=False)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir() if "corpus" not in path.name}
    for touch in (store.load, store.remove, lambda name: store.rewrite(name, one), store.metadata):
        try:
            assert touch(name) is None or "sqlite" in kind
        except (KeyError, AgentrecError, OSError):
            pass
    assert name not in store or "sqlite" in kind
    assert {
        path: path.stat().st_mtime_ns for path in tmp_path.iterdir() if "corpus" not in path.name
    } == before


def test_writing_through_a_link(tmp_path: Path) -> None:
    """What is written goes into the corpus, in the place of a link and not through it."""
    one = document.loads(TARGETS["recordings"][1][0], "it")
    store = FolderStore(str(tmp_path / "corpus"))
    name = store.add(Keyer().identify(one.request).key, one, take=1, run="r", replace=False)
    outside = tmp_path / "outside.json"
    outside.write_text("mine")
    path = tmp_path / "corpus" / f"{name}.json"
    path.unlink()
    path.symlink_to(outside)
    store.rewrite(str(name), one)
    assert outside.read_text() == "mine" and not path.is_symlink()
    path.unlink()
    path.symlink_to(outside)
    assert store.add(Keyer().identify(one.request).key, one, take=1, run="s", replace=True) == name
    assert outside.read_text() == "mine"


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{name}'] * 9)}]\n"
    for name, after in zip("abcdefgh", "bcdefghi", strict=True)
)
HUGE = {
    "a billion laughs": ("it.yaml", LAUGHS.encode()),
    "itself": ("it.yaml", b"a: &a [*a, *a]\n"),
    "merged laughs": ("it.yaml", LAUGHS.replace("[", "{<<: [").replace("]", "]}").encode()),
    "deep YAML": ("it.yaml", b"[" * 100_000),
    "deep blocks": ("it.yaml", b"".join(b" " * at + b"a:\n" for at in range(3000))),
    "deep JSON": ("it.json", b"[" * 1_000_000),
    "deep objects": ("it.json", b'{"a":' * 200_000 + b"1" + b"}" * 200_000),
    "a long number": ("it.json", b"[" + b"9" * 1_000_000 + b"]"),
    "deep TOML": ("it.toml", b"a = " + b"[" * 100_000),
    "many keys": ("it.json", json.dumps({str(number): number for number in range(100_000)}).encode()),
    "one long line": ("it.jsonl", b"x" * 5_000_000),
    "many lines": ("it.jsonl", b"{}\n" * 200_000),
}


@pytest.mark.parametrize("name", HUGE)
def test_too_much(name: str, count: Count) -> None:
    """What is made to eat time or memory is refused, or read, in seconds and in little."""
    file, data = HUGE[name]
    started, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read, told = 0, ""
    try:
        for _ in documents(data, file):
            read += 1
    except (UnreadableError, AgentrecError) as error:
        told = str(error)
    assert read or told
    assert time.process_time() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 600_000
    count("files too large or too deep", files=1, crashes=0)


DEPTHS = [10, 199, 201, 600, 1000, 5000, 100_000]


@pytest.mark.parametrize("twin", TWINS[2:], ids=named)
@pytest.mark.parametrize("depth", DEPTHS)
async def test_deeply_nested_body(twin: Twin, depth: int, corpus: Corpus) -> None:
    """However deep a body and its answer are nested, the call is recorded, and replayed from deep down the stack."""
    body = b'{"model":"m","messages":[],"metadata":' + b'{"a":[' * depth + b"1" + b"]}" * depth + b"}"
    deep = b'{"choices":' + b"[" * depth + b"]" * depth + b"}"
    client = twin.client(
        transport=twin.transport(
            lambda request: twin.H.Response(
                200, headers={"content-type": "application/json"}, stream=twin.stream([deep])
            )
        )
    )

    async def ask(below: int) -> bytes:
        if below:
            return await ask(below - 1)
        options = {"content": body, "headers": {"content-type": "application/json"}}
        sent = client.post("http://llm.test" + CHAT, **options)
        answer = await sent if twin.is_async else sent
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)

    httpx_family.patch(twin.H)
    try:
        corpus.switch("record")
        assert await ask(0) == deep
        corpus.switch("replay")
        assert await ask(0) == deep
        assert await ask(300) == deep
        assert corpus.counts == {"replayed": 2}
    finally:
        httpx_family.unpatch(twin.H)
        await twin.close(client)


def test_an_endless_corpus_is_passed_over(tmp_path: Path, run_agentrec: Run) -> None:
    """Links in a circle, pipes, and a folder that is a file are named; listing comes to an end."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "circle.json").symlink_to(corpus / "circle.json")
    (corpus / "parent.json").symlink_to(tmp_path)
    (corpus / "null.json").symlink_to(os.devnull)
    ran = run_agentrec("ls", env={"AGENTREC_CORPUS": "corpus"}, timeout=30)
    assert ran.code in (0, 1) and "Traceback" not in ran.stderr
    assert ran.stderr.count("can't be read") == 3
