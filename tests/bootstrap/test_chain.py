"""Our sitecustomize shares its place: with the user's own, with other launchers, and with old Pythons."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from bootstrap.programs import counted, interpreter, written
from loopback import LoopbackServer
from processes import Run, run

from agentrec_auto.bootstrap import hook

PY = sys.executable
OLD = ("2.7", "3.6", "3.8", "3.9")


def theirs(folder: Path, text: str) -> Path:
    """A sitecustomize of the user's, in a folder of its own."""
    folder.mkdir()
    written(folder, "sitecustomize.py", text)
    return folder


@pytest.mark.parametrize("mode", ["auto", "replay", "off"])
def test_the_users_own_runs(run_agentrec: Run, tmp_path: Path, mode: str) -> None:
    """The sitecustomize we hide runs after us, and is the module of that name."""
    folder = theirs(tmp_path / "theirs", "import os; os.environ['RAN'] = 'theirs'")
    script = "import os, sitecustomize; print(os.environ['RAN'], sitecustomize.__file__)"
    command = ["env", "-u", "RAN", PY, "-c", script]
    ran = run_agentrec("run", "--mode", mode, "--", *command, env={"PYTHONPATH": str(folder)})
    assert ran.stdout == f"theirs {folder / 'sitecustomize.py'}\n"


def test_usercustomize_runs(run_agentrec: Run, tmp_path: Path) -> None:
    """So does usercustomize, where the interpreter has one."""
    user = run_agentrec("run", "--", PY, "-m", "site", "--user-site", env={"PYTHONUSERBASE": str(tmp_path)})
    folder = Path(user.stdout.strip())
    folder.mkdir(parents=True)
    written(folder, "usercustomize.py", "print('theirs')")
    bare = run(PY, "-c", "pass", env={"PYTHONUSERBASE": str(tmp_path)})
    ran = run_agentrec("run", "--", PY, "-c", "pass", env={"PYTHONUSERBASE": str(tmp_path)})
    assert ran.stdout == bare.stdout


def test_its_errors_are_shown_by_site(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer
) -> None:
    """What the user's raises is shown as Python shows it; we are on all the same."""
    folder = theirs(tmp_path / "theirs", "raise ZeroDivisionError('theirs')")
    bare = run(PY, "-c", "pass", env={"PYTHONPATH": str(folder)})
    ran = run_agentrec("run", "--", PY, call, server.url, "hello", env={"PYTHONPATH": str(folder)})
    assert bare.stderr and ran.stderr.startswith(bare.stderr)
    assert counted(ran.stderr)["recorded"] == 1


def test_a_missing_module_of_its_own_is_not_hidden(run_agentrec: Run, tmp_path: Path) -> None:
    """An ImportError inside the user's sitecustomize isn't taken for its absence."""
    folder = theirs(tmp_path / "theirs", "import nosuchmodule")
    ran = run_agentrec("run", "--", PY, "-c", "pass", env={"PYTHONPATH": str(folder)})
    assert "No module named 'nosuchmodule'" in ran.stderr


LAUNCHER = """#!{python}
import os, sys
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "theirs")
os.environ["PYTHONPATH"] = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.parametrize("order", ["ours outside", "ours inside"])
def test_a_launcher_that_does_not_chain(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, order: str
) -> None:
    """A launcher whose folder goes in front and whose sitecustomize ends there loses neither us nor itself."""
    theirs(tmp_path / "theirs", "print('theirs')")
    launcher = written(tmp_path, "launcher", LAUNCHER.format(python=PY))
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    command = [PY, call, server.url, "hello"]
    if order == "ours outside":
        ran = run_agentrec("run", "--", launcher, *command)
    else:
        ran = run(launcher, PY, "-m", "agentrec_auto", "run", "--", *command, cwd=tmp_path)
    assert ran.stdout.splitlines()[-2:] == ["theirs", "answer 1 to: hello"]
    assert counted(ran.stderr)["recorded"] == 1


@pytest.mark.parametrize("version", OLD)
def test_an_old_python_only_chains(tmp_path: Path, version: str) -> None:
    """A Python older than ours runs the user's sitecustomize and gives no sign of us."""
    folder = theirs(tmp_path / "theirs", "import sys; sys.stdout.write('theirs\\n')")
    python = interpreter(version)
    env = {
        "AGENTREC_MODE": "replay",
        "PYTHONPATH": os.pathsep.join([hook.INJECT, str(folder)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    script = "import sys; sys.stdout.write('%s %s' % (any('agentrec' in m for m in sys.modules), any('inject' in p for p in sys.path)))"
    ran = run(python, "-c", script, env=env)
    assert (ran.code, ran.stdout, ran.stderr) == (0, "theirs\nFalse False", "")
    without = run(python, "-c", "pass", env={**env, "PYTHONPATH": hook.INJECT})
    assert (without.code, without.stdout, without.stderr) == (0, "", "")
