"""Switching on and off: who is heard, how early, and what is left behind."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from unittest.mock import Mock

import pytest
from processes import Run
from pytest_plugin.suite import Suite, section

from agentrec_auto.errors import ConfigError
from agentrec_auto.pytest_plugin import run

ASKS = """
    from app import ask

    def test_asks():
        assert ask().endswith("to: hi")
"""
PASSES = "def test_passes(): pass"
SWITCHES = pytest.mark.parametrize(
    ("words", "env"),
    [(["--agentrec", "auto"], {}), ([], {"AGENTREC_MODE": "auto"})],
    ids=["flag", "variable"],
)


def test_off(suite: Suite) -> None:
    """Where no mode is said, a whole run loads nothing of us but the door, and calls go out as ever."""
    suite.write("test_app.py", ASKS)
    suite.write(
        "conftest.py",
        """
        import sys

        def pytest_terminal_summary(terminalreporter):
            terminalreporter.write_line(repr(sorted(name for name in sys.modules if name.startswith("agentrec"))))
            terminalreporter.write_line(f"wrapt: {'wrapt' in sys.modules}")
        """,
    )
    ran = suite.pytest()
    assert "['agentrec_auto', 'agentrec_auto.pytest_plugin']\nwrapt: False" in ran.stdout
    assert (ran.code, suite.server.hits, suite.recordings(), section(ran)) == (0, 1, [], [])
    assert "agentrec:" not in ran.stdout + ran.stderr


@SWITCHES
def test_on(suite: Suite, words: list[str], env: dict[str, str]) -> None:
    """A flag or the variable switch on, before the first conftest imports anything."""
    suite.write("conftest.py", "from app import ask; ask('from a conftest')")
    suite.write("test_app.py", ASKS)
    ran = suite.pytest(*words, **env)
    assert (ran.code, suite.asked()) == (0, ["from a conftest", "hi"])
    assert section(ran) == ["0 replayed, 2 recorded, 0 missed · mode auto · corpus"]


def test_loaded_late(suite: Suite) -> None:
    """Named in a conftest's ``pytest_plugins``, where plugins aren't found by themselves, we start at once."""
    suite.write("conftest.py", "pytest_plugins = ['agentrec_auto.pytest_plugin']")
    suite.write("test_app.py", ASKS)
    assert suite.python("-m", "pytest", "--agentrec", "auto").code == 0
    assert suite.asked() == ["hi"]


def test_header(suite: Suite) -> None:
    """One line at the head says mode, corpus, and what is intercepted."""
    suite.write("test_app.py", PASSES)
    ran = suite.pytest("--agentrec", "auto")
    (line,) = [line for line in ran.stdout.splitlines() if line.startswith("agentrec:")]
    assert line.startswith("agentrec: mode auto, corpus corpus, intercepting httpx ")
    assert ", httpx2 " in line


def test_nothing_to_say(suite: Suite) -> None:
    """A run without a call to a model has no section at its end."""
    suite.write("test_app.py", PASSES)
    assert section(suite.pytest("--agentrec", "replay")) == []


INI = "[pytest]\nagentrec = replay\nagentrec_corpus = of-ini\n"
FILE = "[agentrec]\nmode = 'record'\ncorpus = 'of-file'\n"


@pytest.mark.parametrize(
    ("words", "env", "ini", "told"),
    [
        (["--agentrec=auto"], {"AGENTREC_MODE": "verify"}, INI, "mode auto, corpus of-ini"),
        ([], {"AGENTREC_MODE": "verify"}, INI, "mode verify, corpus of-ini"),
        ([], {}, INI, "mode replay, corpus of-ini"),
        ([], {"AGENTREC_CORPUS": "of-env"}, INI, "mode replay, corpus of-env"),
        (["--agentrec-corpus=of-flag"], {"AGENTREC_CORPUS": "of-env"}, INI, "mode replay, corpus of-flag"),
        (["--agentrec=auto"], {}, "[pytest]", "mode auto, corpus of-file"),
    ],
)
def test_who_wins(suite: Suite, words: list[str], env: dict[str, str], ini: str, told: str) -> None:
    """Flag over environment over ini key over config file."""
    suite.write("pytest.ini", ini)
    suite.write("agentrec.toml", FILE)
    suite.write("test_app.py", PASSES)
    assert f"agentrec: {told}, intercepting" in suite.pytest(*words, **env).stdout


def test_the_config_file_does_not_switch_on(suite: Suite) -> None:
    """A mode in agentrec.toml says which, not whether: a plain ``pytest`` stays as it was."""
    suite.write("agentrec.toml", FILE)
    suite.write("test_app.py", ASKS)
    assert (suite.pytest().code, suite.recordings("of-file")) == (0, [])


def test_on_miss(suite: Suite) -> None:
    """``--agentrec-on-miss live`` lets through what nobody recorded, and doesn't record it."""
    suite.write("test_app.py", ASKS)
    ran = suite.pytest("--agentrec", "replay", "--agentrec-on-miss", "live")
    assert (ran.code, suite.server.hits, suite.recordings()) == (0, 1, [])
    assert "1 live, unrecorded" in section(ran)[0]


def test_ini_corpus_is_beside_the_ini_file(suite: Suite) -> None:
    """The same folder, wherever pytest is started."""
    suite.write("pytest.ini", "[pytest]\nagentrec = auto\nagentrec_corpus = recordings\n")
    suite.write("tests/test_app.py", "import os\ndef test_told(): print(os.environ['AGENTREC_CORPUS'])")
    ran = suite.pytest("-s", cwd="tests")
    assert str(suite.folder / "recordings") in ran.stdout


@pytest.mark.parametrize(
    ("words", "corpus"), [([], "of-ini"), (["--corpus", "of-run"], "of-run")], ids=["by-default", "by-flag"]
)
def test_under_run(suite: Suite, words: list[str], corpus: str) -> None:
    """The ini key's corpus gives way to one that ``agentrec run`` was told, not to its default."""
    suite.write("pytest.ini", INI)
    suite.write("test_app.py", ASKS)
    run = ["-m", "agentrec_auto", "run", "--mode", "auto", *words, "--"]
    ran = suite.python(*run, sys.executable, "-m", "pytest", "-p", "agentrec_auto")
    assert (ran.code, len(suite.recordings(corpus))) == (0, 1)
    assert section(ran) == [f"0 replayed, 1 recorded, 0 missed · mode auto · {corpus}"]
    assert "agentrec: 0 replayed, 1 recorded, 0 missed · mode auto" in ran.stderr


@pytest.mark.parametrize(
    ("words", "env", "ini", "where"),
    [
        (["--agentrec=replya"], {}, "[pytest]", "--agentrec"),
        ([], {"AGENTREC_MODE": "replya"}, "[pytest]", "AGENTREC_MODE"),
        ([], {}, "[pytest]\nagentrec = replya", "pytest.ini agentrec"),
    ],
    ids=["flag", "variable", "ini"],
)
def test_wrong_mode(suite: Suite, words: list[str], env: dict[str, str], ini: str, where: str) -> None:
    """A mode that isn't one is a usage error, told before any test is collected."""
    suite.write("pytest.ini", ini)
    suite.write("test_app.py", "print('collected')\n" + PASSES)
    ran = suite.pytest("-s", *words, **env)
    assert (ran.code, ran.stdout.count("collected")) == (4, 0)
    expected = "expected off, record, replay, auto, refresh or verify"
    assert f"agentrec: unknown mode 'replya' in {where}: {expected}" in ran.stderr


@SWITCHES
def test_corpus_that_cannot_be(suite: Suite, words: list[str], env: dict[str, str]) -> None:
    """A corpus where no store can be is a usage error: a green run would have recorded nothing."""
    suite.write("test_app.py", PASSES)
    ran = suite.pytest(*words, AGENTREC_CORPUS="tape://x", **env)
    assert ran.code == 4
    assert "ERROR: agentrec: unknown store 'tape' in AGENTREC_CORPUS: expected a folder" in ran.stderr


@SWITCHES
def test_broken_config(suite: Suite, words: list[str], env: dict[str, str]) -> None:
    """A config file that can't be followed is a usage error that names file, key and cure."""
    suite.write("agentrec.toml", "[agentrec]\nmoode = 'auto'\n")
    suite.write("test_app.py", PASSES)
    ran = suite.pytest(*words, **env)
    assert ran.code == 4
    assert "ERROR: agentrec: unknown key 'moode' in agentrec.toml" in ran.stderr


def test_children(suite: Suite) -> None:
    """What a test starts is recorded and counted, too."""
    suite.write(
        "test_app.py",
        """
        import subprocess, sys

        def test_starts():
            subprocess.run([sys.executable, "-c", "import app; app.ask()"], check=True)
        """,
    )
    assert section(suite.pytest("--agentrec=auto")) == [
        "0 replayed, 1 recorded, 0 missed · mode auto · corpus"
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["-p", "agentrec_auto", "--agentrec=off"],
        ["-p", "no:agentrec_auto"],
        ["-p", "agentrec_auto", "-p", "no:agentrec"],
        ["-p", "agentrec_auto", "-p", "no:agentrec", "-n", "1", "-p", "xdist"],
    ],
    ids=["off", "blocked", "blocked by its short name", "and with xdist"],
)
def test_left_out(suite: Suite, words: list[str]) -> None:
    """Switched off by the flag, or as a plugin, we do nothing, whatever the environment says."""
    suite.write("test_app.py", ASKS)
    ran = suite.python("-m", "pytest", *words, AGENTREC_MODE="replay")
    assert (ran.code, suite.server.hits, section(ran)) == (0, 1, [])
    assert "agentrec:" not in ran.stdout


def test_off_under_run(suite: Suite) -> None:
    """``--agentrec off`` also holds under ``agentrec run``."""
    suite.write("test_app.py", ASKS)
    run = ["-m", "agentrec_auto", "run", "--mode", "replay", "--", sys.executable]
    ran = suite.python(*run, "-m", "pytest", "-p", "agentrec_auto", "--agentrec", "off")
    assert (ran.code, suite.server.hits) == (0, 1)


def test_nothing_is_left_behind(suite: Suite) -> None:
    """pytest run twice inside a program leaves its environment, its imports and its libraries as they were."""
    suite.write("test_app.py", ASKS)
    suite.write(
        "program.py",
        """
        import os, subprocess, sys
        import httpx2, pytest

        def state():
            patched = httpx2.Client._transport_for_url, subprocess.Popen.__init__, os.execve
            left = os.listdir(os.environ["TMPDIR"])
            return {**os.environ, "meta_path": list(sys.meta_path), "patched": patched, "left": left}

        os.environ.pop("PYTEST_CURRENT_TEST", None)  # of this test; pytest takes it away
        before = state()
        for mode in "record", "replay":
            code = pytest.main(["-p", "agentrec_auto", "--agentrec", mode])
            sys.modules.pop("test_app")
            print(int(code))
        after = state()
        print({name: after.get(name) for name in before | after if before.get(name) != after.get(name)})
        """,
    )
    (suite.folder / "tmp").mkdir()
    ran = suite.python("program.py", TMPDIR=str(suite.folder / "tmp"))
    assert "0 replayed, 1 recorded, 0 missed · mode record" in ran.stdout
    assert "1 replayed, 0 recorded, 0 missed · mode replay" in ran.stdout
    assert ran.stdout.endswith("0\n{}\n")
    assert (suite.server.hits, ran.stderr) == (1, "")


def test_found_by_itself(run_python: Run, suite: Suite) -> None:
    """Installed, the plugin is found without being named."""
    suite.write("test_app.py", PASSES)
    ran = run_python("-m", "pytest", "--agentrec", "auto", cwd=suite.folder)
    assert "agentrec: mode auto, corpus corpus" in ran.stdout


def test_not_interceptable(suite: Suite) -> None:
    """Where replay can't be kept from going live, no test runs."""
    suite.write("httpx2.py", "class Client: pass\nclass AsyncClient: pass")
    suite.write("early.py", "import httpx2")
    suite.write("test_app.py", PASSES)
    ran = suite.pytest("-p", "early", "--agentrec", "replay")
    assert ran.code == 4
    assert ran.stderr.startswith("ERROR: agentrec: can't intercept httpx2 ")


def test_no_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a container that is read-only, misses are counted in shared memory, or pytest doesn't begin."""
    monkeypatch.setattr(tempfile, "gettempdir", Mock(side_effect=FileNotFoundError))
    monkeypatch.setattr(run, "SHARED_MEMORY", str(tmp_path))
    assert run.temporary() == str(tmp_path)
    monkeypatch.setattr(run, "SHARED_MEMORY", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="expected one by TMPDIR"):
        run.temporary()
