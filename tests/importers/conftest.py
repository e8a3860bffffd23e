"""The command line in this process, in a folder of the test's own, and a tape that vcrpy recorded of real SDKs."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from loopback import LoopbackServer
from processes import NOT_INHERITED, NOT_INHERITED_NAMES, Ran, run

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.cli import main
from agentrec_auto.store.file import FolderStore

APP = Path(__file__).with_name("taped_app.py")

Agentrec = Callable[..., Ran]


@dataclass(frozen=True)
class Tape:
    """A cassette of vcrpy, and what the app was answered while it was recorded."""

    path: Path
    base_url: str
    """Where nothing listens any more."""

    told: dict[str, Any]


@pytest.fixture(scope="session")
def taped(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tape]:
    """``taped("yaml")``: the app's calls, recorded by vcrpy in this form, once."""

    @functools.cache
    def make(form: str) -> Tape:
        folder = tmp_path_factory.mktemp("tape")
        path = folder / f"test_app.{form}"
        with LoopbackServer() as server:
            ran = run(sys.executable, APP, cwd=folder, env={"BASE_URL": server.url, "TAPE": str(path)})
            assert ran.code == 0, ran.stderr
        return Tape(path, server.url, json.loads(ran.stdout))

    return make


@pytest.fixture
def tape(request: pytest.FixtureRequest, taped: Callable[[str], Tape]) -> Tape:
    """The app's calls as YAML, unless a test asks for JSON."""
    return taped(getattr(request, "param", "yaml"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own folder, the working directory."""
    for name in list(os.environ):
        if name.startswith(NOT_INHERITED) or name in NOT_INHERITED_NAMES:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def agentrec(here: Path, capsys: pytest.CaptureFixture[str]) -> Agentrec:
    """The command line, piped."""

    def run(*words: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def imported(agentrec: Agentrec) -> Callable[..., dict[str, Any]]:
    """``agentrec import … --json``, parsed."""

    def run(*words: str | Path) -> dict[str, Any]:
        ran = agentrec("import", *words, "--json")
        assert ran.stdout, ran.stderr
        told: dict[str, Any] = json.loads(ran.stdout)
        return told

    return run


def stored(folder: str = "corpus") -> dict[str, CapturedInteraction]:
    """All that is in a corpus."""
    store = FolderStore(folder)
    return {name: store.load(name) for name in store.names()}


def the_one(folder: str = "corpus") -> CapturedInteraction:
    """The only recording of a corpus."""
    (one,) = stored(folder).values()
    return one
