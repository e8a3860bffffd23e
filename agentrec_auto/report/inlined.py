"""What stands inside of a page: its own script and style, named by their hashes, and data that stays data."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from agentrec_auto.report.plain_json import dumps


def piece(name: str) -> str:
    """A file of the report's script or style."""
    return (files("agentrec_auto.report") / "page" / name).read_text(encoding="utf-8")


def script(parts: Iterable[str]) -> str:
    """Files of script as the one that a page runs."""
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def policy_hash(text: str) -> Markup:
    """As a content security policy names an inline script or style."""
    digest = hashlib.sha256(text.encode()).digest()
    return Markup("'sha256-{}'").format(base64.b64encode(digest).decode())


def inside(value: Any) -> Markup:
    """JSON that may stand in a script element: there, only ``<`` can begin something else."""
    return Markup(dumps(value).replace("<", "\\u003c"))
