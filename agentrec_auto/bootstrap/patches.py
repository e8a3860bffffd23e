"""The seams that are on in this process.

Loaded when the first HTTP library is imported.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

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
    active.restore = hook.restore


def unpatch_all() -> None:
    """Take every seam out again, and begin a new ledger."""
    while patched:
        name, module = patched.popitem()
        import_module(SEAMS[name]).unpatch(module)
    active.ledger.after_fork()
