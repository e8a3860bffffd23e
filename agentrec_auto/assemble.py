"""From what the user said to a recorder: the one place that knows all the parts.

Runs at the first request of a process, not before: an app that makes no LLM call pays for none of it.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from functools import partial

from agentrec_auto.config.load import runtime_settings
from agentrec_auto.flow import active
from agentrec_auto.flow.ledger import warn_once
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import Settings
from agentrec_auto.store.base import Store
from agentrec_auto.store.location import open_store

RUN_ID = "AGENTREC_RUN_ID"

_lock = threading.RLock()
_recorder: Recorder | None = None
_stores: dict[str, Store] = {}
"""Corpus → its store, shared by the recorders of this process."""


def recorder() -> Recorder:
    """The recorder of this process, assembled on first use; `ConfigError` if settings can't be followed."""
    global _recorder
    if _recorder is None:
        with _lock:
            if _recorder is None:
                _recorder = assembled(runtime_settings(os.environ))
                _at_exit(_recorder)
    return _recorder


def current() -> Recorder | None:
    """The recorder of this process; None if it wasn't assembled yet."""
    return _recorder


def swap(recorder: Recorder | None) -> Recorder | None:
    """Make ``recorder`` this process's, and give the one before; neither is finished.

    With None, the next request assembles one from the environment as it is then.
    """
    global _recorder
    with _lock:
        before, _recorder = _recorder, recorder
    return before


def assembled(settings: Settings) -> Recorder:
    """A recorder under ``settings``, with a redactor of its own."""
    run = os.environ.setdefault(RUN_ID, os.urandom(8).hex())
    store = _stores.get(settings.corpus)
    if store is None:
        opened = open_store(settings.corpus, warn=partial(warn_once, active.ledger))
        store = _stores.setdefault(settings.corpus, opened)
    redactor = Redactor(settings.redact, os.environ)
    return Recorder(settings, store, redactor, active.ledger, run=run)


def forget() -> None:
    """Finish the recorder and let the next request assemble another (uninstall, and between tests)."""
    global _recorder
    with _lock:
        ending, _recorder = _recorder, None
        _stores.clear()
    if ending is not None:
        ending.finish()


def _at_exit(ending: Recorder) -> None:
    """Keep what is still open when the process ends.

    A child of multiprocessing leaves by ``os._exit``, past atexit, but runs the finalisers of
    ``multiprocessing.util``: those made after its start, which clears what the parent left.
    """
    atexit.register(ending.finish)
    if (processes := sys.modules.get("multiprocessing.util")) is not None:

        def finalise(recorder: Recorder) -> None:
            processes.Finalize(None, recorder.finish, exitpriority=100)

        finalise(ending)
        processes.register_after_fork(ending, finalise)


def _after_fork() -> None:
    global _lock
    _lock = threading.RLock()
    active.ledger.after_fork()
    if _recorder is not None:
        _recorder.after_fork()
        _at_exit(_recorder)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
