"""Findings about an interpreter's start: whether we are there when an HTTP library is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator

from agentrec_auto import __version__
from agentrec_auto.bootstrap.hook import INJECT
from agentrec_auto.doctor.finding import Finding, State
from agentrec_auto.doctor.inside import Inside

_IN_CODE = "put `import agentrec_auto.auto` first in its code"
_OURS = os.path.join(INJECT, "sitecustomize.py")


def starting(inside: Inside) -> Iterator[Finding]:
    """The interpreter, and whether our hook waits in it."""
    flags = f" {' '.join(inside.flags)}" if inside.flags else ""
    python = f"{inside.version}{flags}, {inside.executable}"
    if inside.implementation != "cpython":
        yield Finding(State.IN_THE_WAY, "python", f"{inside.implementation} {python}", "run it by CPython")
        return
    yield Finding(State.COVERED, "python", python)
    if inside.waits:
        yield from _waiting(inside)
    else:
        yield _absent(inside)
    yield from _copies(inside)


def _waiting(inside: Inside) -> Iterator[Finding]:
    others = [file for file in inside.sitecustomizes if file != _OURS]
    by = "our sitecustomize is first" if inside.sitecustomizes[:1] == (_OURS,) else ", ".join(inside.start_up)
    yield Finding(State.COVERED, "start-up", by or "our hook waits")
    if others:
        yield Finding(State.NOTE, "sitecustomize", f"{others[0]} runs too, after ours")


def _absent(inside: Inside) -> Finding:
    """Why our hook isn't there."""
    said = [line for line in inside.said.splitlines() if line.startswith("agentrec: ")]
    if said:
        return _blocked(said[-1].removeprefix("agentrec: "), _IN_CODE)
    if "-S" in inside.flags:
        return _blocked("Python's flag -S keeps every start-up file out", f"leave -S out, or {_IN_CODE}")
    if inside.flags:
        return _blocked(
            f"Python's flag {inside.flags[0]} keeps PYTHONPATH out, and our sitecustomize with it",
            f"leave {inside.flags[0]} out, or: `agentrec hook install --python {inside.executable}`",
        )
    if not inside.mode:
        return _blocked(
            "the environment is replaced on the way: AGENTREC_MODE doesn't arrive",
            "put agentrec behind what replaces it: `env -i … agentrec run -- CMD`",
        )
    if inside.sitecustomizes and inside.sitecustomizes[0] != _OURS:
        return _blocked(
            f"{inside.sitecustomizes[0]} hides our sitecustomize",
            "put agentrec behind the launcher that it is of: `LAUNCHER agentrec run -- CMD`",
        )
    return _blocked("our sitecustomize did not run", _IN_CODE)


def _blocked(text: str, cure: str) -> Finding:
    return Finding(State.IN_THE_WAY, "start-up", text, cure)


def _copies(inside: Inside) -> Iterator[Finding]:
    """Another copy of us in that interpreter, which is the one that runs."""
    theirs = inside.us.get("version", __version__)
    if theirs != __version__:
        yield Finding(
            State.NOTE,
            "agentrec-auto",
            f"{theirs} is installed there, and does the work; here it is {__version__}",
            f"install the same in both: `{inside.executable} -m pip install agentrec-auto=={__version__}`",
        )
