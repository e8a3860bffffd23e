"""``agentrec demo`` as a user runs it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from processes import Ran, Run, run

SCRIPTS = ["openai_app.py", "anthropic_app.py"]
CURE = "pip install 'agentrec-auto[demo]'"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo kept scripts and recordings."""
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def ran(kept: Path) -> Ran:
    """One run, in an environment that would disturb a careless demo."""
    disturbing = {
        "CI": "true",
        "AGENTREC_MODE": "replay",
        "AGENTREC_ON_MISS": "fail",
        "HTTP_PROXY": "http://[::1]:9",
    }
    words = ["demo", "--json", "--keep", str(kept)]
    return run(sys.executable, "-m", "agentrec_auto", *words, env=disturbing, cwd=kept.parent)


@pytest.fixture(scope="module")
def told(ran: Ran) -> dict[str, Any]:
    return json.loads(ran.stdout)


def test_well(ran: Ran, told: dict[str, Any]) -> None:
    """It ends well, and says so."""
    assert (ran.code, told["ok"], told["faults"], told["missing"]) == (0, True, [], [])


def test_both_sdks(told: dict[str, Any]) -> None:
    """Both scripts were recorded live, and replayed."""
    assert [scene["script"] for scene in told["scripts"]] == SCRIPTS
    for scene in told["scripts"]:
        assert scene["live"]["summary"] == "0 replayed, 2 recorded, 0 missed"
        assert scene["offline"]["summary"] == "2 replayed, 0 recorded, 0 missed"


def test_same(told: dict[str, Any]) -> None:
    """Offline they print what they printed live, chunk for chunk."""
    for scene in told["scripts"]:
        assert scene["live"]["text"] == scene["offline"]["text"] != ""
        assert scene["live"]["chunks"] == scene["offline"]["chunks"] > 10


def test_quicker(told: dict[str, Any]) -> None:
    """Offline nobody waits for a model."""
    for scene in told["scripts"]:
        assert scene["live"]["waited_s"] > 1
        assert scene["offline"]["waited_s"] == 0


def test_endpoint_gone(told: dict[str, Any]) -> None:
    """Nothing listens where the endpoint was."""
    for scene in told["scripts"]:
        assert scene["endpoint"]["is_closed"]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", scene["endpoint"]["port"]))


def test_recordings(told: dict[str, Any], kept: Path) -> None:
    """It names the files it recorded, and keeps them."""
    named = [cassette["name"] for scene in told["scripts"] for cassette in scene["cassettes"]]
    assert len(named) == 4
    assert sorted(named) == sorted(path.name for path in (kept / "corpus").glob("*.json"))


def test_kept_replays(told: dict[str, Any], kept: Path) -> None:
    """What it kept replays by hand, without a key and without an endpoint's address."""
    script = SCRIPTS[0]
    words = ["-m", "agentrec_auto", "run", "--mode", "replay", "--", sys.executable, script]
    again = run(sys.executable, *words, cwd=kept)
    (scene,) = [scene for scene in told["scripts"] if scene["script"] == script]
    assert (again.code, again.stdout) == (0, scene["live"]["text"])


def test_keep_needs_room(run_agentrec: Run, tmp_path: Path) -> None:
    """A folder with something in it is refused: old recordings would make the demo a sham."""
    (tmp_path / "mine").write_text("precious")
    done = run_agentrec("demo", "--keep", str(tmp_path))
    assert (done.code, "is not an empty folder" in done.stderr) == (2, True)


def without(folder: Path, *absent: str) -> Path:
    """An interpreter that has everything this one has, but for some packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    told = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    target = subprocess.run(told, check=True, capture_output=True, text=True).stdout.strip()
    for entry in os.scandir(sysconfig.get_path("purelib")):
        if not entry.name.startswith(absent):
            os.symlink(entry.path, os.path.join(target, entry.name))
    return python


@pytest.fixture(scope="module")
def without_anthropic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has only the other SDK."""
    return without(tmp_path_factory.mktemp("without") / "env", "anthropic")


def test_difference_is_seen(without_anthropic: Path, tmp_path: Path) -> None:
    """A script that prints something else offline fails the demo: the comparison is real."""
    folder = tmp_path / "start"
    folder.mkdir()
    spoiler = "import builtins, functools, os\nbuiltins.print = functools.partial(print, os.getpid())\n"
    (folder / "sitecustomize.py").write_text(spoiler)
    done = run(
        without_anthropic, "-m", "agentrec_auto", "demo", cwd=tmp_path, env={"PYTHONPATH": str(folder)}
    )
    assert done.code == 1
    assert "openai_app.py printed another text offline than live" in " ".join(done.stdout.split())


def test_one_missing(without_anthropic: Path, tmp_path: Path) -> None:
    """Without one SDK it says which, and the cure, and shows the other; be stdout only ASCII."""
    dull = {"COLUMNS": "120", "PYTHONIOENCODING": "ascii"}
    done = run(without_anthropic, "-m", "agentrec_auto", "demo", cwd=tmp_path, env=dull)
    assert done.code == 0, done.stdout + done.stderr
    assert f"anthropic is not installed, so anthropic_app.py is left out: {CURE}" in done.stdout
    assert "python openai_app.py" in done.stdout
    assert "same text, same chunks" in done.stdout


def test_none_installed(tmp_path: Path) -> None:
    """Without any SDK it is asked wrongly, and says the cure."""
    python = without(tmp_path / "env", "anthropic", "openai")
    done = run(python, "-m", "agentrec_auto", "demo", cwd=tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == f"agentrec: neither openai nor anthropic is installed here: {CURE}\n"
