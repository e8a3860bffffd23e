"""TOML, read: bytes → tables, with an error that names file, line and column.

The parser is the standard library's (``tomli``, its twin, on Python 3.10), imported at the first parse.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from agentrec_auto.errors import ConfigError

Tables = dict[str, Any]

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read(path: str, name: str = "") -> bytes:
    """The bytes of a file; ``name`` is what messages call it."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigError(f"a file that can't be read ({why})", where=name or path) from error


def parse(data: bytes, name: str) -> Tables:
    """The tables of a TOML document."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"byte {data[error.start]:#04x}, which is no UTF-8,",
            where=f"{name}, line {line}",
            expected="UTF-8 text",
        ) from error
    try:
        return _loads(text)
    except RecursionError:
        raise ConfigError("values nested too deeply", where=name) from None
    except ValueError as error:  # the parser's own, and int's for a number of 5,000 digits
        raise _broken(str(error), name, text) from error


def table(tables: Tables, name: str) -> Tables:
    """A table inside; empty where there is none, or something else."""
    inner = tables.get(name)
    return inner if isinstance(inner, dict) else {}


def _loads(text: str) -> Tables:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def _broken(reason: str, name: str, text: str) -> ConfigError:
    reason = reason[:1].lower() + reason[1:]
    place = _PLACE.search(reason)
    if place is None:
        return ConfigError(f"broken TOML ({reason})", where=name)
    line, column = place.groups() if place[1] else (str(text.rstrip().count("\n") + 1), None)
    return ConfigError(
        f"broken TOML ({reason[: place.start()]})",
        where=f"{name}, line {line}" + (f", column {column}" if column else ""),
        expected="the regular expression in 'single quotes', or each backslash doubled"
        if "\\" in reason
        else "",
    )
