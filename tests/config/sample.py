"""A config file that loads, for tests that need one."""

from __future__ import annotations

from typing import Any

from agentrec_auto.config import toml

FILE = r"""
[agentrec]
mode = "auto"
include = ["*/a", "*/b"]
speed = 2.5
[[key.rule]]
url = "*/chat/completions"
ignore = ["metadata.run", "user"]
replace = [{ pattern = '\d{4}', with = "<year>" }]
host = true
[redact]
patterns = [{ pattern = 'CUST-\d+', with = "<customer>" }]
[[tag]]
url = "*/v1/messages"
category = "support"
"""


def tables_of(text: str) -> dict[str, Any]:
    """The tables of a TOML text."""
    return toml.parse(text.encode(), "a test")
