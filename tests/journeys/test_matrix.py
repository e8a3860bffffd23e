"""The same journeys under other SDKs and HTTP libraries, in environments where we aren't installed.

Off by default. ``AGENTREC_MATRIX=1`` makes an environment for each entry of `matrix` with uv;
``AGENTREC_MATRIX=/path/to/python,…`` drives what those interpreters have. ``AGENTREC_MATRIX_PYTHON`` says
which Python the environments are made of.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from journeys.journey import Journey, Leg
from journeys.matrix import LIBRARIES, OLD_ANTHROPIC, OLDEST_OPENAI, SDKS, Pinned, make, uv
from journeys.test_sdk_facts import facts_of, holds

ASKED = os.environ.get("AGENTREC_MATRIX", "")

if not ASKED:
    pytest.skip("AGENTREC_MATRIX is not set", allow_module_level=True)
if ASKED == "1" and uv() is None:
    pytest.skip("no uv to make environments with", allow_module_level=True)

pytestmark = pytest.mark.slow

GIVEN = [] if ASKED in ("", "1") else [path.strip() for path in ASKED.split(",")]
APPS: dict[str, tuple[str, ...]] = {
    "openai": ("openai_app.py", *OLDEST_OPENAI),
    "anthropic": ("anthropic_app.py", *OLD_ANTHROPIC),
    "httpx": ("legacy_app.py",),
}
"""Module → what is driven where that is all we know of an environment."""


def travels(python: str, words: tuple[str, ...], folder: Path) -> None:
    """Recorded as it is bare, and replayed with the server gone and no key."""
    one = Journey(words, folder, python)
    assert one.recorded.printed == one.bare.printed
    assert one.replayed.printed == one.recorded.printed
    assert one.replayed.summary.startswith(f"{len(one.files)} replayed")


def misses(python: str, sdk: str, folder: Path) -> None:
    """A changed prompt is told at once: one miss for each of four ways to ask, and exit code 3."""
    one = Journey(("swallowing_app.py", "Monday?", sdk), folder, python)
    assert one.recorded.code == 0, one.recorded.stderr
    leg: Leg = one.run("replay", "Tuesday?", sdk, gone=True, keys={})
    assert leg.code == 3
    assert "4 missed" in leg.summary
    texts = [answer["text"] for answer in json.loads(leg.stdout)[sdk].values()]
    assert ["agentrec: no recording in" in text for text in texts] == [True] * 4


@pytest.mark.skipif(bool(GIVEN), reason="interpreters are given")
@pytest.mark.parametrize("pinned", LIBRARIES, ids=str)
def test_library(pinned: Pinned, tmp_path: Path) -> None:
    """A client of the library itself."""
    travels(make(pinned, tmp_path / "venv"), (pinned.app,), tmp_path)


@pytest.mark.skipif(bool(GIVEN), reason="interpreters are given")
@pytest.mark.parametrize("pinned", SDKS, ids=str)
def test_sdk(pinned: Pinned, tmp_path: Path) -> None:
    """An SDK: its journey, a miss, and the facts that our design stands on."""
    python = make(pinned, tmp_path / "venv")
    sdk = pinned.app.removesuffix("_app.py")
    travels(python, (pinned.app, *pinned.features), tmp_path)
    missed = tmp_path / "missed"
    missed.mkdir()
    misses(python, sdk, missed)
    holds(facts_of(sdk, python))


@pytest.mark.parametrize("module", APPS)
@pytest.mark.parametrize("python", GIVEN)
def test_given(python: str, module: str, tmp_path: Path) -> None:
    """An interpreter that somebody named."""
    if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode:
        pytest.skip(f"{python} has no {module}")
    travels(python, APPS[module], tmp_path)
