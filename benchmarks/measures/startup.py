"""What being on costs a process that makes no call: processor time of whole processes, in turns."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile

from benchmarks.bench import Bench, Goal, Measured, say
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figure, Round, added, figures
from benchmarks.job import Job, Sample
from benchmarks.turns import environment

TITLE = "Start-up of a process that makes no call"
READS = "CPU us of the process; in brackets what is added to the bare one"
PROGRAMS = {"nothing imported": "pass", "import openai": "import openai"}
ROUNDS = {"nothing imported": 120, "import openai": 25}
MOST_US = {"nothing imported": 1000.0, "import openai": 15_000.0}
WRAPPERS = {
    "opentelemetry-instrument": ["opentelemetry-instrument"],
    "ddtrace-run": ["ddtrace-run"],
}
IMPORTED = {"agentrec": "agentrec", "cassetter": "cassetter", "vcrpy": "vcr"}


def run(bench: Bench) -> Measured:
    """Bare, on, with our launcher, and what others put in front of a program or have it import."""
    found: list[Figure] = []
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # where no settings are: the launcher would read them
        try:
            for label, program in PROGRAMS.items():
                say(f"  {label}")
                found += _cell(bench, label, program)
        finally:
            os.chdir(here)
    told_goals = [
        Goal(
            f"{one.cell}: at most {MOST_US[one.cell] / 1000:.0f} ms more",
            f"{one.ratio.median / 1000:.2f} ms",
            one.ratio.median <= MOST_US[one.cell],
        )
        for one in found
        if one.contender == "ours" and one.ratio
    ]
    return Measured("startup", TITLE, READS, found, told_goals)


Command = tuple[list[str], dict[str, str]]


def _cell(bench: Bench, label: str, program: str) -> list[Figure]:
    commands, out = _commands(bench, program)
    rounds = bench.pick(ROUNDS[label], 3)
    chance, told = random.Random(3), list[Round]()
    for command, environ in commands.values():
        _taken(command, environ)  # its bytecode is written, its files are in memory
    for _ in range(rounds):
        order = list(commands)
        chance.shuffle(order)
        told.append({name: _taken(*commands[name]) for name in order})
    return list(figures(label, told, out, [*commands, *out], "bare", added))


def _commands(bench: Bench, program: str) -> tuple[dict[str, Command], dict[str, str]]:
    environ = environment(Job("", ""))
    python = [sys.executable, "-c", program]
    commands: dict[str, Command] = {"bare": (python, environ)}
    out: dict[str, str] = {}
    if "ours" in bench.chosen:
        commands["ours"] = python, _inside(environ)
        commands["agentrec run"] = (
            [*CONTENDERS["ours"].started("auto", tempfile.gettempdir()), *python],
            environ,
        )
    for name, module in IMPORTED.items():
        if name not in bench.chosen:
            continue
        if CONTENDERS[name].absent() is None:
            commands[name] = [sys.executable, "-c", f"import {module}; {program}"], environ
        else:
            out[name] = f"{module} not installed"
    for name, command in WRAPPERS.items():
        if there := shutil.which(command[0], path=os.path.dirname(sys.executable)):
            commands[name] = [there, *python], environ
        else:
            out[name] = f"{name} not installed"
    return commands, out


def _inside(environ: dict[str, str]) -> dict[str, str]:
    """The environment of a process below ``agentrec run``; the launcher is paid for once a run."""
    told = tempfile.mkstemp()[1]
    write = f"import json, os; json.dump(dict(os.environ), open({told!r}, 'w'))"
    command = [*CONTENDERS["ours"].started("auto", tempfile.gettempdir()), sys.executable, "-c", write]
    assert _taken(command, environ).wrong == 0
    with open(told, encoding="utf-8") as file:
        inside: dict[str, str] = json.load(file)
    os.unlink(told)
    return inside


def _taken(command: list[str], environ: dict[str, str]) -> Sample:
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    child = os.posix_spawn(command[0], command, environ, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    return Sample(1, usage.ru_utime + usage.ru_stime, 0.0, wrong=status != 0)
