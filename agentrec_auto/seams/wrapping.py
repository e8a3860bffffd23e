"""Putting a wrapper around somebody's method, and taking it away again, with wrapt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import wrapt

Wrapper = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]


def wrap(owner: type, name: str, wrapper: Wrapper) -> None:
    """Wrap ``owner.name``; AttributeError, in words, where this version has no such method."""
    if name not in vars(owner):
        raise AttributeError(f"{owner.__module__}.{owner.__qualname__} has no {name} in this version")
    wrapt.wrap_function_wrapper(owner, name, wrapper)
    vars(owner)[name]._self_agentrec = True


def is_wrapped(owner: type, name: str) -> bool:
    """Whether `wrap` is in effect, perhaps under others' wrappers."""
    return _ours(vars(owner).get(name)) is not None


def unwrap(owner: type, name: str) -> None:
    """Take our wrapper away; where another lies over it, it stays and stands aside by itself."""
    outermost = vars(owner).get(name)
    if outermost is not None and getattr(outermost, "_self_agentrec", False):
        setattr(owner, name, outermost.__wrapped__)


def _ours(method: Any) -> Any:
    while method is not None:
        if getattr(method, "_self_agentrec", False):
            return method
        method = getattr(method, "__wrapped__", None)
    return None
