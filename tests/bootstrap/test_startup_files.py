"""``agentrec hook``: three files, written when asked, and nothing more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bootstrap.programs import counted, interpreter
from loopback import LoopbackServer
from processes import Run, run

from agentrec_auto.bootstrap.startup_files import FILES

PY = sys.executable


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that has what ours has; its Python."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([PY, "-m", "venv", "--without-pip", folder], check=True)
    (ours,) = {path for path in sys.path if path.endswith("site-packages")}
    inside = site(folder / "bin/python")
    (inside / "_ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    return folder / "bin/python"


def site(python: Path) -> Path:
    """The site-packages of a virtual environment."""
    (found,) = python.parent.parent.glob("lib/python*/site-packages")
    return found


@pytest.fixture
def installed(venv: Path, run_agentrec: Run) -> Iterator[Path]:
    """The environment with the start-up files in it."""
    assert run_agentrec("hook", "install", "--python", venv).code == 0
    yield venv
    run_agentrec("hook", "remove", "--python", venv)


def there(python: Path) -> set[str]:
    return set(FILES) & set(os.listdir(site(python)))


def test_install_shows_what_it_writes(venv: Path, run_agentrec: Run) -> None:
    """Each file by name and content; status and remove agree."""
    assert run_agentrec("hook", "status", "--python", venv).code == 1
    ran = run_agentrec("hook", "install", "--python", venv)
    for name, content in FILES.items():
        assert f"wrote {site(venv) / name}:" in ran.stdout
        assert all(f"    {line}" in ran.stdout for line in content.splitlines())
        assert (site(venv) / name).read_text() == content
    status = run_agentrec("hook", "status", "--python", venv)
    assert (status.code, status.stdout.count("installed ")) == (0, 3)
    ran = run_agentrec("hook", "remove", "--python", venv)
    assert (ran.stdout.count("removed "), there(venv)) == (3, set())
    assert "nothing to remove" in run_agentrec("hook", "remove", "--python", venv).stdout


def test_files_that_would_not_start_us_are_taken_back(tmp_path: Path, run_agentrec: Run) -> None:
    """Where agentrec-auto is on the path only after start-up files have run, replay would go live."""
    subprocess.run([PY, "-m", "venv", "--without-pip", tmp_path / "late"], check=True)
    python = tmp_path / "late/bin/python"
    (ours,) = {path for path in sys.path if path.endswith("site-packages")}
    (site(python) / "later.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    ran = run_agentrec("hook", "install", "--python", python)
    assert ran.code == 2 and "install it into that environment itself" in ran.stderr
    assert there(python) == set()


def test_dry_run(venv: Path, run_agentrec: Run, request: pytest.FixtureRequest) -> None:
    """``--dry-run`` says what would be, and does nothing."""
    assert run_agentrec("hook", "install", "--dry-run", "--python", venv).stdout.count("would write") == 3
    assert there(venv) == set()
    request.getfixturevalue("installed")
    assert run_agentrec("hook", "remove", "--dry-run", "--python", venv).stdout.count("would remove") == 3
    assert there(venv) == set(FILES)


def test_an_isolated_child_is_not_told_of(
    installed: Path, call: Path, server: LoopbackServer, run_agentrec: Run
) -> None:
    """With the start-up file, ``python -I`` is no way past us: no warning, and it is recorded."""
    script = "import subprocess, sys; subprocess.run([sys.executable, '-I', *sys.argv[1:]])"
    ran = run_agentrec("run", "--", installed, "-c", script, call, server.url, "hello")
    assert (counted(ran.stderr)["recorded"], ran.stderr.count("\n")) == (1, 1), ran.stderr


def test_a_file_changed_by_hand_is_told(installed: Path, run_agentrec: Run) -> None:
    """Status compares content, and install mends it."""
    (site(installed) / "agentrec_auto_hook.pth").write_text("# mine\n")
    status = run_agentrec("hook", "status", "--python", installed)
    assert (status.code, status.stdout.count("changed ")) == (1, 1)
    run_agentrec("hook", "install", "--python", installed)
    assert run_agentrec("hook", "status", "--python", installed).code == 0


@pytest.mark.parametrize("flags", [[], ["-I"], ["-E"]], ids=["plain", "-I", "-E"])
def test_records_by_itself(
    installed: Path, tmp_path: Path, call: Path, server: LoopbackServer, flags: list[str]
) -> None:
    """``AGENTREC_MODE=auto python app.py``: with one line at the end, and nothing left behind."""
    env = {"AGENTREC_MODE": "auto", "TMPDIR": str(tmp_path)}
    first, second = (
        run(installed, *flags, call, server.url, "hello", env=env, cwd=tmp_path) for _ in range(2)
    )
    assert first.stdout == second.stdout == "answer 1 to: hello\n"
    assert (counted(first.stderr)["recorded"], counted(second.stderr)["replayed"], server.hits) == (1, 1, 1)
    assert first.stderr.count("\n") == 1
    assert not list(tmp_path.glob("agentrec-run-*"))


def test_children_belong_to_the_first_process(
    installed: Path, tmp_path: Path, call: Path, server: LoopbackServer
) -> None:
    """One line for all of them, by the process that began."""
    script = f"import httpx, subprocess, sys; subprocess.run([{PY!r}, *sys.argv[1:]], env={{}}, check=True)"
    ran = run(installed, "-c", script, call, server.url, "hello", env={"AGENTREC_MODE": "auto"}, cwd=tmp_path)
    assert (counted(ran.stderr)["recorded"], ran.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("mode", ["", "off"])
def test_inert_when_off(installed: Path, mode: str) -> None:
    """One module more, and no word."""
    script = "import sys; print(*(name for name in sys.modules if 'agentrec' in name))"
    ran = run(installed, "-c", script, env={"AGENTREC_MODE": mode})
    assert (ran.stdout, ran.stderr) == ("_agentrec_auto_hook\n", "")


@pytest.mark.parametrize("words", [["-c", "import socket"], ["-c", "import urllib.request"]], ids=str)
def test_silent_without_an_http_library(installed: Path, words: list[str]) -> None:
    """No line at the end of a program that never imported one; pip imports the standard library's."""
    assert run(installed, *words, env={"AGENTREC_MODE": "replay"}).stderr == ""


def test_a_call_of_the_standard_library_is_told(installed: Path, server: LoopbackServer) -> None:
    """Where there was a call, it is told however it was made."""
    script = (
        'import sys, urllib.request; body = b\'{"model": "m", "messages": []}\'; '
        "urllib.request.urlopen(urllib.request.Request(sys.argv[1] + '/v1/chat/completions', body))"
    )
    ran = run(installed, "-c", script, server.url, env={"AGENTREC_MODE": "replay"})
    assert counted(ran.stderr)["missed"] == 1


def test_left_behind_by_pip_uninstall(installed: Path, tmp_path: Path) -> None:
    """With agentrec-auto gone, one line where the mode is set, none where it isn't."""
    (site(installed) / "_ours.pth").rename(tmp_path / "_ours.pth")
    try:
        on, off = (run(installed, "-c", "pass", env={"AGENTREC_MODE": mode}) for mode in ("auto", ""))
    finally:
        (tmp_path / "_ours.pth").rename(site(installed) / "_ours.pth")
    assert (on.code, on.stderr.count("\n"), off.stderr) == (0, 1, "")
    assert on.stderr.startswith("agentrec: AGENTREC_MODE is set, but agentrec-auto is gone")


def test_together_with_run(installed: Path, run_agentrec: Run, call: Path, server: LoopbackServer) -> None:
    """Under ``agentrec run`` too, a call is recorded once and summed up once."""
    ran = run_agentrec("run", "--", installed, call, server.url, "hello")
    assert (counted(ran.stderr), ran.stderr.count("\n")) == ({"replayed": 0, "recorded": 1, "missed": 0}, 1)


def test_the_start_files_are_the_same_to_3_15() -> None:
    """The ``.start`` file (PEP 829) and the line of the ``.pth`` name the same function."""
    module, function = FILES["agentrec_auto_hook.start"].strip().split(":")
    assert FILES["agentrec_auto_hook.pth"] == f"import {module}; {module}.{function}()\n"


def test_refuses_outside_a_virtual_environment(run_agentrec: Run) -> None:
    """Only with ``--system``, and never where the operating system manages the files."""
    base = getattr(sys, "_base_executable")  # Debian's has no name but python3
    ran = run_agentrec("hook", "install", "--python", base, "--dry-run")
    assert (ran.code, ran.stdout) == (2, "")
    assert "is no virtual environment; --system does it all the same" in ran.stderr


def test_refuses_without_agentrec_there(tmp_path: Path, run_agentrec: Run) -> None:
    """An interpreter that couldn't run us isn't given files that name us."""
    subprocess.run([PY, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    ran = run_agentrec("hook", "install", "--python", tmp_path / "bare/bin/python")
    assert (ran.code, "agentrec-auto isn't installed for" in ran.stderr) == (2, True)


def test_refuses_an_old_python(run_agentrec: Run) -> None:
    """Older than 3.10."""
    ran = run_agentrec("hook", "install", "--system", "--python", interpreter("3.9"))
    assert (ran.code, "agentrec needs CPython 3.10 or later" in ran.stderr) == (2, True)


def test_no_such_python(run_agentrec: Run) -> None:
    """Named, with the reason."""
    ran = run_agentrec("hook", "status", "--python", "/nowhere/python")
    assert (ran.code, "can't ask '/nowhere/python'" in ran.stderr) == (2, True)


def test_example(run_python: Run, tmp_path: Path, call: Path, server: LoopbackServer) -> None:
    """The sitecustomize we show does the same by hand, runs the one it hides, and has 15 lines at most."""
    example = Path(__file__).parents[2] / "sitecustomize_example"
    assert len((example / "sitecustomize.py").read_text().splitlines()) <= 15
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/sitecustomize.py").write_text("print('theirs')")
    path = os.pathsep.join([str(example), str(tmp_path / "theirs")])
    ran = run_python(call, server.url, "hello", env={"AGENTREC_MODE": "auto", "PYTHONPATH": path})
    assert (ran.stdout, counted(ran.stderr).get("recorded")) == ("theirs\nanswer 1 to: hello\n", 1)
    ran = run_python("-c", "import sys; print('agentrec_auto' in sys.modules)", env={"PYTHONPATH": path})
    assert (ran.stdout, ran.stderr) == ("theirs\nFalse\n", "")
