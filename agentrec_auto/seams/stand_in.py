"""What stands in for a token in replay, where an app's cloud gives it none."""

from __future__ import annotations

import os

TOKEN = "agentrec-dummy"
"""The value of the variables that are made up, too."""


def is_wanted() -> bool:
    """Whether this is a replay, which may make up what is secret."""
    switch = os.environ.get("AGENTREC_DUMMY_KEYS", "").strip().lower()
    mode = os.environ.get("AGENTREC_MODE", "").strip()
    return mode == "replay" and switch not in ("0", "false", "no", "off")
