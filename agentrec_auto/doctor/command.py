"""Which Python does a command start? Read from its words and its files; nothing is run but ``pyenv which``.

python -E app.py       ->  python -E                     the interpreter itself
pytest -q              ->  /app/.venv/bin/python         a console script's first line
uv run --with x app.py ->  uv run --with x python        a launcher that has an environment of its own
env -i python app.py   ->  env -i python                 a launcher in front of another command
docker run image       ->  `Opaque`
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agentrec_auto.doctor import launchers


@dataclass(frozen=True, slots=True)
class Start:
    """How a command comes to its Python."""

    words: tuple[str, ...]
    """What starts the interpreter, with its flags; ``-c PROGRAM`` may be put behind it."""

    folder: str
    """What the program has first on ``sys.path``."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A command that can't be seen through."""

    why: str
    cure: str


Found = Start | Opaque

_PYTHON = re.compile(r"(python|pypy)[\d.]*t?d?(\.exe)?")
_WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")
_TRAMPOLINE = re.compile(r"""'''exec' (?P<python>"[^"]+"|'[^']+'|\S+)""")
"""Second line of a script whose interpreter's path is too long for a first line, or has a blank (pip, uv)."""

_SUMMARY = "run it with `agentrec run -- …`: the summary at its end says what was seen"


def find(command: Sequence[str], environ: Mapping[str, str], cwd: str) -> Found:
    """The Python that ``command`` starts when it is run under ``environ`` in ``cwd``."""
    name = os.path.basename(command[0])
    if _PYTHON.fullmatch(name):
        return _of_interpreter(command, cwd)
    if (lost := launchers.LOSES.get(name)) is not None:
        return Opaque(*lost)
    if (launcher := launchers.LAUNCHERS.get(name)) is not None:
        return _of_launcher(command, launcher, environ, cwd)
    return _of_file(command, environ, cwd)


def _of_interpreter(command: Sequence[str], cwd: str) -> Start:
    """``python [flags] program``: the flags, and the folder that the program is in."""
    end = 1
    while end < len(command) and command[end].startswith("-") and command[end] != "-":
        if command[end][:2] in ("-c", "-m"):
            return Start(tuple(command[:end]), cwd)
        end += 2 if command[end] in _WITH_VALUE else 1
    program = command[end] if end < len(command) else "-"
    folder = cwd if program == "-" else os.path.dirname(os.path.realpath(os.path.join(cwd, program)))
    return Start(tuple(command[:end]), folder)


def _of_launcher(
    command: Sequence[str], launcher: launchers.Launcher, environ: Mapping[str, str], cwd: str
) -> Found:
    split = launcher.split(command)
    if split is None:
        return Opaque(f"{' '.join(command[:3])} starts no command that could be looked into", _SUMMARY)
    before, inner = command[:split], command[split:]
    if launcher.has_own_python:
        if _PYTHON.fullmatch(os.path.basename(inner[0])):
            found = _of_interpreter(inner, cwd)
        else:  # a script, a module or a console script of the environment that the launcher knows
            found = _of_interpreter(["python", *inner] if inner[0].endswith(".py") else ["python"], cwd)
        return replace(found, words=(*before, *found.words))
    match find(inner, environ, cwd):
        case Start() as found:
            return replace(found, words=(*before, *found.words))
        case Opaque() as opaque:
            return opaque


def _of_file(command: Sequence[str], environ: Mapping[str, str], cwd: str) -> Found:
    """A program named by its file: what its first line says."""
    file = _which(command[0], environ, cwd)
    if file is None:
        return Opaque(f"there is no command {command[0]!r}", "check the spelling, and PATH")
    first, second = _first_lines(file)
    if match := _TRAMPOLINE.match(second):
        words = shlex.split(match["python"])
    elif first.startswith("#!"):
        words = shlex.split(first[2:])
    else:
        return Opaque(
            f"{command[0]} is not a Python program, and what it starts can't be seen from outside", _SUMMARY
        )
    if os.path.basename(words[0]) == "env":  # `/usr/bin/env -S python -I`, and the usual form
        words = [word for word in words if word != "-S"]
    inner = words[1:] if os.path.basename(words[0]) == "env" else words
    if not inner or not _PYTHON.fullmatch(os.path.basename(inner[0])):
        return Opaque(
            f"{command[0]} is a program of {' '.join(words)}, and what it starts can't be seen from outside",
            _SUMMARY,
        )
    return Start(tuple(words), os.path.dirname(os.path.realpath(file)))


def _which(name: str, environ: Mapping[str, str], cwd: str) -> str | None:
    """The file that a command's first word names; behind a shim of pyenv, the one that it would run."""
    file = os.path.join(cwd, name) if os.path.dirname(name) else shutil.which(name, path=environ.get("PATH"))
    if file is None or not os.path.isfile(file):
        return None
    if os.path.basename(os.path.dirname(file)) == "shims" and shutil.which("pyenv", path=environ.get("PATH")):
        asked = subprocess.run(["pyenv", "which", name], env=environ, cwd=cwd, capture_output=True, text=True)
        return asked.stdout.strip() or file
    return file


def _first_lines(file: str) -> tuple[str, str]:
    try:
        with open(file, "rb") as data:
            first, second = data.readline(1000), data.readline(1000)
    except OSError:
        return "", ""
    return first.decode("utf-8", "replace").strip(), second.decode("utf-8", "replace").strip()
