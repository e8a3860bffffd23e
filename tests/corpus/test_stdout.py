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
