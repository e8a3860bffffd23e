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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = "3.10"


def uv() -> str | None:
    """The uv to make environments with."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def lock(requires: tuple[str, ...], to: Path) -> None:
    """Resolve, for every Python we support, and write what came out."""
    words = ["pip", "compile", "--quiet", "--universal", "--python-version", OLDEST_PYTHON]
    words += ["--no-header", "--no-annotate", "--upgrade", "-", "pyproject.toml", "--output-file", str(to)]
    _uv(*words, given="\n".join(requires))


def make(lock: Path, folder: Path) -> str:
    """An environment of what is locked, and of this checkout; its interpreter. Made once for a lock."""
    text = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    of = os.environ.get("AGENTREC_MATRIX_PYTHON", sys.executable)
    there = folder / f"{lock.stem}-{hashlib.sha256(text + of.encode()).hexdigest()[:12]}"
    python = there / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    whole = there / "whole"
    if not whole.exists():
        _uv("venv", "--quiet", "--clear", "--python", of, str(there))
        _uv(
            "pip",
            "install",
            "--quiet",
            "--python",
            str(python),
            "--no-deps",
            "-r",
            str(lock),
            "-e",
            str(ROOT),
        )
        whole.touch()
    return str(python)


def _uv(*words: str, given: str = "") -> None:
    found = uv()
    assert found is not None, "no uv to make environments with: pip install uv"
    done = subprocess.run([found, *words], input=given, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, f"uv {' '.join(words)}\n{given}\n{done.stderr}"


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
