"""``agentrec import`` as a whole: what it does twice, what it says, what it refuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from importers.conftest import Agentrec, stored
from importers.test_vcr import ASKED, cassette
from processes import run

from agentrec_auto.store.location import open_store

Imported = Callable[..., dict[str, Any]]


def test_twice_changes_nothing(agentrec: Agentrec, imported: Imported) -> None:
    """What is there is said to be there, and no file is touched."""
    Path("tape.yaml").write_text(cassette())
    agentrec("import", "tape.yaml")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path("corpus").iterdir()}
    told = imported("tape.yaml")
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path("corpus").iterdir()}
    assert (told["imported"], len(told["there"])) == ([], 1) and before == after


def test_copies_in_other_files(agentrec: Agentrec, imported: Imported) -> None:
    """The same interaction in two files is one recording; twice in one file it is two takes."""
    one = cassette()
    Path("a.yaml").write_text(one)
    Path("b.yaml").write_text(one)
    assert len(imported("a.yaml", "b.yaml")["imported"]) == 1
    twice = one.replace("version: 1\n", "".join(one.splitlines(keepends=True)[1:-1]))
    Path("c.yaml").write_text(twice)
    assert len(imported("c.yaml")["imported"]) == 1 and len(stored()) == 2


def test_keys_are_true(agentrec: Agentrec) -> None:
    """The key recomputed from each file is its name, under the project's own rules."""
    Path("agentrec.toml").write_text('[[key.rule]]\nurl = "*"\nignore = ["user"]\n')
    Path("a.yaml").write_text(cassette(ASKED[:-1] + ',"user":"anna"}'))
    Path("b.yaml").write_text(cassette(ASKED[:-1] + ',"user":"bert"}', "another"))
    agentrec("import", "a.yaml", "b.yaml")
    assert sorted(name.count(".take2") for name in stored()) == [0, 1]
    assert agentrec("verify").code == 0


def test_dry_run(agentrec: Agentrec, here: Path) -> None:
    """Everything is said, and nothing written."""
    Path("tape.yaml").write_text(cassette())
    ran = agentrec("import", "tape.yaml", "--dry-run")
    assert ran.code == 0 and "would be imported: 1 of 1 record in 1 file" in ran.stderr
    assert not (here / "corpus").exists()


def test_provenance(agentrec: Agentrec) -> None:
    """Each says that it was imported, from what, and its category."""
    Path("tape.yaml").write_text(cassette(head="{date: ['Mon, 23 Nov 2026 06:00:00 GMT']}"))
    agentrec("import", "tape.yaml", "--category", "greetings")
    (one,) = stored().values()
    told = {name: one.metadata[name] for name in ("imported", "imported_from", "imported_file", "category")}
    assert told == {
        "imported": True,
        "imported_from": "vcr",
        "imported_file": "tape.yaml",
        "category": "greetings",
    }
    assert one.metadata["recorded_at"] == "2026-11-23T06:00:00+00:00"
    assert json.loads(agentrec("ls", "tag:category=greetings", "--json").stdout)["matched"] == 1


def test_folders(agentrec: Agentrec, imported: Imported) -> None:
    """Folders are searched; what is no recording in them is passed over in silence, broken cassettes aren't."""
    Path("tests/deep").mkdir(parents=True)
    Path("tests/deep/a.yaml").write_text(cassette())
    Path("tests/pyproject.toml").write_text("[project]\nname = 'x'\n")
    Path("tests/notes.txt").write_text("interactions: []")
    Path("tests/torn.yaml").write_text(cassette()[:-40])
    told = imported("tests")
    assert [one["file"] for one in told["imported"]] == ["tests/deep/a.yaml"]
    assert told["passed_over"] == ["tests/pyproject.toml"]
    assert [one["file"] for one in told["skipped"]] == ["tests/torn.yaml"]


def test_stdin(here: Path) -> None:
    """``-`` reads what is piped in."""
    ran = run(sys.executable, "-m", "agentrec_auto", "import", "-", cwd=here, input=cassette())
    assert ran.code == 0 and len(stored()) == 1, ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.yaml"], "there is no nowhere.yaml"),
        ([".", "--source", "betamax"], "unknown source 'betamax'"),
        ([], "Missing argument"),
        (["sqlite:///nowhere.db"], "there is no store sqlite:///nowhere.db"),
        (["tape:x"], "unknown store 'tape'"),
    ],
)
def test_asked_wrongly(agentrec: Agentrec, words: list[str], said: str) -> None:
    """Exit code 2, and what would be right."""
    ran = agentrec("import", *words)
    assert ran.code == 2 and said in ran.stderr


def test_nothing_to_import(agentrec: Agentrec, here: Path) -> None:
    """Exit code 1 where there is nothing at all."""
    assert agentrec("import", ".").code == 1


def test_without_pyyaml(here: Path) -> None:
    """What reads YAML may be missing: the cure is named, and JSON is read all the same."""
    Path("tape.yaml").write_text(cassette())
    program = "import sys; sys.modules['yaml'] = None; from agentrec_auto.cli import main; sys.exit(main())"
    ran = run(sys.executable, "-c", program, "import", "tape.yaml", cwd=here)
    assert ran.code == 2 and "pip install 'agentrec-auto[import]'" in ran.stderr


def test_from_a_store(agentrec: Agentrec, imported: Imported) -> None:
    """A corpus of our own, in whatever store, is copied whole: names, takes, bytes."""
    Path("tape.yaml").write_text(cassette())
    agentrec("import", "tape.yaml", "--corpus", "sqlite:///old.db")
    told = imported("sqlite:///old.db")
    (name,) = stored()
    assert [one["name"] for one in told["imported"]] == [name]
    assert stored()[name] == open_store("sqlite:///old.db").load(name)
    assert len(imported("sqlite:///old.db")["there"]) == 1


def test_from_a_folder_of_ours(agentrec: Agentrec) -> None:
    """The same of a folder: the files are equal, byte for byte."""
    Path("tape.yaml").write_text(cassette())
    agentrec("import", "tape.yaml", "--corpus", "old")
    agentrec("import", "old", "--corpus", "new")
    (old,), (new,) = Path("old").glob("*.json"), Path("new").glob("*.json")
    assert (old.name, old.read_bytes()) == (new.name, new.read_bytes())
