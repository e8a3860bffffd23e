"""What the Python of a command looks like from inside, under the environment of a run."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentrec_auto.doctor.command import Opaque, Start

TIMEOUT_S = 60.0

PROBE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "probe.py")

_BOOT = """\
import sys
if sys.version_info < (3, 10): sys.exit('Python %d.%d' % sys.version_info[:2])
if sys.path[:1] == ['']: del sys.path[0]
import runpy
sys.argv[0:1] = []
runpy.run_path(sys.argv[0], run_name='__main__')
"""
"""Any Python can read it, from 2.7 on. The working directory need not be on the program's path."""


@dataclass(frozen=True, slots=True)
class Library:
    """An HTTP library that we intercept."""

    version: str
    intercepted: bool
    why: str
    """What stood in the way, where something did."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Something installed."""

    version: str
    needs: tuple[str, ...]
    """The distributions it requires, whatever its extras."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What `probe` saw."""

    executable: str
    version: str
    implementation: str
    flags: tuple[str, ...]
    """Those that keep start-up files or the environment out: ``-E``, ``-I``, ``-S``."""

    mode: str
    """AGENTREC_MODE, as it arrived."""

    waits: bool
    """Whether an HTTP library would be intercepted when it is imported."""

    lacks: str
    """The module that the command is to run, where it isn't there."""

    sitecustomizes: tuple[str, ...]
    start_up: tuple[str, ...]
    """Start-up files of ``agentrec hook install``."""

    us: Mapping[str, str]
    """``version`` and ``file`` of the agentrec_auto that an import finds; empty for none."""

    wrapt: str
    libraries: Mapping[str, Library]
    distributions: Mapping[str, Distribution]
    said: str
    """What the interpreter wrote on stderr meanwhile."""


def look(
    start: Start,
    environ: Mapping[str, str],
    *,
    libraries: Sequence[str],
    distributions: Sequence[str],
    start_up: Sequence[str],
) -> Inside | Opaque:
    """Look around in the interpreter that ``start`` names."""
    wanted = {
        "folder": start.folder,
        "libraries": list(libraries),
        "distributions": list(distributions),
        "start_up": list(start_up),
        "module": start.module,
    }
    with tempfile.TemporaryDirectory(prefix="agentrec-doctor-") as folder:
        question, answer = os.path.join(folder, "question.json"), os.path.join(folder, "answer.json")
        with open(question, "w", encoding="utf-8") as file:
            json.dump(wanted, file)
        command = [*start.words, "-c", _BOOT, PROBE, question, answer]
        ledger = {"AGENTREC_RUN_DIR": os.path.join(folder, "ledger")}
        try:
            done = subprocess.run(
                command,
                env={**environ, **ledger},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=TIMEOUT_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Opaque(f"{start.words[0]} could not be started ({error})", "check that it runs by itself")
        try:
            with open(answer, encoding="utf-8") as file:
                return _read(json.load(file), done.stderr)
        except (OSError, ValueError):
            return _failed(start, done.stderr.strip() or f"exit code {done.returncode}")


def _read(seen: dict[str, Any], said: str) -> Inside:
    return Inside(
        executable=seen["executable"],
        version=".".join(map(str, seen["version"])),
        implementation=seen["implementation"],
        flags=tuple(seen["flags"]),
        mode=seen["mode"],
        waits=seen["waits"],
        lacks=seen["lacks"],
        sitecustomizes=tuple(seen["sitecustomizes"]),
        start_up=tuple(seen["start_up"]),
        us=seen["us"],
        wrapt=seen["wrapt"].get("version", ""),
        libraries={name: Library(**facts) for name, facts in seen["libraries"].items() if facts},
        distributions={
            name: Distribution(facts["version"], tuple(facts["needs"]))
            for name, facts in seen["distributions"].items()
        },
        said=said.strip(),
    )


def _failed(start: Start, said: str) -> Opaque:
    lines = said.splitlines()
    telling = lines[-1] if lines[0].startswith("Traceback") else lines[0]
    if telling.startswith("Python "):
        return Opaque(
            f"it runs under {telling}", "run it by CPython 3.10 or later, which agentrec-auto needs"
        )
    return Opaque(f"{shlex.join(start.words)} failed: {telling}", "check that it runs by itself")
