"""A corpus that the real engine recorded, a copy of it a test, and the command line in this process."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import LoopbackServer
from processes import NOT_INHERITED, NOT_INHERITED_NAMES, Ran, run

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.cli import main
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.store import document
from agentrec_auto.store.base import Store
from agentrec_auto.store.copying import copy
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.location import open_store

APP = Path(__file__).with_name("app.py")
CONFIG = '[[tag]]\nurl = "*/v1/messages"\ncategory = "support"\nteam = "desk"\n'

Agentrec = Callable[..., Ran]


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the app, with its corpus."""
    import sys

    folder = tmp_path_factory.mktemp("recorded")
    shutil.copy(APP, folder)
    (folder / "agentrec.toml").write_text(CONFIG)
    with LoopbackServer() as server:
        words = [
            sys.executable,
            "-m",
            "agentrec_auto",
            "run",
            "--mode",
            "record",
            "--",
            sys.executable,
            "app.py",
        ]
        ran = run(*words, cwd=folder, env={"BASE_URL": server.url})
    assert ran.code == 0 and "10 recorded" in ran.stderr, ran.stderr
    (folder / "agentrec.toml").unlink()
    return folder


@pytest.fixture
def here(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own folder, the working directory, with the corpus in it."""
    for name in list(os.environ):
        if name.startswith(NOT_INHERITED) or name in NOT_INHERITED_NAMES:
            monkeypatch.delenv(name)
    folder = tmp_path / "here"
    shutil.copytree(recorded, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def agentrec(here: Path, capsys: pytest.CaptureFixture[str]) -> Agentrec:
    """The command line, piped: ``agentrec("ls", "model:gpt-4o")``."""

    def run(*words: str) -> Ran:
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def asked(agentrec: Agentrec) -> Callable[..., Any]:
    """The same with ``--json``, parsed; its exit code doesn't matter."""
    return lambda *words: json.loads(agentrec(*words, "--json").stdout)


class Kept:
    """The corpus of a test, in one kind of store."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.store: Store = open_store(location)

    @property
    def names(self) -> list[str]:
        """All names, in alphabetical order."""
        return sorted(self.store.names())

    def name(self, part: str) -> str:
        """The one name that has ``part`` in it, or whose question has."""
        found = [name for name in self.names if part in name or self._asks(name, part.encode())]
        assert len(found) == 1, (part, found)
        return found[0]

    def _asks(self, name: str, part: bytes) -> bool:
        try:
            return part in self.load(name).request.content
        except BrokenRecordingError:
            return False

    def load(self, name: str) -> CapturedInteraction:
        return self.store.load(name)

    def edit(self, name: str, change: Callable[[CapturedInteraction], object], *, to: str = "") -> str:
        """Change a recording by hand; under another name it is a new one."""
        interaction = document.loads(document.dumps(self.load(name)), name)
        change(interaction)
        self.store.rewrite(to or name, interaction)
        return to or name


@pytest.fixture
def kept(here: Path) -> Kept:
    """The corpus, a folder."""
    return Kept("corpus")


@pytest.fixture(params=["folder", "sqlite"])
def either(request: pytest.FixtureRequest, here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """The corpus, in a folder or a database; commands use it by default."""
    if request.param == "folder":
        yield Kept("corpus")
        return
    monkeypatch.setenv("AGENTREC_CORPUS", "sqlite:///corpus.db")
    there = Kept("sqlite:///corpus.db")
    copy(FolderStore("corpus"), there.store)
    shutil.rmtree("corpus")
    yield there
