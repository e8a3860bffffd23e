"""Public names of a package, fetched from their homes on first use (PEP 562): naming one loads no other."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def fetching(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of ``package``; ``homes``: a name → the module in it that has the name.

    A home with the package's root in front (``agentrec_auto.errors``) lies elsewhere.
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
