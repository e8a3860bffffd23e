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
from journeys.matrix import LIBRARIES, SDKS, Pinned, make, uv
from journeys.test_sdk_facts import facts_of, holds

ASKED = os.environ.get("AGENTREC_MATRIX", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ASKED, reason="AGENTREC_MATRIX is not set"),
    pytest.mark.skipif(ASKED == "1" and uv() is None, reason="no uv to make environments with"),
]

GIVEN = [] if ASKED in ("", "1") else [path.strip() for path in ASKED.split(",")]
APPS = {"openai": "openai_app.py", "anthropic": "anthropic_app.py", "httpx": "legacy_app.py"}


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


@pytest.mark.parametrize("app", APPS.values())
@pytest.mark.parametrize("python", GIVEN)
def test_given(python: str, app: str, tmp_path: Path) -> None:
    """An interpreter that somebody named."""
    module = next(name for name, value in APPS.items() if value == app)
    if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode:
        pytest.skip(f"{python} has no {module}")
    travels(python, (app,), tmp_path)
