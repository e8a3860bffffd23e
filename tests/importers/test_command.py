"""``agentrec import`` as a whole: what it does twice, what it says, what it refuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from importers.conftest import Agentrec, stored
from importers.test_vcr import ASKED, cassette
from importers.traces import generation
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
    assert one.metadata["recorded_at"] == "2026-11-23T06:00:00.000000+00:00"
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


def test_input_as_an_option(agentrec: Agentrec) -> None:
    """``--input`` names a file as the agentrec library's command has it."""
    Path("export.json").write_text(json.dumps([generation()]))
    assert agentrec("import", "--source", "langfuse", "--input", "export.json", "--category", "x").code == 0
    assert len(stored()) == 1


def test_stdin(here: Path) -> None:
    """``-`` reads what is piped in."""
    ran = run(sys.executable, "-m", "agentrec_auto", "import", "-", cwd=here, input=cassette())
    assert ran.code == 0 and len(stored()) == 1, ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.yaml"], "no file or folder is called 'nowhere.yaml'"),
        ([".", "--source", "betamax"], "unknown source 'betamax'"),
        ([], "name files, folders"),
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


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", ".hidden", "a/b", "", "x" * 300, "nul\0"])
def test_hostile_names(agentrec: Agentrec, here: Path, name: str) -> None:
    """A name in a file leads nowhere out of the corpus."""
    Path("tape.yaml").write_text(cassette())
    agentrec("import", "tape.yaml", "--corpus", "old")
    agentrec("export", "--corpus", "old", "-o", "all.jsonl")
    Path("all.jsonl").write_text(json.dumps({**json.loads(Path("all.jsonl").read_text()), "name": name}))
    ran = agentrec("import", "all.jsonl")
    assert ran.code == 1 and "is no name for a recording" in ran.stderr
    assert not Path("../evil.json").exists() and not Path("/tmp/evil.json").exists()


def test_deep_bodies(agentrec: Agentrec) -> None:
    """A body that is nested a hundred thousand deep costs its record at most."""
    deep = '{"model":"m","messages":' + "[" * 100_000 + "]" * 100_000 + "}"
    Path("deep.yaml").write_text(cassette(deep))
    Path("good.yaml").write_text(cassette())
    ran = agentrec("import", "deep.yaml", "good.yaml")
    assert ran.code == 0 and "Traceback" not in ran.stderr


def test_files_fit_the_schema(agentrec: Agentrec) -> None:
    """What is written is as the schema of the file format says."""
    Path("tape.yaml").write_text(cassette())
    Path("export.json").write_text(json.dumps(generation()))
    agentrec("import", "tape.yaml", "export.json", "--category", "x")
    schema = json.loads(resources.files("agentrec_auto.store").joinpath("cassette.schema.json").read_bytes())
    for file in Path("corpus").glob("*.json"):
        jsonschema.validate(json.loads(file.read_bytes()), schema)


def test_names_of_keys(agentrec: Agentrec) -> None:
    """The names of key variables, by which replay knows what to set, come along with a folder of ours."""
    Path("tape.yaml").write_text(cassette())
    agentrec("import", "tape.yaml", "--corpus", "old")
    Path("old/.agentrec-keys").write_text("OPENAI_API_KEY\n")
    agentrec("import", "file:old")
    assert Path("corpus/.agentrec-keys").read_text() == "OPENAI_API_KEY\n"
