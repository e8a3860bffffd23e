"""Environments of the matrix: a lock is written once, an environment made from it as often as needed.

    python tests/matrix/environments.py [NAME …]      locks anew: all, entries, or columns
    python tests/matrix/environments.py --missing     locks what has no lock yet

Everything is uv's work. What agentrec itself depends on is locked together with the SDK, as where people
install both.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: run the matrix there with one worker
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.10", "3.11", "3.12")
"""The oldest that an SDK has to run on: the first for which there is a solution."""


def uv() -> str | None:
    """The uv to make environments with."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def lock(requires: tuple[str, ...], to: Path) -> None:
    """Resolve, for every Python that we and the SDK support, and write what came out."""
    words = ["pip", "compile", "--quiet", "--universal", "--no-header", "--no-annotate", "--upgrade"]
    words += ["-", "pyproject.toml", "--output-file", str(to), "--python-version"]
    for python in PYTHONS:
        told = _uv(*words, python, given="\n".join(requires))
        if not told:
            return
    raise RuntimeError(f"{to.stem} has no solution: {told}")


def make(lock: Path, folder: Path) -> str:
    """An environment of what is locked, and of this checkout; its interpreter. Made once for a lock."""
    text = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    of = os.environ.get("AGENTREC_MATRIX_PYTHON", sys.executable)
    there = folder / f"{lock.stem}-{hashlib.sha256(text + of.encode()).hexdigest()[:12]}"
    python = there / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    whole = there / "whole"
    with _alone(folder / f"{there.name}.lock"):
        if not whole.exists():
            install = ["pip", "install", "--quiet", "--python", str(python), "--no-deps"]
            shutil.rmtree(there, ignore_errors=True)  # half of one, of a run that was ended
            told = _uv("venv", "--quiet", "--python", of, str(there))
            told = told or _uv(*install, "-r", str(lock), "-e", str(ROOT))
            if told:
                raise RuntimeError(f"no environment for {lock.stem}: {told}")
            whole.touch()
    return str(python)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Alone among the workers of a run: two columns may want one environment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _uv(*words: str, given: str = "") -> str:
    """Run uv; what it complained of, or nothing."""
    found = uv()
    assert found is not None, "no uv to make environments with: pip install uv"
    done = subprocess.run([found, *words], input=given, capture_output=True, text=True, cwd=ROOT)
    return done.stderr or f"exit code {done.returncode}" if done.returncode else ""


def main(names: list[str]) -> None:
    """Lock the columns that are named."""
    sys.path.insert(0, str(ROOT / "tests"))
    from matrix.table import COLUMNS, chosen

    columns = COLUMNS if names in ([], ["--missing"]) else chosen(",".join(names))
    for column in columns:
        if names != ["--missing"] or not column.lock.exists():
            print(column, flush=True)
            lock(column.edition.requires, column.lock)


if __name__ == "__main__":
    main(sys.argv[1:])
