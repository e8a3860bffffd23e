"""What programs import, where they look for it, and what that loads."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from pathlib import Path

import pytest
from processes import Run

import agentrec_auto

TELL = "import json, sys; print(json.dumps(sorted(sys.modules)))"


def loaded(run: Run, program: str) -> set[str]:
    ran = run("-c", f"{program}\n{TELL}")
    assert ran.code == 0, ran.stderr
    return set(json.loads(ran.stdout))


@pytest.mark.parametrize("name", agentrec_auto.__all__)
def test_public(name: str) -> None:
    """Each public name is there, and the same in its module."""
    if name == "__version__":
        return
    home = importlib.import_module(agentrec_auto._HOMES[name])
    assert getattr(agentrec_auto, name) is getattr(home, name)


def test_told_alike() -> None:
    """The package, its list of names and what type checkers are told agree."""
    assert {*agentrec_auto.__all__} == {"__version__", *agentrec_auto._HOMES} == {*dir(agentrec_auto)}
    source = Path(inspect.getfile(agentrec_auto)).read_text()
    for name, home in agentrec_auto._HOMES.items():
        assert f"from {home} import {name} as {name}\n" in source


def test_told_to_people() -> None:
    """The page about the library names all there is, and nothing that isn't, under its own heading."""
    page = (Path(__file__).parents[2] / "docs" / "library.md").read_text(encoding="utf-8")
    section = page.partition("## All names")[2].partition("\n## ")[0]
    assert {*re.findall(r"`(\w+)`", section)} - {"agentrec_auto"} == {*agentrec_auto.__all__}


def test_nothing_else() -> None:
    """A name that doesn't exist is an AttributeError, so that hasattr works."""
    assert not hasattr(agentrec_auto, "nothing")


def test_star(run_python: Run) -> None:
    """All names at once, and modules as attributes of the package."""
    ran = run_python("-c", "from agentrec_auto import *\nprint(cassette.__name__, FileStore.__name__)")
    assert ran.stdout == "cassette FileStore\n", ran.stderr
    program = "import agentrec_auto as agentrec\nprint(agentrec.keying.default_key, agentrec.store.FileStore)"
    assert run_python("-c", program).code == 0


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_one_library(run_python: Run, library: str) -> None:
    """What is for one HTTP library loads neither the other nor what only people's tools need."""
    module = "agentrec_auto.httpx2" if library == "httpx2" else "agentrec_auto.session"
    theirs = loaded(run_python, f"import {library}")
    modules = loaded(run_python, f"import {module}") - theirs
    other = "httpx" if library == "httpx2" else "httpx2"
    heavy = {other, "pydantic", "typer", "click", "rich", "rapidfuzz", "tomli_w", "pytest", "sqlite3"}
    assert not heavy & {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("program", ["agentrec_auto.FileStore", "agentrec_auto.fingerprint"])
def test_no_library(run_python: Run, program: str) -> None:
    """Stores and fingerprints need no HTTP library at all."""
    modules = loaded(run_python, f"import agentrec_auto\n{program}")
    assert not {"httpx", "httpx2", "asyncio"} & modules


def test_typed(tmp_path: Path, run_python: Run) -> None:
    """A type checker knows what programs use."""
    pytest.importorskip("mypy")
    (tmp_path / "app.py").write_text(
        "import agentrec_auto as agentrec\n"
        "@agentrec.cassette(agentrec.FileStore('x'), mode='auto')\n"
        "async def ask(text: str) -> int:\n"
        "    return 1\n"
        "reveal_type(ask)\n"
        "reveal_type(agentrec.async_client())\n"
    )
    ran = run_python("-m", "mypy", "--strict", "--python-version", "3.10", "--cache-dir", tmp_path, "app.py")
    assert "typing.Coroutine[Any, Any, " in ran.stdout and "text: " in ran.stdout, ran.stdout
    assert "AsyncClient" in ran.stdout and ran.code == 0
