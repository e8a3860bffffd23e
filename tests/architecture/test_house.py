"""What holds for every file of the project."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("agentrec_auto", "tests", "benchmarks", "docs", "sitecustomize_example", ".ci")
WRITTEN = {".py", ".pyi", ".md", ".toml", ".yml", ".yaml", ".cfg", ".sh", ""}

LONGEST = 350
"""Lines of a Python file: above that it is more than one idea."""

FEW = 6
"""Modules of a package that a listing of the folder explains well enough."""

OF_ONE_MACHINE = re.compile(r"(?<![\w./])/(?:root|work|Users)/\w+|\.\./shared/")
REGISTRIES = re.compile(
    r"\b(?:test\.)?py" r"pi\.(?:org|io)\b|\bpython" r"hosted\.|--(?:extra-)?index-url[ =]http"
)
"""Hosts of package registries, spelt so that this file doesn't name one."""


def files() -> Iterator[Path]:
    """Every file that people write."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith("."))
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            inside = path.relative_to(ROOT / folder).parts
            if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in inside):
                yield path


def python_files() -> list[Path]:
    return sorted(path for path in files() if path.suffix == ".py")


def told(path: Path) -> str:
    return str(path.relative_to(ROOT))


def written() -> Iterator[tuple[Path, str]]:
    for path in files():
        if path.suffix in WRITTEN:
            yield path, path.read_text(encoding="utf-8")


def test_there_are_files() -> None:
    """The checks below look at the project, not at an empty folder."""
    assert {"agentrec_auto/__init__.py", "tests/conftest.py", "noxfile.py"} <= {
        told(path) for path in files()
    }


def test_a_file_is_one_idea() -> None:
    """No Python file is longer than a reader's patience."""
    lengths = {told(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_path_of_one_machine() -> None:
    """No file names a place on somebody's own machine."""
    assert [
        (told(path), found[0]) for path, text in written() if (found := OF_ONE_MACHINE.search(text))
    ] == []


def test_no_registry() -> None:
    """No file says which package index to use: that is for the machine's settings."""
    assert [(told(path), found[0]) for path, text in written() if (found := REGISTRIES.search(text))] == []


def test_no_start_up_file() -> None:
    """No ``.pth`` lies in the package: a wheel that brings one is an alarm, and rightly so."""
    assert [told(path) for path in files() if path.suffix in (".pth", ".start")] == []


def test_every_module_says_what_it_is_for() -> None:
    """Each Python file begins with its docstring."""
    trees = {told(path): ast.parse(path.read_bytes()) for path in python_files()}
    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


def test_every_room_has_a_map() -> None:
    """The docstring of a package with more than a few modules names each of them."""
    unnamed = []
    for init in sorted((ROOT / "agentrec_auto").rglob("*/__init__.py")):
        modules = {path.stem for path in init.parent.glob("*.py")} - {"__init__"}
        words = set(re.findall(r"\w+", ast.get_docstring(ast.parse(init.read_bytes())) or ""))
        if len(modules) > FEW:
            unnamed += [f"{told(init.parent)}/{name}.py" for name in sorted(modules - words)]
    assert unnamed == []


def test_contributors_have_a_map() -> None:
    """CONTRIBUTING.md names every package and module at the top."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    top = [path for path in (ROOT / "agentrec_auto").iterdir() if path.name[0] not in "._"]
    named = [
        f"`{path.name}/`" if path.is_dir() else f"`{path.name}`" for path in top if path.suffix != ".typed"
    ]
    assert [name for name in named if name not in page] == []
