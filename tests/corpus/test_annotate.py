"""``agentrec annotate``: metadata that was missing, and tags."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept
from corpus.test_rekey import foreign


def test_nothing_to_do(agentrec: Agentrec, either: Kept) -> None:
    """What says everything already is left alone; the words are those of the agentrec library."""
    before = {name: either.load(name) for name in either.names}
    ran = agentrec("annotate")
    assert (
        ran.code == 0
        and ran.stdout.startswith("Annotated 10 cassette(s) in ")
        and ran.stdout.endswith(": 0 changed\n")
    )
    assert {name: either.load(name) for name in either.names} == before


def test_a_filter_that_matches_nothing(agentrec: Agentrec) -> None:
    """A misspelt filter is told, and no success."""
    ran = agentrec("annotate", "--tag", "category=x", "site:nowhere.py")
    assert (ran.code, ran.stderr) == (1, "nothing in corpus matches: site:nowhere.py\n")


def test_foreign(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """A file of the agentrec library gets what it lacks, and keeps its name and what it says."""
    name = foreign(here)
    assert agentrec("annotate").stdout == "Annotated 11 cassette(s) in corpus: 1 changed\n"
    metadata = kept.load(name).metadata
    assert (metadata["provider"], metadata["category"], metadata["stream"]) == ("openai", "classify", False)
    assert len(metadata["semantic_key"]) == 32
    assert "key" not in metadata  # its name is none of ours


def test_tags(agentrec: Agentrec, either: Kept) -> None:
    """Tags go on what the filter means; `category` has a place of its own; others stay."""
    agentrec("annotate", "--tag", "category=jokes", "--tag", "tone=dry", "--tag", "team=fun", "recorders")
    agentrec("annotate", "--tag", "tone=kind", "8812")
    joke, support = either.load(either.name("take2")).metadata, either.load(either.name("8812")).metadata
    assert (joke["category"], joke["tags"]) == ("jokes", {"tone": "dry", "team": "fun"})
    assert (support["category"], support["tags"]) == ("support", {"team": "desk", "tone": "kind"})
    assert len(agentrec("ls", "-q", "tag:tone").stdout.split()) == 4
    assert agentrec("verify").code == 0


def test_dry_run(agentrec: Agentrec, asked: object, kept: Kept) -> None:
    """What would be done is told, and not done."""
    assert (
        agentrec("annotate", "--dry-run", "--tag", "a=b").stdout
        == "would annotate 10 of 10 recordings in corpus\n"
    )
    told = asked("annotate", "--dry-run", "--tag", "a=b", "gpt-9")
    assert (told["written"], told["changed"]) == (False, [kept.name("gpt-9")])
    assert "tags" not in kept.load(kept.name("gpt-9")).metadata


@pytest.mark.parametrize("tag", ["novalue", "=x", " =x"])
def test_no_tag(agentrec: Agentrec, tag: str) -> None:
    """What is no tag is refused."""
    ran = agentrec("annotate", "--tag", tag)
    assert ran.code == 2 and "is no tag: write it k=v" in ran.stderr


def test_bytes_are_not_touched(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """Request and response are the same afterwards, to the byte."""
    name = kept.name("sleet")
    file = here / "corpus" / f"{name}.json"
    before = json.loads(file.read_text())
    agentrec("annotate", "--tag", "a=b")
    after = json.loads(file.read_text())
    assert {part: after[part] for part in before if part not in ("metadata", "summary")} == {
        part: before[part] for part in before if part not in ("metadata", "summary")
    }
