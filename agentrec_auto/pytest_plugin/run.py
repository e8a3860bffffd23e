"""Switching on and off: one pytest process's part in a run, and everything it changed taken back."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping

from agentrec_auto.bootstrap import hook
from agentrec_auto.bootstrap.environment import settle
from agentrec_auto.bootstrap.keys import drop_dummy_keys, set_dummy_keys
from agentrec_auto.bootstrap.start import uninstall
from agentrec_auto.errors import ConfigError
from agentrec_auto.flow import active
from agentrec_auto.flow.ledger import PYTEST
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.pytest_plugin.environ import Changes

RUN_DIR = "AGENTREC_RUN_DIR"
RUN_OWNER = "AGENTREC_RUN_OWNER"
SHARED_MEMORY = "/dev/shm"


class Run:
    """A run that pytest began, or its part in one that was begun outside (``agentrec run``, xdist).

    Each pytest process has a ledger folder of its own, so that it can tell what its tests, and the
    processes they start, did from what others do meanwhile.
    """

    def __init__(self, flags: Mapping[str, str], names: Mapping[str, str]) -> None:
        """Begin, under ``flags`` (see `settle`).

        Raises `ConfigError`, and `NotInterceptedError` where replay can't be kept from going live; nothing
        is changed then.
        """
        environ = dict(os.environ)
        self.mode = settle(environ, flags, names)
        self.corpus = environ["AGENTREC_CORPUS"]
        self._outer = _outer_folder(environ)
        name = f"{PYTEST}{os.getpid()}-{os.urandom(4).hex()}"
        self.folder = os.path.join(self._outer or temporary(), name)
        """Made by the first event."""

        hook.begin_run(environ)
        environ[RUN_DIR] = self.folder
        environ.pop(RUN_OWNER, None)  # else a summary would be given at the process's end, beside pytest's
        drop_dummy_keys(environ)
        if self.mode == "replay":
            set_dummy_keys(environ)
        self._changes = Changes()
        self._changes.make(environ)
        active.ledger.after_fork()  # from here on, events go to our folder
        self._outer_recorder = swap(None)
        self._started = hook.Watcher not in sys.meta_path
        try:
            hook.start()
        except hook.NotInterceptedError:
            self.end()
            raise

    def stand_by(self) -> None:
        """Leave everything alone that no marker asks for."""
        self._changes.make({**os.environ, "AGENTREC_MODE": "off"})

    def end(self, *, hand_up: bool = True) -> None:
        """Take everything back. The ledger goes to the run outside, if any, unless that is its own affair."""
        if (assemble := sys.modules.get("agentrec_auto.assemble")) is not None:
            assemble.forget()
        if self._started:
            uninstall()
        else:
            swap(self._outer_recorder)
        self._changes.undo()
        active.ledger.after_fork()
        if not hand_up:
            return
        if self._outer:
            move_files(self.folder, self._outer)
        shutil.rmtree(self.folder, ignore_errors=True)


def temporary() -> str:
    """A folder for what a run leaves for a while; also in a container that is read-only.

    Raises `ConfigError` where there is none: misses couldn't be told.
    """
    try:
        return tempfile.gettempdir()
    except FileNotFoundError:
        if os.access(SHARED_MEMORY, os.W_OK):
            return SHARED_MEMORY
        problem, expected = (
            "no folder for temporary files can be written to",
            "one by TMPDIR, to count misses",
        )
        raise ConfigError(problem, where="this environment", expected=expected) from None


def swap(recorder: Recorder | None) -> Recorder | None:
    """Make ``recorder`` the process's, and give the one whose place it takes (None: not assembled yet)."""
    assemble = sys.modules.get("agentrec_auto.assemble")  # not imported before the first LLM call
    before: Recorder | None = assemble.swap(recorder) if assemble else None
    return before


def move_files(folder: str, above: str) -> None:
    """Move every file in and below ``folder`` into the folder ``above``; their names are unique."""
    for place, _, names in os.walk(folder):
        os.makedirs(above, exist_ok=True)
        for name in names:
            os.rename(os.path.join(place, name), os.path.join(above, name))


def _outer_folder(environ: Mapping[str, str]) -> str:
    """The ledger folder of the run we are in; empty where the run is ours.

    It is ours, too, where a start-up file of this very process has begun it and nothing has happened yet.
    """
    folder = environ.get(RUN_DIR, "")
    if environ.get(RUN_OWNER) == str(os.getpid()) and not os.path.isdir(folder):
        del os.environ[RUN_OWNER]
        return ""
    return folder
