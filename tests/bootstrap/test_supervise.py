"""The launcher waits as if it were not there: signals, terminal, and how the command ends."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bootstrap.programs import written
from processes import Run, clean_environment, run

PY = sys.executable
RUN = [PY, "-m", "agentrec_auto", "run", "--"]

WAITING = """
import os, signal, sys

def told(number, frame):
    print(signal.Signals(number).name, flush=True)
    if number not in (signal.SIGWINCH, signal.SIGCONT, signal.SIGUSR1, signal.SIGUSR2):
        sys.exit(7)

for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH", "SIGINT", "SIGQUIT"):
    signal.signal(getattr(signal, name), told)
print("ready", flush=True)
while True:
    signal.pause()
"""


def heeding() -> None:
    """The signals of a terminal as a shell leaves them in its foreground: in its background they are ignored."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A command under ``agentrec run``, in a group of its own, that tells each signal; all but some end it."""
    process = subprocess.Popen(
        [*RUN, PY, str(written(tmp_path, "waiting.py", WAITING))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
        cwd=tmp_path,
        start_new_session=True,
        preexec_fn=heeding,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ready")
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("name", ["SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH"])
def test_passed_on(waiting: subprocess.Popen[str], name: str) -> None:
    """What is sent to the launcher alone reaches the command, which goes on."""
    waiting.send_signal(getattr(signal, name))
    assert line(waiting) == name
    waiting.terminate()
    assert line(waiting) == "SIGTERM"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_ends_as_the_command_ends(waiting: subprocess.Popen[str], name: str) -> None:
    """The command acts on the signal and exits by its own code; the summary still comes."""
    waiting.send_signal(getattr(signal, name))
    stdout, stderr = waiting.communicate(timeout=30)
    assert (stdout, waiting.returncode) == (f"{name}\n", 7)
    assert "mode auto" in stderr


@pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT"])
def test_a_terminals_signal_to_the_launcher_alone(waiting: subprocess.Popen[str], name: str) -> None:
    """By ``kill -INT``, say, or a supervisor that stops with it: the command gets it, once, a little later."""
    waiting.send_signal(getattr(signal, name))
    stdout, _ = waiting.communicate(timeout=30)
    assert (stdout, waiting.returncode) == (f"{name}\n", 7)


EARLY = """
import os, signal
from agentrec_auto.bootstrap import supervise

def spawned(*words, start=os.posix_spawnp, **options):
    child = start(*words, **options)
    os.kill(os.getpid(), signal.{name})
    return child

os.posix_spawnp = spawned
print(-supervise.wait_for(["sleep", "60"], os.environ) == signal.{name})
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGQUIT"])
def test_a_signal_while_the_command_starts(tmp_path: Path, name: str) -> None:
    """What comes before we know whom to pass it on to isn't lost."""
    done = subprocess.run(
        [PY, "-c", EARLY.format(name=name)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        start_new_session=True,
        preexec_fn=heeding,
        timeout=30,
    )
    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT"])
def test_the_terminals_signals_are_the_commands(waiting: subprocess.Popen[str], name: str) -> None:
    """Sent to the whole group, as Ctrl-C is: the command acts on it, once, and the launcher waits."""
    os.killpg(waiting.pid, getattr(signal, name))
    stdout, _ = waiting.communicate(timeout=30)
    assert (stdout, waiting.returncode) == (f"{name}\n", 7)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGSEGV])
def test_dies_as_the_command_died(tmp_path: Path, number: int) -> None:
    """Killed by a signal, the command is survived by nobody: a shell sees that signal."""
    script = f"import os, signal; signal.signal({number}, signal.SIG_DFL); os.kill(os.getpid(), {number})"
    if number == signal.SIGKILL:
        script = "import os; os.kill(os.getpid(), 9)"
    done = subprocess.run(
        [*RUN, PY, "-c", script], env=clean_environment(), cwd=tmp_path, capture_output=True
    )
    assert done.returncode == -number
    assert b"mode auto" in done.stderr


def test_signals_are_as_a_shell_leaves_them(run_agentrec: Run) -> None:
    """Python ignores SIGPIPE and SIGXFSZ; the command isn't made to."""
    ignored = int(run_agentrec("run", "--", "grep", "SigIgn", "/proc/self/status").stdout.split()[1], 16)
    assert ignored & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1) == 0


def test_what_was_ignored_stays_ignored(tmp_path: Path) -> None:
    """Under nohup, a hang-up doesn't reach the command; in a shell's background, nor does Ctrl-C."""
    script = f"trap '' HUP INT; exec {' '.join(RUN)} grep SigIgn /proc/self/status"
    ignored = int(run("sh", "-c", script, cwd=tmp_path).stdout.split()[1], 16)
    both = 1 << signal.SIGHUP - 1 | 1 << signal.SIGINT - 1
    assert ignored & both == both


def test_the_terminal_is_the_commands(tmp_path: Path) -> None:
    """The command has the terminal, and Ctrl-C typed there reaches it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        script = (
            "import sys, time; print(sys.stdin.isatty(), sys.stdout.isatty(), flush=True); time.sleep(60)"
        )
        os.execve(PY, [*RUN, PY, "-c", script], clean_environment())
    assert b"True True" in until(terminal, b"True True")
    os.write(terminal, b"\x03")
    assert b"KeyboardInterrupt" in until(terminal, b"mode auto")
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGINT


def until(terminal: int, told: bytes) -> bytes:
    """What the terminal shows up to ``told``."""
    shown = b""
    while told not in shown:
        assert select.select([terminal], [], [], 30)[0], shown
        shown += os.read(terminal, 4096)
    return shown


def test_the_command_is_no_leader(run_agentrec: Run) -> None:
    """It stays in the launcher's process group, where the terminal's job control reaches both."""
    script = "import os; print(os.getpgrp() == os.getpgid(os.getppid()))"
    assert run_agentrec("run", "--", PY, "-c", script).stdout == "True\n"


def test_ignored_children_are_waited_for(tmp_path: Path) -> None:
    """A parent that ignores SIGCHLD hands that down; the command's exit code is known all the same."""
    script = f"import os, signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv({PY!r}, {[*RUN, 'sh', '-c', 'exit 7']!r})"
    assert run(PY, "-c", script, cwd=tmp_path).code == 7
