"""Programs written for ``agentrec`` 0.2 do with us what they do with it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from processes import Run, run

HERE = Path(__file__).parent / "programs"
PROGRAMS = pytest.mark.parametrize("program", ["identity", "stores", "session"])


def differences(theirs: Any, ours: Any, path: str = "") -> list[str]:
    """Where what they printed differs."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return [
            line
            for name in {**theirs, **ours}
            for line in differences(theirs.get(name), ours.get(name), f"{path}/{name}")
        ]
    return [] if theirs == ours else [f"{path}: {theirs!r} there, {ours!r} here"]


@PROGRAMS
def test_says_the_same(run_python: Run, program: str) -> None:
    """What they print is what 0.2.0 made them print."""
    ran = run_python(HERE / f"{program}.py", "agentrec_auto")
    assert ran.code == 0, ran.stderr
    assert differences(json.loads((HERE / f"{program}.json").read_text()), json.loads(ran.stdout)) == []
    assert ran.stderr == ""


@PROGRAMS
def test_says_it_still(program: str) -> None:
    """What is noted of 0.2.0 is what it does."""
    if not (peer := os.environ.get("PEER_PYTHON")):
        pytest.skip("PEER_PYTHON names no Python that has agentrec 0.2.0")
    ran = run(peer, HERE / f"{program}.py", "agentrec")
    assert json.loads((HERE / f"{program}.json").read_text()) == json.loads(ran.stdout), ran.stderr
