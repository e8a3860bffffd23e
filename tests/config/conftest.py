"""A project in a folder of its own, whose configuration the tests write and load."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from agentrec_auto.config.load import Loaded, load
from agentrec_auto.errors import ConfigError


class Project:
    """A folder with config files in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, text: str, name: str = "agentrec.toml") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, environ: Mapping[str, str] | None = None, *, below: str = "", **flags: str) -> Loaded:
        cwd = self.folder / below
        cwd.mkdir(parents=True, exist_ok=True)
        return load(environ or {}, cwd=str(cwd), flags=flags)

    def error(self, text: str | None = None, environ: Mapping[str, str] | None = None, **flags: str) -> str:
        """What loading is refused with."""
        if text is not None:
            self.write(text)
        with pytest.raises(ConfigError) as refused:
            self.load(environ, **flags)
        return str(refused.value)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def command(project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """``command("check")`` runs ``agentrec config check`` in the project: exit code, stdout, stderr."""
    from agentrec_auto.cli import main

    for name in [*os.environ]:
        if name == "CI" or name.startswith("AGENTREC_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(project.folder)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["config", *words])
        return code, *capsys.readouterr()

    return run
