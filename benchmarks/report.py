"""A run as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks import ROOT
from benchmarks.bench import Measured
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figure
from benchmarks.workload import EVENTS

SCHEMA = 1
LIBRARIES = ("httpx", "httpx2", "openai", "anthropic")


def made(chosen: Sequence[str], *, quick: bool) -> dict[str, Any]:
    """When, where and of what a run was made."""
    return {
        "schema": SCHEMA,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": commit(),
        "quick": quick,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "versions": {name: _version(name) for name in LIBRARIES}
        | {name: CONTENDERS[name].version for name in chosen if CONTENDERS[name].distribution},
        "contenders": {name: CONTENDERS[name].says for name in chosen},
    }


def as_json(facts: dict[str, Any], measured: Sequence[Measured]) -> dict[str, Any]:
    """The whole run."""
    return {**facts, "measures": [asdict(one) for one in measured]}


def table(one: Measured) -> Iterator[str]:
    """A measure in Markdown."""
    cells = list(dict.fromkeys(figure.cell for figure in one.figures))
    names = list(dict.fromkeys(figure.contender for figure in one.figures))
    found = {(figure.cell, figure.contender): figure for figure in one.figures}
    yield from (f"### {one.title}", "", one.reads + ".", "")
    yield f"| | {' | '.join(cells)} |"
    yield f"|---|{'---|' * len(cells)}"
    notes: list[str] = []
    for name in names:
        row = [_told(found.get((cell, name)), notes) for cell in cells]
        yield f"| {name} | {' | '.join(row)} |"
    yield ""
    yield from (f"{_mark(place)} {note}.  " for place, note in enumerate(notes))
    if notes:
        yield ""
    for goal in one.goals:
        verdict = {True: "met", False: "**not met**", None: "not judged"}[goal.met]
        yield f"- {goal.wanted}: {goal.shown or 'no figure'}, {verdict}"
    yield ""


def _told(figure: Figure | None, notes: list[str]) -> str:
    if figure is None:
        return ""
    if figure.best is None:
        return f"–{_note(figure.absent or 'no figure', notes)}"
    said = figure.facts.get("said") or _number(figure.best)
    if figure.ratio is not None:
        ratio = figure.ratio
        said += f" ({_number(ratio.median)}: {_number(ratio.low)}–{_number(ratio.high)})"
    if figure.wrong:
        said += f" **{figure.wrong} of {figure.calls} wrong**"
    if figure.absent:
        said += _note(figure.absent, notes)
    if figure.changed:
        said += _note("other bytes: JSON written anew", notes)
    if figure.facts.get("chunks", EVENTS) != EVENTS:
        said += f", {figure.chunks} chunk{'s' * (figure.chunks != 1)}"
    return said


def _note(text: str, notes: list[str]) -> str:
    if text not in notes:
        notes.append(text)
    return " " + _mark(notes.index(text))


def _mark(place: int) -> str:
    return f"[{place + 1}]"


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.2g}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def commit() -> str:
    """The tree's commit, with a mark if files of the package were changed since; empty outside of git."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    try:
        changed = "+" if git("status", "--porcelain", "--", "agentrec_auto") else ""
        return git("rev-parse", "--short", "HEAD") + changed
    except OSError:
        return ""


def show(lines: Iterator[str]) -> None:
    """Print them."""
    for line in lines:
        print(line, file=sys.stdout)
