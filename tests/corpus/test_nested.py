"""Folders of recordings below a corpus: told, and not looked at."""

from __future__ import annotations

import shutil
from pathlib import Path

from corpus.conftest import Agentrec, Kept


def test_passed_over_in_words(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """A corpus of its own in a folder below is no part of this one, which every command says."""
    shutil.copytree(here / "corpus", here / "aside")
    shutil.move(here / "aside", here / "corpus" / "of" / "tests")
    for command in (["ls"], ["verify"], ["scan", "--only", "redaction"]):
        ran = agentrec(*command)
        assert ran.code == 0
        assert (
            "passed over, for it is a corpus of its own: corpus/of/tests (--corpus names another)"
            in ran.stderr
        )
    assert len(agentrec("ls", "-q").stdout.splitlines()) == 10


def test_only_below(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """Where all recordings are in folders below, it says where."""
    for name in ("a", "b"):
        shutil.copytree(here / "corpus", here / "all" / name)
    ran = agentrec("ls", "--corpus", "all")
    assert (ran.code, ran.stdout) == (2, "")
    assert "nothing is recorded in 'all' itself, but in all/a, all/b: name one with --corpus" in ran.stderr


def test_other_files_below(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """Folders that hold anything else are nobody's business."""
    (here / "corpus" / "notes").mkdir()
    (here / "corpus" / "notes" / "package.json").write_text("{}")
    (here / "corpus" / ".git").mkdir()
    shutil.copy(next((here / "corpus").glob("openai_*.json")), here / "corpus" / ".git")
    assert "passed over" not in agentrec("ls").stderr
