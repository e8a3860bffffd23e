"""What commands print, where it can't be printed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from corpus.conftest import Kept
from processes import run

ASKED = f"{sys.executable} -m agentrec_auto"


@pytest.mark.parametrize("command", ["ls", "stats", "show", "export", "--help"])
@pytest.mark.parametrize(("where", "code", "told"), [
    (">&-", 0, ""),
    pytest.param(
        "> /dev/full", 2, "agentrec: can't write: no space left on device\n",
        marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full"),
    ),
])  # fmt: skip
def test_nowhere_to_print(kept: Kept, here: Path, command: str, where: str, code: int, told: str) -> None:
    """A closed stdout is the caller's wish; a full disk is said in a line."""
    ran = run("sh", "-c", f"{ASKED} {command} {where}", cwd=here)
    assert (ran.code, ran.stderr.endswith(told), "Traceback" in ran.stderr) == (code, True, False), ran.stderr


@pytest.mark.parametrize("command", ["run -- true", "ls", "doctor", "config init", "serve"])
def test_in_a_folder_that_was_removed(tmp_path: Path, command: str) -> None:
    """Told in a line, with the cure."""
    (tmp_path / "gone").mkdir()
    ran = run("sh", "-c", f"rmdir {tmp_path / 'gone'}; {ASKED} {command}", cwd=tmp_path / "gone")
    told = "agentrec: no settings and no corpus in the working directory, which was removed: expected to be"
    assert (ran.code, ran.stderr.count("\n")) == (2, 1) and ran.stderr.startswith(told)
