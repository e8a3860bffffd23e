"""``agentrec doctor``: whether a command's calls would be recorded, and if not, why."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import httpx2
import pytest
import wrapt
from doctor.asking import Ask
from processes import Run

import agentrec_auto
from agentrec_auto import __version__
from agentrec_auto.bootstrap import startup_files


def test_yes(ask: Ask) -> None:
    """An SDK on a library that is intercepted is covered; the command itself isn't run."""
    answer = ask("python", "app.py")
    assert answer.code == 0
    assert answer.verdict.startswith("yes: calls by openai, anthropic")
    assert answer.state("httpx") == answer.state("httpx2") == answer.state("openai") == "covered"
    assert answer.text("openai") == "calls by httpx2"
    assert answer.text("start-up") == "our sitecustomize is first"


@pytest.mark.parametrize(
    ("words", "verdict", "cure"),
    [
        (("python", "nofile.py"), "no: there is no file 'nofile.py'", "working directory"),
        (("python", "-m", "nomodule.app"), "no: there is no module 'nomodule' for ", "install it there"),
        (("app.py",), "no: there is no command 'app.py'", "`python app.py`"),
    ],
)
def test_nothing_to_run(ask: Ask, words: tuple[str, ...], verdict: str, cure: str) -> None:
    """A command whose program isn't there records nothing, and what is missing is said."""
    answer = ask(*words)
    assert answer.code == 1
    assert answer.verdict.startswith(verdict) and cure in answer.cures


def test_a_module_that_is_there(ask: Ask) -> None:
    """A module next to the working directory's files is found as `python -m` finds it, and not run."""
    answer = ask("python", "-m", "app")
    assert (answer.code, answer.state("command")) == (0, "")


def test_this_python(ask: Ask) -> None:
    """Without a command, the question is about the Python that runs the doctor."""
    answer = ask()
    assert (answer.code, answer.state("python")) == (0, "covered")
    assert sys.executable in answer.text("python")
    assert __version__ in answer.text("agentrec-auto")


@pytest.mark.parametrize(
    ("flag", "cure"), [("-E", "hook install"), ("-I", "hook install"), ("-S", "agentrec_auto.auto")]
)
def test_flags_that_keep_us_out(ask: Ask, flag: str, cure: str) -> None:
    """A Python that is told not to look at PYTHONPATH, or to run no start-up file, says so."""
    answer = ask("python", flag, "app.py")
    assert answer.code == 1
    assert answer.verdict.startswith(f"no: Python's flag {flag} keeps")
    assert cure in answer.cures


def test_a_start_up_file(ask: Ask, run_agentrec: Run, project: Path) -> None:
    """The cure for such a flag cures it: a start-up file is run under it, and is named."""
    venv.create(project / "its")
    python = project / "its/bin/python"
    packages = next((project / "its/lib").iterdir()) / "site-packages"
    ours = [Path(module.__file__).parents[1] for module in (agentrec_auto, httpx2, wrapt)]
    (packages / "_there.pth").write_text("".join(f"{folder}\n" for folder in ours))
    assert ask(str(python), "-E", "app.py").code == 1
    assert run_agentrec("hook", "install", "--python", python).code == 0
    answer = ask(str(python), "-E", "app.py")
    assert (answer.code, answer.state("httpx2")) == (0, "covered")
    assert answer.text("start-up") == str(packages / "agentrec_auto_hook.pth")


def test_a_start_up_file_without_us(ask: Ask, project: Path) -> None:
    """What our start-up file complains of is the answer."""
    venv.create(project / "its")
    packages = next((project / "its/lib").iterdir()) / "site-packages"
    for name, content in startup_files.FILES.items():
        (packages / name).write_text(content)
    assert "agentrec-auto is gone" in ask(str(project / "its/bin/python"), "-E", "app.py").verdict


def test_flags_of_a_console_script(ask: Ask, project: Path) -> None:
    """The first line of a console script counts, flags and all."""
    (project / "serve").write_text(f"#!{sys.executable} -E\nimport app\n")
    (project / "serve").chmod(0o755)
    assert "-E" in ask("./serve", "-w", "4").verdict


def test_a_replaced_environment(ask: Ask) -> None:
    """What clears the environment on the way loses us."""
    answer = ask("env", "-i", "python", "app.py")
    assert answer.code == 1
    assert "AGENTREC_MODE doesn't arrive" in answer.verdict


def test_a_shadow(ask: Ask, project: Path) -> None:
    """Another sitecustomize in front of ours is named."""
    (project / "other").mkdir()
    (project / "other/sitecustomize.py").write_text("")
    answer = ask("env", f"PYTHONPATH={project / 'other'}", "python", "app.py")
    assert answer.code == 1
    assert str(project / "other/sitecustomize.py") in answer.verdict


def test_a_sitecustomize_of_ones_own(ask: Ask, project: Path) -> None:
    """The user's is named, and runs after ours."""
    (project / "own").mkdir()
    (project / "own/sitecustomize.py").write_text("")
    answer = ask("python", "app.py", env={"PYTHONPATH": str(project / "own")})
    assert (answer.code, answer.state("sitecustomize")) == (0, "note")
    assert "runs too, after ours" in answer.text("sitecustomize")


def test_another_version_of_us(ask: Ask, project: Path) -> None:
    """A copy of us in the other interpreter is the one that works there."""
    venv.create(project / "bare")
    package = next((project / "bare/lib").iterdir()) / "site-packages/agentrec_auto"
    package.mkdir()
    (package / "__init__.py").write_text("__version__ = '0.0.1'\n")
    answer = ask(str(project / "bare/bin/python"), "app.py")
    assert "0.0.1 is installed there" in answer.text("agentrec-auto")


def test_a_whole_command(ask: Ask) -> None:
    """``agentrec run --mode … -- CMD`` may be given as it stands."""
    answer = ask("agentrec", "run", "--mode", "record", "--", "python", "app.py")
    assert (answer.code, answer.facts["mode"]) == (0, "record")


def test_a_command_that_cannot_be_seen_through(ask: Ask) -> None:
    """What can't be told is not called a no."""
    answer = ask("bash", "-c", "python app.py")
    assert (answer.code, answer.verdict.partition(":")[0]) == (1, "can't tell")


def test_a_script_that_loses_us(ask: Ask, project: Path) -> None:
    """A shell's script is no Python, but that it takes our PYTHONPATH away can be seen."""
    (project / "start.sh").write_text("export PYTHONPATH=/srv\npython app.py\n")
    answer = ask("sh", "start.sh")
    assert (answer.code, answer.verdict.partition(":")[0]) == (1, "no")
    assert "start.sh, line 1: `PYTHONPATH=/srv` takes our PYTHONPATH away" in answer.verdict


def test_an_old_python(ask: Ask, project: Path) -> None:
    """A Python older than ours is named, not tripped over."""
    old = project / "python3.8"
    old.write_text("#!/bin/sh\necho 'Python 3.8' >&2\nexit 1\n")  # what our first line does under 3.8
    old.chmod(0o755)
    assert ask(str(old), "app.py").verdict == "no: it runs under Python 3.8"


def test_plain_in_a_pipe(run_agentrec: Run, project: Path) -> None:
    """In a pipe: the answer in the first line, each finding in one, what to do at the end; no colours."""
    ran = run_agentrec("doctor", "--", sys.executable, "-I", "app.py", cwd=project)
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("no: ")
    assert "in the way" in lines
    assert lines[lines.index("what to do") + 1].startswith("  - leave -I out")
    assert "\x1b" not in ran.stdout


def test_asked_wrongly(run_agentrec: Run) -> None:
    """An unknown option ends in 2, and one of the run that is asked about, too."""
    assert run_agentrec("doctor", "--nonsense").code == 2
    assert run_agentrec("doctor", "--", "agentrec", "run", "--nonsense", "--", "python").code == 2


def test_keys(ask: Ask) -> None:
    """A key that is not there is worth knowing, and in replay it isn't."""
    answer = ask("python", "app.py")
    assert answer.code == 0
    assert answer.text("keys").startswith("OPENAI_API_KEY, ANTHROPIC_API_KEY are not set, and without a key")
    assert ask("python", "app.py", flags=("--mode", "replay")).text("keys") == ""
    set_here = ask("env", "OPENAI_API_KEY=k", "python", "app.py", env={"ANTHROPIC_AUTH_TOKEN": "k"})
    assert set_here.text("keys") == ""
