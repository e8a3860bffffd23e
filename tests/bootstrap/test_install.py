"""``agentrec_auto.install()``, ``uninstall()`` and ``import agentrec_auto.auto``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bootstrap.programs import counted, written
from loopback import LoopbackServer
from processes import Run

PY = sys.executable

CHAT = """
import os, sys
import httpx

def post(client=httpx, word="hello"):
    body = {"model": "m", "messages": [{"role": "user", "content": word}]}
    return client.post(sys.argv[1] + "/v1/chat/completions", json=body)
"""


def test_the_one_line(run_python: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """``import agentrec_auto.auto`` records and then replays, with one line at the end and nothing left."""
    app = written(
        tmp_path,
        "app.py",
        "import agentrec_auto.auto\n" + CHAT + "print(post().json()['choices'][0]['message'])",
    )
    env = {"TMPDIR": str(tmp_path)}
    first, second = (run_python(app, server.url, env=env) for _ in range(2))
    assert (first.stdout, server.hits) == (second.stdout, 1)
    assert first.stderr == "agentrec: 0 replayed, 1 recorded, 0 missed · mode auto · corpus\n"
    assert second.stderr == "agentrec: 1 replayed, 0 recorded, 0 missed · mode auto · corpus\n"
    assert not list(tmp_path.glob("agentrec-run-*"))


def test_misses_are_told(run_python: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """In replay, each miss is told in words, and the summary counts it."""
    app = written(tmp_path, "app.py", "import agentrec_auto.auto\n" + CHAT + "post()")
    ran = run_python(app, server.url, env={"AGENTREC_MODE": "replay"})
    miss, *_, counts, told = ran.stderr.splitlines()
    assert miss.startswith("agentrec: no recording in ")
    assert counts.startswith("agentrec: 0 replayed, 0 recorded, 1 missed · mode replay")
    assert told == "agentrec: what was missed is told above"


@pytest.mark.parametrize(
    ("code", "env", "mode"),
    [
        ("agentrec_auto.install()", {}, "auto"),
        ("agentrec_auto.install()", {"CI": "true"}, "replay"),
        ("agentrec_auto.install()", {"AGENTREC_MODE": "record"}, "record"),
        ("agentrec_auto.install('replay')", {"AGENTREC_MODE": "record"}, "replay"),
        ("agentrec_auto.install(mode='replay')", {"AGENTREC_MODE": "off"}, "off"),
        ("import agentrec_auto.auto", {"AGENTREC_MODE": "off"}, "off"),
        ("import agentrec_auto.auto", {"AGENTREC_CONFIG": "mine.toml"}, "verify"),
        ("agentrec_auto.install(config='mine.toml')", {}, "verify"),
    ],
)  # fmt: skip
def test_mode(run_python: Run, tmp_path: Path, code: str, env: dict[str, str], mode: str) -> None:
    """What is given, the environment, the file, CI, and then ``auto``; ``off`` in the environment wins."""
    written(tmp_path, "mine.toml", '[agentrec]\nmode = "verify"\n')
    script = f"import agentrec_auto\n{code}\nimport os; from agentrec_auto.bootstrap import hook; print(hook.mode(), hook._is_on())"
    assert run_python("-c", script, env=env).stdout == f"{mode} {mode != 'off'}\n"


def test_wrongly_asked(run_python: Run) -> None:
    """A ConfigError that names the argument; nothing has been started."""
    script = "import agentrec_auto\ntry: agentrec_auto.install('replya')\nexcept agentrec_auto.ConfigError as error: print(error)\n"
    ran = run_python("-c", script + "import os; print('AGENTREC_MODE' in os.environ)")
    told, started = ran.stdout.splitlines()
    assert (told, started) == (
        "unknown mode 'replya' in install(mode=…): expected off, record, replay, auto, refresh or verify", "False"
    )  # fmt: skip


def test_late(run_python: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """Libraries imported, and clients made, before us are caught."""
    script = (
        CHAT
        + "client = httpx.Client()\nimport agentrec_auto\nagentrec_auto.install(corpus='tapes')\npost(client)"
    )
    assert counted(run_python("-c", script, server.url).stderr)["recorded"] == 1
    assert list((tmp_path / "tapes").glob("*.json"))


def test_children_follow(run_python: Run, call: Path, server: LoopbackServer) -> None:
    """A child of a process that installed us is one of its run."""
    script = (
        "import agentrec_auto.auto, httpx, subprocess, sys; "
        "subprocess.run([sys.executable, *sys.argv[1:]], env={}, check=True)"
    )
    assert counted(run_python("-c", script, call, server.url, "hello").stderr)["recorded"] == 1


def test_under_run_it_is_nothing_new(run_agentrec: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """Beside ``agentrec run`` the import changes nothing, and there is one summary."""
    app = written(tmp_path, "app.py", "import agentrec_auto.auto\n" + CHAT + "post()")
    ran = run_agentrec("run", "--mode", "record", "--", PY, app, server.url)
    assert ran.stderr == "agentrec: 0 replayed, 1 recorded, 0 missed · mode record · corpus\n"


def test_uninstall(run_python: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """Afterwards calls go as before, the environment is what it was, and the run has been summed up."""
    script = (
        CHAT
        + """
import subprocess, agentrec_auto
from importlib.util import find_spec
before, popen, spawn = dict(os.environ), subprocess.Popen.__init__, os.posix_spawn
agentrec_auto.install("replay")
os.environ["MINE"] = "kept"
assert post().status_code == 418 and "ANTHROPIC_API_KEY" in os.environ
agentrec_auto.uninstall()
assert post().status_code == 200
assert os.environ.pop("MINE") == "kept" and dict(os.environ) == before
assert (subprocess.Popen.__init__, os.posix_spawn) == (popen, spawn)
assert not any("agentrec" in finder.__module__ for finder in sys.meta_path if isinstance(finder, type))
agentrec_auto.uninstall()
"""
    )
    ran = run_python("-c", script, server.url, env={"TMPDIR": str(tmp_path)})
    assert (ran.code, counted(ran.stderr)) == (0, {"replayed": 0, "recorded": 0, "missed": 1}), ran.stderr
    assert not list(tmp_path.glob("agentrec-run-*"))


def test_install_again(run_python: Run, server: LoopbackServer) -> None:
    """Each install is a run of its own, with its own figures."""
    script = (
        CHAT
        + """
import agentrec_auto
for word in ("one", "two"):
    agentrec_auto.install("record")
    agentrec_auto.install("replay")
    post(word=word)
    agentrec_auto.uninstall()
"""
    )
    ran = run_python("-c", script, server.url)
    assert ran.stderr == "agentrec: 0 replayed, 1 recorded, 0 missed · mode record · corpus\n" * 2


def test_importing_the_package_starts_nothing(run_python: Run) -> None:
    """``import agentrec_auto`` alone is inert."""
    script = (
        "import agentrec_auto, sys; print(*sorted(name for name in sys.modules if 'agentrec_auto' in name))"
    )
    assert run_python("-c", script, env={"AGENTREC_MODE": "replay"}).stdout == "agentrec_auto\n"
