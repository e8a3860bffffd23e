"""The main job: an unmodified app is recorded, and replayed with the server gone, the key gone, and no waiting.

Each app's journey is made once and looked at from several sides.
"""

from __future__ import annotations

import pytest
from journeys.conftest import Start
from journeys.journey import KEYS

APPS = [
    "openai_app.py",
    "anthropic_app.py",
    "langchain_app.py",
    "streams_app.py",
    "workers_app.py",
    "legacy_app.py",
]

IN_ORDER = ["openai_app.py", "anthropic_app.py", "streams_app.py", "legacy_app.py"]
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


@pytest.mark.parametrize("app", ["openai_app.py", "legacy_app.py"])
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
