"""Recordings are real where a test has a fake file system (pyfakefs: its fixture ``fs``, or its TestCase).

pyfakefs puts its own `os`, `io` and `pathlib` into every module that is there when a test begins, and forgets
after it what was imported meanwhile. So ours are loaded before, and named to it as those to leave alone.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules

_ROOMS = ("flow", "keying", "redaction", "store", "providers")
_BY_LIBRARY = {
    "aiohttp": ("aiohttp_exchange", "aiohttp_played", "aiohttp_tapped"),
    "lm15": ("lm15_exchange",),
    "urllib3": ("urllib3_exchange",),
    "urllib.request": ("urllib_exchange",),
}
"""Library → modules of seams that wait for its first call, and import it."""


def keep_real() -> None:
    """Have pyfakefs, if it is there, leave us alone in the tests to come."""
    pyfakefs = sys.modules.get("pyfakefs.fake_filesystem_unittest")
    if pyfakefs is None:
        return
    import_module("agentrec_auto.assemble")
    for room in _ROOMS:
        for module in iter_modules(import_module(f"agentrec_auto.{room}").__path__, f"agentrec_auto.{room}."):
            import_module(module.name)
    for name in ("httpx_transports", *_waiting()):
        import_module(f"agentrec_auto.seams.{name}")
    with suppress(ImportError):
        import_module("rapidfuzz.fuzz")  # by which a miss names the nearest
    pyfakefs.Patcher.SKIPNAMES.update(name for name in sys.modules if name.startswith("agentrec_auto."))


def _waiting() -> list[str]:
    return [name for library, names in _BY_LIBRARY.items() if library in sys.modules for name in names]
