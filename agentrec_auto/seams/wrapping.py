"""Putting a wrapper around somebody's method or function, and taking it away again, with wrapt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import wrapt

Wrapper = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]


def wrap(owner: Any, name: str, wrapper: Wrapper) -> None:
    """Wrap ``owner.name``, of a class or a module; AttributeError, in words, where it isn't there."""
    if name not in vars(owner):
        place = f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else owner.__name__
        raise AttributeError(f"{place} has no {name} in this version")
    wrap_inherited(owner, name, wrapper)


def wrap_inherited(owner: Any, name: str, wrapper: Wrapper) -> None:
    """The same, for this owner alone, of what it may have from a base."""
    wrapt.wrap_function_wrapper(owner, name, wrapper)
    vars(owner)[name]._self_agentrec = True


def is_wrapped(owner: Any, name: str) -> bool:
    """Whether `wrap` is in effect, perhaps under others' wrappers."""
    return _ours(vars(owner).get(name)) is not None


def unwrap(owner: Any, name: str) -> None:
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
