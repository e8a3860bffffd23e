"""Dataclasses as JSON: what ``--json`` prints."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, get_args

from agentrec_auto.providers.conversation import Part
from agentrec_auto.store.spelling import spelled

_PARTS = get_args(Part)


def jsonable(value: Any) -> Any:
    """The value made of what JSON knows.

    Dataclasses become objects; those that a turn or an answer is made of say in ``type`` which they are
    (``text``, ``tool_call`` …). Times are in ISO 8601, bytes that are no text in base64.
    """
    if is_dataclass(value) and not isinstance(value, type):
        shown = (one for one in fields(value) if one.repr)  # else the body again, in other words
        told = {one.name: jsonable(getattr(value, one.name)) for one in shown}
        return {"type": _snake(type(value).__name__), **told} if isinstance(value, _PARTS) else told
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return spelled(value)
    if isinstance(value, Mapping):
        return {str(name): jsonable(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(member) for member in value]
    if isinstance(value, Set):
        return sorted(jsonable(member) for member in value)
    return value


def _snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")
