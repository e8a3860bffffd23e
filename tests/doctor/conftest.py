"""A project to ask about, and ways to ask."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from doctor.asking import Answer, Ask, Installed
from processes import called


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with an app that must not be run."""
    (tmp_path / "app.py").write_text("open('was-run', 'w').close()\n")
    return tmp_path


@pytest.fixture
def ask(project: Path) -> Ask:
    """``ask("python", "app.py", env={…}, flags=[…])``; ``python`` is this interpreter."""

    def ask_doctor(*command: str, env: dict[str, str] | None = None, flags: tuple[str, ...] = ()) -> Answer:
        words = [sys.executable if word == "python" else word for word in command]
        ran = called("doctor", "--json", *flags, *(["--", *words] if words else []), cwd=project, env=env)
        assert not (project / "was-run").exists()
        assert ran.stdout, ran.stderr
        return Answer(ran.code, json.loads(ran.stdout))

    return ask_doctor


@pytest.fixture
def installed(project: Path) -> Installed:
    """``installed("boto3 1.44")``: the environment in which these distributions are there, too."""

    def install(*distributions: str) -> dict[str, str]:
        for said in distributions:
            name, version, *needs = said.split()
            folder = project / "site" / f"{name.replace('-', '_')}-{version}.dist-info"
            folder.mkdir(parents=True)
            head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            (folder / "METADATA").write_text(head + "".join(f"Requires-Dist: {need}>=1\n" for need in needs))
        return {"PYTHONPATH": str(project / "site")}

    return install
