"""The main job: an unmodified app is recorded, and replayed with the server gone, the key gone, and no waiting.

Each app's journey is made once and looked at from several sides.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from journeys.conftest import Start
from journeys.journey import KEYS, Journey

APPS = [
    "openai_app.py",
    "anthropic_app.py",
    "langchain_app.py",
    "streams_app.py",
    "workers_app.py",
    "legacy_app.py",
    "libraries_app.py",
]

IN_ORDER = ["openai_app.py", "anthropic_app.py", "streams_app.py", "legacy_app.py", "libraries_app.py"]
"""Those that ask one thing after the other, so that a server that numbers its answers says the same twice."""


@pytest.mark.parametrize("app", IN_ORDER)
def test_recording_changes_nothing(journey: Start, app: str) -> None:
    """While it is recorded the app gets what it gets without us, chunk by chunk, over as many connections."""
    one = journey(app)
    assert one.recorded.printed == one.bare.printed
    assert (one.recorded.hits, one.recorded.connections) == (one.bare.hits, one.bare.connections)


@pytest.mark.parametrize("app", APPS)
def test_replay(journey: Start, app: str) -> None:
    """With the server's port closed and no key set, the app prints what it printed when it was recorded."""
    one = journey(app)
    assert one.replayed.printed == one.recorded.printed
    assert one.replayed.summary.startswith(f"{len(one.files)} replayed")
    assert ", 0 recorded, 0 missed" in one.replayed.summary


@pytest.mark.parametrize("app", APPS)
def test_everything_recorded(journey: Start, app: str) -> None:
    """Every answer that isn't a passing failure is one file, and nothing else is there."""
    one = journey(app)
    retried = 2 if one.recorded.printed and "retried" in one.recorded.printed else 0
    assert len(one.files) == one.recorded.hits - retried
    assert f"{len(one.files)} recorded, 0 missed" in one.recorded.summary
    assert [path.name for path in one.corpus.iterdir() if path.name.endswith(".tmp")] == []


@pytest.mark.parametrize("app", ["openai_app.py", "legacy_app.py", "libraries_app.py"])
def test_no_connection(journey: Start, app: str) -> None:
    """By AGENTREC_MODE and the start-up file alone, a listening server sees no connection at all."""
    one = journey(app)
    assert one.replayed_by_variable.printed == one.recorded.printed
    assert (one.replayed_by_variable.hits, one.replayed_by_variable.connections) == (0, 0)


@pytest.mark.parametrize("app", APPS)
def test_no_secret(journey: Start, app: str) -> None:
    """No key is in the corpus."""
    one = journey(app)
    assert one.recorded.code == 0
    for path in one.corpus.iterdir():
        text = path.read_text()
        assert not [key for key in KEYS.values() if key in text], path


def test_auto_again(journey: Start) -> None:
    """A second run in auto is a replay: nothing goes out, nothing is written."""
    one = journey("legacy_app.py")
    before = (
        {path: path.stat().st_mtime_ns for path in [one.corpus, *one.files]} if one.recorded.code == 0 else {}
    )
    again = one.run("auto")
    assert again.printed == one.recorded.printed
    assert again.connections == 0
    assert {path: path.stat().st_mtime_ns for path in [one.corpus, *one.files]} == before


def test_refresh(journey: Start, tmp_path: Path) -> None:
    """``refresh`` asks the server again, and its answers take the place of the old ones."""
    one = Journey(("legacy_app.py",), tmp_path)
    assert one.recorded.code == 0
    names = [path.name for path in one.files]
    again = one.run("refresh", changed=True)
    assert again.printed != one.recorded.printed
    assert [path.name for path in one.files] == names
    assert one.replayed.printed == again.printed


def test_verify(journey: Start) -> None:
    """``verify`` asks the server and compares: green where it answers as before, red where it doesn't."""
    one = journey("legacy_app.py")
    before = [path.read_bytes() for path in one.files] if one.recorded.code == 0 else []
    same, other = one.run("verify"), one.run("verify", changed=True)
    assert (same.code, same.hits) == (0, 3)
    assert "3 verified" in same.summary
    assert other.code == 3
    assert "drifted" in other.summary
    assert [path.read_bytes() for path in one.files] == before


def test_other_server(journey: Start) -> None:
    """The host and the port aren't part of a key: replay needs no base URL to be set as it was."""
    one = journey("legacy_app.py")
    assert one.recorded.code == 0
    elsewhere = one.run("replay", gone=True, GATEWAY_URL="https://llm-gateway.test:8443")
    assert elsewhere.printed == one.recorded.printed
