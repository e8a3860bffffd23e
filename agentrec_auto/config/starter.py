"""The commented file that ``agentrec config init`` writes."""

from __future__ import annotations

import os
import re

from agentrec_auto.config import find, toml
from agentrec_auto.errors import ConfigError

_HEAD = re.compile(
    r"^(# )?(\[+)(agentrec|key\.rule|redact|tag|target\.\w+|comparator|price)(\]+)$", re.MULTILINE
)


def text() -> str:
    """A new ``agentrec.toml``."""
    with open(os.path.join(os.path.dirname(__file__), "starter.toml"), encoding="utf-8") as file:
        return file.read()


def text_for_pyproject() -> str:
    """The same as ``[tool.agentrec]``."""

    def renamed(head: re.Match[str]) -> str:
        comment, left, table, right = head.groups(default="")
        return f"{comment}{left}tool.agentrec{'' if table == 'agentrec' else '.' + table}{right}"

    return _HEAD.sub(renamed, text())


def write(folder: str, *, force: bool = False) -> str:
    """Write ``agentrec.toml`` into ``folder`` and give its path; refuses to overwrite one unless forced."""
    path = os.path.join(folder, find.OURS)
    try:
        with open(path, "w" if force else "x", encoding="utf-8") as file:
            file.write(text())
    except FileExistsError as error:
        raise ConfigError(
            f"already an {find.OURS}", where=folder, expected="--force to overwrite it"
        ) from error
    except OSError as error:
        raise ConfigError(f"no way to write {find.OURS} ({error.strerror})", where=folder) from error
    return path


def append(folder: str) -> str:
    """Add ``[tool.agentrec]`` at the end of the ``pyproject.toml`` in ``folder``, and give its path.

    What stands in the file stays byte for byte; where the addition would not be valid TOML (``tool`` is an
    inline table), nothing is written.
    """
    path = os.path.join(folder, find.SHARED)
    data = toml.read(path, find.SHARED)
    if "agentrec" in toml.table(toml.parse(data, find.SHARED), "tool"):
        raise ConfigError("already a table [tool.agentrec]", where=find.SHARED)
    newline = "\r\n" if b"\r\n" in data else "\n"
    gap = newline if data.endswith(b"\n") or not data else 2 * newline
    addition = (gap + text_for_pyproject().replace("\n", newline)).encode()
    try:
        toml.parse(data + addition, find.SHARED)
    except ConfigError as error:
        raise ConfigError(
            "no room for a table [tool.agentrec]", where=find.SHARED, expected="[tool.…] tables"
        ) from error
    try:
        with open(path, "ab") as file:
            file.write(addition)
    except OSError as error:
        raise ConfigError(f"no way to write the table ({error.strerror})", where=find.SHARED) from error
    return path
