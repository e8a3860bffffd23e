"""The seams that are on in this process.

Loaded when the first HTTP library is imported.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from agentrec_auto.bootstrap import hook
from agentrec_auto.flow import active, ledger
from agentrec_auto.seams.table import SEAMS

patched: dict[str, ModuleType] = {}
"""Name of the library → its module."""


def patch(name: str, module: ModuleType) -> None:
    """Put the seam of the library ``name`` in place; what stands in its way is noted and raised."""
    try:
        import_module(SEAMS[name]).patch(module)
    except Exception as error:
        active.ledger.note(ledger.WARNED, text=f"{name} can't be intercepted: {error}")
        raise
    patched[name] = module
    active.restore, active.lend = hook.restore, hook.lent.add
    if os._exit is _exit:
        os._exit = _flush_and_exit


def unpatch_all() -> None:
    """Take every seam out again, and begin a new ledger."""
    while patched:
        name, module = patched.popitem()
        import_module(SEAMS[name]).unpatch(module)
    if os._exit is _flush_and_exit:
        os._exit = _exit
    active.ledger.flush()
    active.ledger.after_fork()


_exit = os._exit


def _flush_and_exit(status: int) -> NoReturn:
    """``os._exit``, by which children of ``os.fork`` leave, past every finaliser."""
    try:
        active.ledger.flush()
    finally:
        _exit(status)
