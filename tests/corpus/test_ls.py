"""``agentrec ls``: what is listed, in which order, and how much of the corpus is read for it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept
from corpus.test_hostile import on_a_terminal

from agentrec_auto.store.file import FolderStore


def names(out: str) -> list[str]:
    return [line.split("\t")[0] for line in out.splitlines()]


def test_newest_first(agentrec: Agentrec, kept: Kept) -> None:
    """In the order of recording, the last first, whatever the files' own times say."""
    for number, name in enumerate(kept.names):
        os.utime(f"corpus/{name}.json", (number, number))
    listed = names(agentrec("ls").stdout)
    assert sorted(listed) == kept.names
    at = [kept.load(name).metadata["recorded_at"] for name in listed]
    assert at == sorted(at, reverse=True)


def test_a_line_in_a_pipe(agentrec: Agentrec, kept: Kept) -> None:
    """One line a recording, its fields apart by tabs, nothing cut."""
    (line,) = agentrec("ls", "2291").stdout.splitlines()
    name, _, model, status, ending, read, written, took, question, answer = line.split("\t")
    assert (name, model, status, ending) == (kept.name("2291"), "gpt-4o-mini", "200", "complete")
    assert int(read) > 0 and int(written) > 0 and float(took) >= 0
    assert question == "Invoice 2291 of 14 November 2026: total NOK 12,450.00"
    assert answer == f"answer 1 to: {question}"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (["provider:anthropic"], 1),
        (["model:gpt-4o*"], 8),
        (["model:gpt-4o"], 6),
        (["status:404"], 1),
        (["stream:true"], 5),
        (["ending:abandoned"], 1),
        (["category:support"], 1),
        (["tag:team=desk"], 1),
        (["name:*.take*"], 2),
        (["take:>1"], 2),
        (["since:1h"], 10),
        (["until:1h"], 0),
        (["get_weather"], 2),
        (["text:sleet"], 1),
        (["support desk"], 1),
        (["site:app.py:support"], 1),
        (["library:httpx"], 10),
        (["url:/v1/messages"], 1),
        (["!model:gpt-4o*", "!status:404"], 1),
        (["model:gpt-4o stream:true", "recorders"], 3),
    ],
)
def test_filter(agentrec: Agentrec, query: list[str], count: int) -> None:
    """A filter chooses by metadata, bytes, and what was said; nothing found is a no."""
    ran = agentrec("ls", "-q", *query)
    assert len(ran.stdout.splitlines()) == count
    assert ran.code == (0 if count else 1)
    if not count:
        assert ran.stderr == f"nothing in corpus matches: {' '.join(query)}\n"


def test_pages(agentrec: Agentrec) -> None:
    """Limit and offset cut the list into pages without loss."""
    whole = agentrec("ls", "-q").stdout.splitlines()
    pages = [agentrec("ls", "-q", "-n", "4", "--offset", str(at)).stdout.splitlines() for at in (0, 4, 8)]
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [name for page in pages for name in page] == whole


def test_json(asked: object, kept: Kept) -> None:
    """Every fact has a key of its own."""
    told = asked("ls", "8812")
    assert {name: told[name] for name in ("corpus", "query", "matched", "total", "broken")} == {
        "corpus": "corpus",
        "query": "8812",
        "matched": 1,
        "total": 10,
        "broken": [],
    }
    (row,) = told["recordings"]
    assert row["name"] == kept.name("8812")
    assert row["question"] == "Where is my refund for order 8812?"
    assert row["tags"] == {"team": "desk"}
    assert row.keys() == {
        *(
            "name",
            "key",
            "take",
            "provider",
            "dialect",
            "model",
            "stream",
            "method",
            "url",
            "status",
            "ending",
        ),
        *(
            "recorded_at",
            "latency_s",
            "latency_first_chunk_s",
            "category",
            "tags",
            "call_site",
            "library",
            "sdk",
        ),
        *("run", "imported_from", "synthesised", "request_bytes", "response_bytes", "chunk_count"),
        *("question", "answer", "input_tokens", "output_tokens"),
    }


def test_only_the_page_is_read(agentrec: Agentrec, monkeypatch: pytest.MonkeyPatch) -> None:
    """What isn't shown is not read whole: a corpus of ten thousand is listed as fast as one of ten."""
    read: list[str] = []
    load = FolderStore.load
    monkeypatch.setattr(FolderStore, "load", lambda store, name: read.append(name) or load(store, name))
    agentrec("ls", "-q")
    assert read == []
    page = names(agentrec("ls", "-n", "3").stdout)
    assert read == page


def test_either_store(agentrec: Agentrec, either: Kept) -> None:
    """Every kind of store is listed alike."""
    assert sorted(agentrec("ls", "-q", "model:gpt-4o*").stdout.split()) == [
        name for name in either.names if "gpt-4o" in name
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--corpus", "nowhere"], "there is no corpus 'nowhere': record with `agentrec run -- CMD`"),
        (["--corpus", "sqlite:///none.db"], "there is no corpus 'none.db': record"),
        (["--corpus", "bare"], "nothing is recorded in 'bare': record"),
        (["--corpus", "app.py"], "app.py: Not a directory"),
        (["modell:x"], "unknown field 'modell'"),
        (["--limit", "-1"], "Invalid value for '--limit'"),
    ],
)
def test_asked_wrongly(agentrec: Agentrec, here: Path, words: list[str], said: str) -> None:
    """What can't be answered is said in a sentence, with exit code 2; nothing is made by asking."""
    (here / "bare").mkdir()
    before = sorted(path.name for path in here.iterdir())
    ran = agentrec("ls", *words)
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert sorted(path.name for path in here.iterdir()) == before


def test_long_names(here: Path, kept: Kept) -> None:
    """On a terminal, a migration's long names leave the other columns their room, and are shown whole."""
    name = f"migration__{kept.name('2291')}__to__a-model-with-quite-a-name"
    kept.edit(kept.name("2291"), lambda interaction: None, to=name)
    printed = re.sub(r"\x1b\[[\d;]*m", "", on_a_terminal(here, 100, "ls", "--corpus", kept.location))
    assert "Invoice 22" in printed
    assert name in "".join(line.split()[0] for line in printed.splitlines())
