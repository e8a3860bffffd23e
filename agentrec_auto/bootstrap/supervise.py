"""Starts a command and waits for it as if we were not there: signals, terminal and exit are its own.

The command stays in our process group, so that what a terminal sends (Ctrl-C, Ctrl-Z, a resize) reaches it
by itself; what is sent to us alone is passed on.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping
    from types import FrameType
    from typing import Any
else:
    import _signal as signal  # the same without its enums, which cost 4 ms


def _numbers(*names: str) -> tuple[int, ...]:
    """Those of the signals that this platform has."""
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


PASSED_ON = _numbers("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH")
FROM_TERMINAL = _numbers("SIGINT", "SIGQUIT")
"""A terminal sends them to both of us, and it is for the command to act. What came otherwise may have been
sent to us alone."""

GRACE_S = 2.0
"""How long a command that was sent such a signal, too (``killpg``), has to end before it gets ours: it would
take a second one as an order to drop everything."""

IGNORED_BY_PYTHON = _numbers("SIGPIPE", "SIGXFSZ")
"""What a Python ignores, and so would its children; a command started by a shell doesn't."""


def wait_for(command: list[str], environ: Mapping[str, str]) -> int:
    """Run ``command`` and give its exit code, or minus the number of the signal that killed it.

    Raises OSError where it can't be started.
    """
    if not hasattr(os, "posix_spawnp"):  # Windows: no signals to pass on
        import subprocess

        return subprocess.call(command, env=environ)
    if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:  # inherited; there would be nothing to wait for
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = 0
    early: list[int] = []

    def pass_on(number: int) -> None:
        try:
            os.kill(child, number)
        except ProcessLookupError:  # it has just ended
            pass

    def came(number: int, frame: FrameType | None = None) -> None:
        if not child:
            early.append(number)
        elif number not in FROM_TERMINAL:
            pass_on(number)
        elif not _has_terminal():
            signal.signal(signal.SIGALRM, lambda *_: pass_on(number))
            signal.setitimer(signal.ITIMER_REAL, GRACE_S)

    before: dict[int, Any] = {signal.SIGALRM: signal.getsignal(signal.SIGALRM)}
    for number in (*PASSED_ON, *FROM_TERMINAL):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup has it ignored, and so must the command
            before[number] = signal.signal(number, came)
    resets = [number for number in FROM_TERMINAL if number in before]
    try:
        child = os.posix_spawnp(command[0], command, environ, setsigdef=[*resets, *IGNORED_BY_PYTHON])
        for number in early:
            came(number)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_terminal() -> bool:
    """Whether we are in the foreground of a terminal, where Ctrl-C is meant for the command, too."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def become(command: list[str], environ: Mapping[str, str]) -> None:
    """Replace this process by ``command``; comes back only with the OSError that kept it from starting."""
    for number in IGNORED_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)
    os.execvpe(command[0], command, environ)


def die_of(number: int) -> int:
    """End this process by the signal that killed the command; living on, give a shell's code for it."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the command's core file is the one that tells
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number  # process 1 of a container isn't killed by its own signals
