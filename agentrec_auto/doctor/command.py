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

    program: str = ""
    """The file that is run; empty for none, or where a launcher may look for it elsewhere."""

    module: str = ""
    """The module that is run, likewise."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A command whose Python can't be looked into."""

    why: str
    cure: str
    is_lost: bool = True
    """Whether that means that nothing is recorded; otherwise it can't be told."""


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
            module = command[end][2:] or "".join(command[end + 1 : end + 2])
            return Start(tuple(command[:end]), cwd, module=module if command[end][1] == "m" else "")
        end += 2 if command[end] in _WITH_VALUE else 1
    program = command[end] if end < len(command) else "-"
    if program == "-":
        return Start(tuple(command[:end]), cwd)
    file = os.path.join(cwd, program)
    return Start(tuple(command[:end]), os.path.dirname(os.path.realpath(file)), program=file)


def _of_launcher(
    command: Sequence[str], launcher: launchers.Launcher, environ: Mapping[str, str], cwd: str
) -> Found:
    split = launcher.split(command)
    if split is None:
        return _unseen(f"{shlex.join(command[:3])} names no command")
    before, inner = command[:split], command[split:]
    found = _of_own_python(before, inner, cwd) if launcher.has_own_python else find(inner, environ, cwd)
    if isinstance(found, Opaque):
        return found
    if launcher.goes_elsewhere(before):
        found = replace(found, program="", module="")
    return found if launcher.has_own_python else replace(found, words=(*before, *found.words))


def _of_own_python(before: Sequence[str], inner: Sequence[str], cwd: str) -> Start:
    """A launcher that knows an environment: the ``python`` there, for whatever it starts."""
    if before[-1] == "--":
        before = before[:-1]
    if _PYTHON.fullmatch(os.path.basename(inner[0])):
        found = _of_interpreter(inner, cwd)
    elif inner[0].endswith(".py"):
        found = _of_interpreter(["python", inner[0]], cwd)
        if any(line.startswith("# /// script") for line in _lines(os.path.join(cwd, inner[0]))):  # PEP 723
            before = [*before, "--isolated", "--no-project", "--with-requirements", inner[0]]
    else:  # a module, or a console script
        found = Start(("python",), cwd)
    if "://" in inner[0]:  # uv runs a script from the web, too
        found = replace(found, program="")
    return replace(found, words=(*before, *found.words))


def _of_file(command: Sequence[str], environ: Mapping[str, str], cwd: str) -> Found:
    """A program named by its file: what its first line says."""
    file = _which(command[0], environ, cwd)
    if file is None:
        is_script = command[0].endswith(".py") and os.path.isfile(os.path.join(cwd, command[0]))
        cure = f"`python {command[0]}`" if is_script else "check the spelling, and PATH"
        return Opaque(f"there is no command {command[0]!r}", cure)
    if not os.access(file, os.X_OK):
        return Opaque(f"{command[0]} is not executable", f"`chmod +x {command[0]}`")
    first, second = [*_lines(file), "", ""][:2]
    if match := _TRAMPOLINE.match(second):
        words = shlex.split(match["python"])
    elif first.startswith("#!"):
        words = shlex.split(first[2:])
    else:
        return _unseen(f"{command[0]} is no Python program")
    python = words[:1]
    if os.path.basename(words[0]) == "env":  # also as `/usr/bin/env -S python -I`
        words = [word for word in words if word != "-S"]
        python = words[1:2]
    if not python or not _PYTHON.fullmatch(os.path.basename(python[0])):
        return _unseen(f"{command[0]} is a program of {' '.join(words)}")
    return Start(tuple(words), os.path.dirname(os.path.realpath(file)))


def lacking(start: Start) -> Opaque | None:
    """What to say of a program that isn't there; None where it is, or where that can't be told."""
    if not start.program:
        return None
    shown = os.path.relpath(start.program)
    if not os.path.exists(start.program):
        return Opaque(f"there is no file {shown!r}", "check the spelling, and the working directory")
    if os.path.isdir(start.program) and not os.path.isfile(os.path.join(start.program, "__main__.py")):
        return Opaque(f"there is no __main__.py in {shown!r}", "name the file that is to be run")
    return None


def _unseen(what: str) -> Opaque:
    return Opaque(f"{what}, and what it starts can't be seen from outside", _SUMMARY, is_lost=False)


def _which(name: str, environ: Mapping[str, str], cwd: str) -> str | None:
    """The file that a command's first word names; behind a shim of pyenv, the one that it would run."""
    file = os.path.join(cwd, name) if os.path.dirname(name) else shutil.which(name, path=environ.get("PATH"))
    if file is None or not os.path.isfile(file):
        return None
    if os.path.basename(os.path.dirname(file)) == "shims" and shutil.which("pyenv", path=environ.get("PATH")):
        asked = subprocess.run(["pyenv", "which", name], env=environ, cwd=cwd, capture_output=True, text=True)
        return asked.stdout.strip() or file
    return file


def _lines(file: str) -> list[str]:
    """The first lines of a file; none where it can't be read."""
    try:
        with open(file, "rb") as data:
            return data.read(10_000).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
