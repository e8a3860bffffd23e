"""``agentrec export``: each format holds what it should, and says what it leaves out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import vcr
from exporters.conftest import CALL, EXCHANGES, TOOL, Agentrec

from agentrec_auto.capture import CapturedChunk
from agentrec_auto.store.file import FolderStore


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def files(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).glob("*.json")}


def test_jsonl_loses_nothing(agentrec: Agentrec) -> None:
    """Imported again, the files are the same, byte for byte."""
    Path("all.jsonl").write_text(agentrec("export").stdout)
    assert agentrec("import", "all.jsonl", "--corpus", "again").code == 0
    assert files("again") == files("corpus") and len(files("corpus")) == len(EXCHANGES)


def test_to_a_store(agentrec: Agentrec) -> None:
    """The same into any store, and back."""
    assert agentrec("export", "--to", "sqlite:///corpus.db").code == 0
    assert agentrec("export", "--corpus", "sqlite:///corpus.db", "--to", "again").code == 0
    assert files("again") == files("corpus")


def test_a_copy_made_again(agentrec: Agentrec) -> None:
    """What is there already is counted as that, not as exported; all is well."""
    assert agentrec("export", "--to", "other").stderr == f"exported: {len(EXCHANGES)} recordings to other\n"
    ran = agentrec("export", "--to", "other")
    assert (ran.code, ran.stderr) == (0, f"exported: 0 recordings to other, {len(EXCHANGES)} there already\n")


def test_filters(agentrec: Agentrec) -> None:
    """Only what the filter means."""
    (one,) = lines(agentrec("export", "model:claude-*").stdout)
    assert one["name"].startswith("anthropic_")
    assert agentrec("export", "--to", "memory:", "status:404").code == 0
    assert agentrec("export", "model:nobody").code == 1


def test_finetune(agentrec: Agentrec) -> None:
    """Messages, tools and the answer of what is whole and went well; the rest is left out, with reasons."""
    ran = agentrec("export", "--format", "openai-finetune")
    by_question = {one["messages"][-2]["content"]: one for one in lines(ran.stdout)}
    assert set(by_question) == {"plain", "tools", "stream", "hello, Claude"}
    assert by_question["plain"] == {
        "messages": [{"role": "user", "content": "plain"}, {"role": "assistant", "content": "an answer"}]
    }
    assert by_question["tools"] == {
        "messages": [{"role": "user", "content": "tools"}, {"role": "assistant", "tool_calls": [CALL]}],
        "tools": [{"type": "function", "function": TOOL}],
    }
    assert by_question["stream"]["messages"][-1] == {"role": "assistant", "content": "streamed"}
    assert by_question["hello, Claude"]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "hello, Claude"},
        {"role": "assistant", "content": "from Claude"},
    ]
    for why in ("answered with 404", "is not whole", "otherwise than well: length", "left out: 4"):
        assert why in ran.stderr


def test_evals(agentrec: Agentrec) -> None:
    """Question and ideal answer; one that is a call of a tool has no ideal text."""
    ran = agentrec("export", "--format", "openai-evals")
    samples = {one["input"][-1]["content"]: one["ideal"] for one in lines(ran.stdout)}
    assert samples == {"plain": "an answer", "stream": "streamed", "hello, Claude": "from Claude"}
    assert "an ideal answer is a text" in ran.stderr


def test_har(agentrec: Agentrec) -> None:
    """What HAR 1.2 demands of each entry is there."""
    archive = json.loads(agentrec("export", "--format", "har").stdout)["log"]
    assert archive["version"] == "1.2" and set(archive["creator"]) == {"name", "version"}
    assert len(archive["entries"]) == len(EXCHANGES)
    needed = {
        "": {"startedDateTime", "time", "request", "response", "cache", "timings"},
        "request": {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"},
        "response": {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL",
                     "headersSize", "bodySize"},
        "timings": {"send", "wait", "receive"},
    }  # fmt: skip
    for entry in archive["entries"]:
        for name, members in needed.items():
            assert members <= set(entry[name] if name else entry)
        assert {"size", "mimeType", "text"} <= set(entry["response"]["content"])
        assert {"name": "authorization", "value": "[REDACTED]"} in entry["request"]["headers"]


def test_vcrpy_plays_it(agentrec: Agentrec) -> None:
    """vcrpy loads the cassette and answers from it, several answers to one request in order."""
    url, body, _ = EXCHANGES["plain"]
    corpus = FolderStore("corpus")
    (name,) = [name for name in corpus.names() if b'"plain"' in corpus.load(name).request.content]
    second = corpus.load(name)
    second.chunks[0].data = b'{"second": true}'
    second.metadata["order"] = 2
    corpus.rewrite(f"{name}.take2", second)
    assert agentrec("export", "--format", "vcr", "-o", "tape.yaml").code == 0
    with vcr.use_cassette("tape.yaml", record_mode="none", match_on=["method", "uri", "body"]) as tape:
        assert len(tape) == len(EXCHANGES) + 1
        first, again = (httpx.post(url, content=json.dumps(body)) for _ in range(2))
        url, body, stream = EXCHANGES["stream"]
        streamed = httpx.post(url, content=json.dumps(body))
    assert first.json()["choices"][0]["message"]["content"] == "an answer"
    assert first.headers.get_list("x-trace") == ["a", "b"]
    assert (again.content, streamed.text) == (b'{"second": true}', stream)


def test_what_vcrpy_would_take_for_whole(agentrec: Agentrec) -> None:
    """An abandoned stream is left out: vcrpy knows no such thing."""
    corpus = FolderStore("corpus")
    name = next(corpus.names())
    one = corpus.load(name)
    one.metadata["ending"] = "abandoned"
    corpus.rewrite(name, one)
    ran = agentrec("export", "--format", "vcr")
    assert f"left out: {name}: it is abandoned" in ran.stderr


def test_bytes_in_yaml(agentrec: Agentrec) -> None:
    """A body that is no text, or holds control characters, comes out of vcrpy's YAML as it went in."""
    corpus = FolderStore("corpus")
    odd = [
        b"\xff\xfe\0",
        b"data: x\r\n\r\n",
        "a\u2028b\u00a0\ufeff\x85".encode(),
        b" lead\ntrail \n\n",
        b"yes",
    ]
    for name, data in zip(sorted(corpus.names()), odd):
        one = corpus.load(name)
        one.chunks = [CapturedChunk(data)]
        corpus.rewrite(name, one)
    agentrec("export", "--format", "vcr", "-o", "tape.yaml")
    with vcr.use_cassette("tape.yaml", record_mode="none") as tape:
        assert set(odd) <= {answer["body"]["string"] for answer in tape.responses}


def test_secrets_of_the_present_rules(agentrec: Agentrec) -> None:
    """What today's rules redact doesn't leave the house, even where it is stored."""
    Path("agentrec.toml").write_text("[redact]\npatterns = [{ pattern = 'an answer', with = '<it>' }]\n")
    for form in ("jsonl", "har", "vcr", "openai-finetune"):
        said = agentrec("export", "--format", form).stdout
        assert "an answer" not in said and "<it>" in said


def test_a_file_is_whole_or_not_there(agentrec: Agentrec) -> None:
    """What can't be written is said, and leaves nothing behind."""
    ran = agentrec("export", "-o", "nowhere/all.jsonl")
    assert ran.code == 2 and "can't write nowhere/all.jsonl" in ran.stderr
    agentrec("export", "--dry-run", "-o", "all.jsonl")
    assert not [path for path in Path().iterdir() if "all" in path.name]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "csv"], "unknown format 'csv'"),
        (["--json"], "stdout can't have both"),
        (["colour:red"], "unknown field 'colour'"),
        (["--to", "tape:x"], "unknown store 'tape'"),
        (["--to", "other", "--format", "har"], "a copy has no other form"),
    ],
)
def test_asked_wrongly(agentrec: Agentrec, words: list[str], said: str) -> None:
    """Exit code 2, and what would be right."""
    ran = agentrec("export", *words)
    assert ran.code == 2 and said in ran.stderr


def test_json(agentrec: Agentrec) -> None:
    """What was exported and what was left out, for programs."""
    told = json.loads(agentrec("export", "--format", "openai-evals", "-o", "evals.jsonl", "--json").stdout)
    assert set(told) == {"corpus", "to", "written", "exported", "left", "there", "broken"}
    assert len(told["exported"]) + len(told["left"]) == len(EXCHANGES)
    assert len(lines(Path("evals.jsonl").read_text())) == len(told["exported"])


def test_broken_recordings(agentrec: Agentrec) -> None:
    """One that can't be read is named; the others are exported."""
    Path("corpus/torn.json").write_text("{")
    ran = agentrec("export")
    assert "can't be read: torn" in ran.stderr and len(lines(ran.stdout)) == len(EXCHANGES)
