"""The opt-in start-up file: ``AGENTREC_MODE=… python app.py`` without ``agentrec run``.

Three small files in an interpreter's site-packages, written only when asked and never part of the wheel.
Python runs the ``.start`` file from 3.15 on (PEP 829) and the line of the ``.pth`` file before that. The
module they name lies beside them, not in our package: pip doesn't remove what it didn't install, and a
``.pth`` that names a package which is gone prints an error twice at every start.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass

from agentrec_auto.errors import AgentrecError

_MODULE = '''\
"""Starts agentrec-auto where AGENTREC_MODE asks for it. `agentrec hook remove` takes this file away."""
import os

asked = []


def init():
    if asked or os.environ.get("AGENTREC_MODE", "").strip() in ("", "off"):
        return
    asked.append(True)  # in a virtual environment, .pth files are run twice
    try:
        from agentrec_auto.bootstrap.hook import start
    except ImportError as error:
        os.write(2, f"agentrec: AGENTREC_MODE is set, but agentrec-auto is gone ({error})\\n".encode())
    else:
        start()
'''

FILES = {
    "_agentrec_auto_hook.py": _MODULE,
    "agentrec_auto_hook.start": "_agentrec_auto_hook:init\n",
    "agentrec_auto_hook.pth": "import _agentrec_auto_hook; _agentrec_auto_hook.init()\n",
}
"""Name → content, in the order of writing: what is named comes before what names it."""

_ASK = """
import importlib.util, json, os, sys, sysconfig
managed = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
print(json.dumps({
    "python": sys.executable,
    "folder": sysconfig.get_path("purelib"),
    "version": list(sys.version_info[:2]),
    "is_cpython": sys.implementation.name == "cpython",
    "is_virtual": sys.prefix != sys.base_prefix,
    "is_managed": os.path.exists(managed),
    "has_us": importlib.util.find_spec("agentrec_auto") is not None,
}))
"""


_HOOK = "agentrec_auto.bootstrap.hook"


class HookError(AgentrecError):
    """The start-up files can't be put there."""


@dataclass(frozen=True)
class Interpreter:
    """What an interpreter says of itself."""

    python: str
    folder: str
    """Its site-packages."""

    version: tuple[int, int]
    is_cpython: bool
    is_virtual: bool
    is_managed: bool
    """Whether its files belong to the operating system's package manager (PEP 668)."""

    has_us: bool


def ask(python: str) -> Interpreter:
    """Ask the interpreter ``python``, not ours, where its site-packages are."""
    environ = {**os.environ, "AGENTREC_MODE": "off"}
    try:
        answer = subprocess.check_output([python, "-I", "-c", _ASK], env=environ, stderr=subprocess.DEVNULL)
        told = json.loads(answer)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise HookError(f"can't ask {python!r} where its site-packages are: {error}") from error
    return Interpreter(**{**told, "version": tuple(told["version"])})


def install(interpreter: Interpreter, *, system: bool, dry_run: bool) -> None:
    """Write the files and see that they start us; `HookError` says why not, and leaves none behind."""
    _refuse(interpreter, system)
    if dry_run:
        return
    for name, content in FILES.items():
        with open(os.path.join(interpreter.folder, name), "w", encoding="utf-8") as file:
            file.write(content)
    if not _starts_us(interpreter):
        remove(interpreter, dry_run=False)
        raise HookError(
            f"start-up files in {interpreter.folder} don't start us: they run before {interpreter.python} "
            "looks where agentrec-auto is installed; install it into that environment itself"
        )


def _starts_us(interpreter: Interpreter) -> bool:
    """Whether a new process has our hook.

    Not where agentrec-auto comes from the system's site-packages (``venv --system-site-packages``) or by a
    ``.pth`` file later in the alphabet.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AGENTREC_")}
    asked = [interpreter.python, "-I", "-c", f"import sys; sys.exit({_HOOK!r} not in sys.modules)"]
    return (
        subprocess.run(asked, env={**environ, "AGENTREC_MODE": "auto"}, capture_output=True).returncode == 0
    )


def remove(interpreter: Interpreter, *, dry_run: bool) -> list[str]:
    """Take the files away, and give the names of those that were there."""
    there = [name for name, state in status(interpreter).items() if state != MISSING]
    if there and not os.access(interpreter.folder, os.W_OK):
        raise HookError(f"can't remove files from {interpreter.folder}: it is not writable")
    for name in reversed(there):
        if not dry_run:
            os.unlink(os.path.join(interpreter.folder, name))
    return there


INSTALLED, CHANGED, MISSING = "installed", "changed", "missing"


def status(interpreter: Interpreter) -> dict[str, str]:
    """Name of each file → whether it is there as we write it, otherwise, or not."""
    return {name: _state(os.path.join(interpreter.folder, name), content) for name, content in FILES.items()}


def _state(path: str, content: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return INSTALLED if file.read() == content else CHANGED
    except FileNotFoundError:
        return MISSING


def _refuse(interpreter: Interpreter, system: bool) -> None:
    where, python = f"won't write into {interpreter.folder}", interpreter.python
    if not interpreter.is_cpython or interpreter.version < (3, 10):
        told = ".".join(map(str, interpreter.version))
        raise HookError(f"{where}: agentrec needs CPython 3.10 or later, and {python} is {told}")
    if not interpreter.is_virtual and not system:
        raise HookError(f"{where}: {python} is no virtual environment; --system does it all the same")
    if not interpreter.is_virtual and interpreter.is_managed:
        raise HookError(f"{where}: it is EXTERNALLY-MANAGED by the system; use a virtual environment")
    if not interpreter.has_us:
        raise HookError(f"{where}: agentrec-auto isn't installed for {python}")
    if not os.access(interpreter.folder, os.W_OK):
        raise HookError(f"{where}: it is not writable")
