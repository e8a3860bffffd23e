"""Under which id a target's answer is kept."""

from __future__ import annotations

import re

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def migration_id_for(baseline_id: str, target_model: str) -> str:
    """``migration__<baseline id>__to__<target>``, the target made safe for a file's name."""
    return f"migration__{baseline_id}__to__{safe(target_model)}"


def safe(model: str) -> str:
    """A model's name in a file's."""
    return _UNSAFE.sub("-", model).strip("-") or "x"
