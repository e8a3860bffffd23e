"""Public names of a package, fetched from their homes on first use (PEP 562): naming one loads no other."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def fetching(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """A ``__getattr__`` for ``package``; ``homes`` maps each public name to the module that defines it.

    A module is named relative to ``package``, or in full (``agentrec_auto.errors``) if it lies elsewhere.
    """

    def fetch(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module  # here: most who import the package want no name of it

        module = home if home.startswith("agentrec_auto.") else f"{package}.{home}"
        value: object = getattr(import_module(module), name)
        setattr(sys.modules[package], name, value)
        return value

    return fetch
