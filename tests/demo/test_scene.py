"""A scene tells what was not as promised: the demo's checks are real."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentrec_auto.demo import play
from agentrec_auto.demo.play import APPS, App, Cassette, Run, Scene

TEXT = "said\n(5 chunks)\n"


def ran(text: str = TEXT, code: int = 0, errors: str = "") -> Run:
    return Run(text=text, code=code, errors=errors, started=0.0, ended=1.0)


def scene(**changes: object) -> Scene:
    """A scene that went well, but for the changes."""
    cassettes = [Cassette("a.json", 1, 1), Cassette("b.json", 1, 5)]
    well = {"live": ran(), "offline": ran(), "cassettes": cassettes, "port": 1, "is_closed": True}
    return Scene(App("openai", "app.py"), "folder", **{**well, **changes})


def test_well() -> None:
    """Nothing to say where all went well."""
    assert list(scene().faults()) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"is_closed": False}, "something still listened on 127.0.0.1:1"),
        ({"live": ran(code=1, errors="Traceback\nBoom: no\nagentrec: x")}, "exit code 1 live: Boom: no"),
        (
            {"offline": ran(code=3, errors="agentrec: 1 missed · mode auto · c")},
            "exit code 3 offline: 1 missed",
        ),
        ({"cassettes": []}, "made 2 calls, but 0 were recorded"),
        ({"cassettes": [Cassette("a.json", 1, 1)]}, "made 2 calls, but 1 were recorded"),
        ({"offline": ran("other\n(5 chunks)\n")}, "another text offline than live"),
        ({"offline": ran("said\n(4 chunks)\n")}, "got 5 chunks live, but 4 offline"),
        ({"live": ran("said"), "offline": ran("said")}, "got no chunks"),
        ({"added": ["c.json"]}, "recorded c.json when there was nothing to record"),
    ],
)
def test_faults(changes: dict[str, object], told: str) -> None:
    """Each thing that can go wrong is told."""
    assert any(told in fault for fault in scene(**changes).faults())


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.script)
def test_scripts_unmodified(app: App) -> None:
    """The scripts are what a user would write: the SDK, and nothing of ours."""
    written = (Path(play.__file__).parent / app.script).read_text()
    imported = [line for line in written.splitlines() if "import" in line.split()]
    assert "agentrec" not in written
    assert [line.split()[1] for line in imported] == [app.sdk]
