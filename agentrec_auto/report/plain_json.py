"""JSON that every reader takes: in ASCII, with no NaN, whatever models and comparators said."""

from __future__ import annotations

import json
from typing import Any


def dumps(value: Any) -> str:
    """As JSON; numbers that JSON has not are told as strings, halves of surrogate pairs as escapes."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False, default=str)
    except ValueError:  # a tool was called with NaN, which Python reads and no browser does
        return json.dumps(_without_nan(value), separators=(",", ":"), default=str)


def finite(value: float | None) -> float | None:
    """A number that JSON has: neither NaN nor endless."""
    return value if value is not None and abs(value) < float("inf") else None


def _without_nan(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_nan(one) for name, one in value.items()}
        case list() | tuple():
            return [_without_nan(one) for one in value]
        case float() if finite(value) is None:
            return str(value)
        case _:
            return value
