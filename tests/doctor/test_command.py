"""Which Python a command starts, read from its words and its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentrec_auto.doctor.command import Opaque, Start, find, lacking

PY = "/opt/py/bin/python3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with scripts of every kind, and the folder that is on PATH."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text("")
    (tmp_path / "own.py").write_text("# /// script\n# dependencies = []\n# ///\n")
    scripts = {
        "serve": f"#!{PY}\nimport app",
        "isolated": f"#!{PY} -I\nimport app",
        "by-env": "#!/usr/bin/env python3\nimport app",
        "by-env-s": "#!/usr/bin/env -S python3 -E\nimport app",
        "far": "#!/bin/sh\n'''exec' \"/opt/a far/python\" \"$0\" \"$@\"\n' '''\nimport app",
        "shell": "#!/bin/sh\npython app.py",
        "binary": "\x7fELF",
    }
    (tmp_path / "bin").mkdir()
    for name, text in scripts.items():
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def found(line: str, folder: Path) -> Start | Opaque:
    return find(line.split(), {"PATH": str(folder / "bin")}, str(folder))


@pytest.mark.parametrize(
    ("line", "words", "place"),
    [
        ("python", "python", "."),
        ("python app.py -E", "python", "."),
        ("python src/app.py", "python", "src"),
        (f"{PY} -E -W error -X dev src/app.py", f"{PY} -E -W error -X dev", "src"),
        ("python3.12 -I -m pytest -q", "python3.12 -I", "."),
        ("python -c pass", "python", "."),
        ("python -", "python", "."),
        ("pypy3 app.py", "pypy3", "."),
        ("serve -w 4", PY, "bin"),
        ("bin/serve", PY, "bin"),
        ("isolated", f"{PY} -I", "bin"),
        ("by-env", "/usr/bin/env python3", "bin"),
        ("by-env-s", "/usr/bin/env python3 -E", "bin"),
        ("env -i A=1 python src/app.py", "env -i A=1 python", "src"),
        ("env -u A serve", f"env -u A {PY}", "bin"),
        ("nice -n 5 timeout -k 1 10 serve", f"nice -n 5 timeout -k 1 10 {PY}", "bin"),
        ("uv run python -E src/app.py", "uv run python -E", "src"),
        ("uv run --with httpx --python 3.12 src/app.py", "uv run --with httpx --python 3.12 python", "src"),
        ("uv run own.py", "uv run --isolated --no-project --with-requirements own.py python", "."),
        ("uv run -- own.py", "uv run --isolated --no-project --with-requirements own.py python", "."),
        ("uv run -m pytest", "uv run python", "."),
        ("poetry run pytest -q", "poetry run python", "."),
        ("conda run -n lab serve", "conda run -n lab python", "."),
        ("opentelemetry-instrument python src/app.py", "opentelemetry-instrument python", "src"),
        ("newrelic-admin run-program serve", f"newrelic-admin run-program {PY}", "bin"),
    ],
)
def test_python(line: str, words: str, place: str, folder: Path) -> None:
    """What is put in front of the probe, and what the program has first on its path."""
    start = found(line, folder)
    assert isinstance(start, Start)
    assert (start.words, start.folder) == (tuple(words.split()), str((folder / place).resolve()))


def test_a_path_too_long_for_a_first_line(folder: Path) -> None:
    """pip and uv write the interpreter into the second line then."""
    assert found("far", folder) == Start(("/opt/a far/python",), str((folder / "bin").resolve()))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("docker run image", "a container doesn't inherit the environment"),
        ("tox -e py", "tox starts its commands with an environment of its own"),
        ("env -i sudo python", "sudo clears the environment"),
        ("nonesuch", "there is no command 'nonesuch'"),
        ("own.py", "there is no command 'own.py'"),
        ("./own.py", "./own.py is not executable"),
    ],
)
def test_lost(line: str, why: str, folder: Path) -> None:
    """Behind these nothing is recorded, whatever they start."""
    answer = found(line, folder)
    assert isinstance(answer, Opaque)
    assert (answer.why, answer.is_lost) == (why, True)
    assert answer.cure


@pytest.mark.parametrize("line", ["shell", "binary", "uv sync", "uv run", "env", "poetry install"])
def test_unseen(line: str, folder: Path) -> None:
    """What these start can't be told from outside, and that is said."""
    answer = found(line, folder)
    assert isinstance(answer, Opaque)
    assert (answer.is_lost, "agentrec run" in answer.cure) == (False, True)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("python nofile.py -v", "there is no file 'nofile.py'"),
        ("env A=1 python -E nofile.py", "there is no file 'nofile.py'"),
        ("uv run nofile.py", "there is no file 'nofile.py'"),
        ("python src", "there is no __main__.py in 'src'"),
    ],
)
def test_no_program(line: str, why: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that isn't there is in the way of a recording."""
    monkeypatch.chdir(folder)
    start = found(line, folder)
    assert isinstance(start, Start)
    answer = lacking(start)
    assert answer is not None and (answer.why, answer.is_lost) == (why, True)


@pytest.mark.parametrize(
    "line",
    [
        *("python src/app.py", "python", "python -", "python -c pass", "python /dev/null"),
        *("env -C elsewhere python nofile.py", "env --chdir=elsewhere python nofile.py"),
        *("hatch run python nofile.py", "uv run https://example.com/app.py", "serve"),
    ],
)
def test_program(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is missed that is there, that is no file, or that is looked for in another folder."""
    monkeypatch.chdir(folder)
    start = found(line, folder)
    assert isinstance(start, Start) and lacking(start) is None
