"""Checks of what only the file says: regular expressions, body paths, names of headers and variables."""

from __future__ import annotations

import re
import warnings
from datetime import date, datetime

from agentrec_auto import bodypaths
from agentrec_auto.config.values import Unfit, string, told
from agentrec_auto.errors import ConfigError

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token, RFC 9110 §5.6.2
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COMPARATOR = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
_FOREIGN = re.compile(r"\A\$(?=[.\[]|\Z)|\A/|(?:\A|\.)\d+(?=[.\[]|\Z)")
"""As JSONPath, JSON Pointer and jq have it: ``$.user``, ``/user``, ``messages.0``."""

_QUOTED = re.compile(r'\["(?:[^"\\]|\\.)*"\]')
_TAKEN = ("all", "embedding", "exact", "fuzzy", "json", "judge", "toolcalls")


def regex(value: object) -> str:
    """A regular expression that compiles, without warnings, and doesn't match where there is nothing."""
    pattern = string("pattern", "a regular expression")(value)
    if _compiled(pattern).search(""):
        raise Unfit(
            f"a pattern that matches the empty string, {told(pattern)},",
            "one that matches something to replace",
        )
    return pattern


def searched(pattern: str) -> None:
    """Refuse a regular expression that doesn't compile."""
    _compiled(pattern)


def substitute(pattern: str, text: str) -> None:
    """Refuse a replacement whose ``\\1`` or ``\\g<name>`` the pattern has no group for."""
    try:
        re.compile(pattern).sub(text, "")
    except (re.error, IndexError) as error:
        reason = getattr(error, "msg", str(error))
        raise Unfit(
            f"bad replacement {told(text)} ({reason})",
            r"a text, in which \1 or \g<name> is a group of the pattern and \\ a backslash",
        ) from error


def body_path(value: object) -> str:
    """A path into JSON bodies."""
    path = string("path", "a body path, as in messages[*].name")(value)
    try:
        bodypaths.compile(path)
    except ConfigError as error:
        raise Unfit(error.problem, error.expected) from None
    if _FOREIGN.search(_QUOTED.sub("[]", path)):
        expected = (
            """names as in messages[0].name, without JSONPath's $ or a pointer's /; ["0"] for an odd name"""
        )
        raise Unfit(f"a body path that would lead nowhere, {told(path)},", expected)
    return path


def header(value: object) -> str:
    """The name of a header, in lower case."""
    name = string("header", "the name of a header")(value)
    if _HEADER.fullmatch(name):
        return name.lower()
    raise Unfit(f"bad header {told(name)}", "a header's name, without colon and value")


def variable(value: object) -> str:
    """The name of an environment variable."""
    name = string("env", "the name of an environment variable")(value)
    if _VARIABLE.fullmatch(name):
        return name
    raise Unfit(f"bad env {told(name)}", "a variable's name, without $ and value")


def variable_or_none(value: object) -> str:
    """The name of an environment variable, or an empty text."""
    return "" if value == "" else variable(value)


def money(value: object) -> float:
    """Dollars, for a million tokens."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1_000_000:
        return float(value)
    raise Unfit(f"bad price {told(value)}", "dollars for a million tokens, as in 2.5")


def day(value: object) -> str:
    """A date, as TOML or in words; empty for none."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        if value == "" or (isinstance(value, str) and date.fromisoformat(value)):
            return value
    except ValueError:
        pass
    raise Unfit(f"bad day {told(value)}", "a date, as in 2026-11-01")


def comparator_name(value: object) -> str:
    """A name that a list of comparators can hold."""
    expected = "a name of a-z, 0-9, _, . and -"
    name = string("name", expected)(value)
    if not _COMPARATOR.fullmatch(name):
        raise Unfit(f"bad name {told(value)}", expected)
    if name in _TAKEN:
        raise Unfit(f"the name of a comparator of ours, {told(value)},", "another")
    return name


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what warns today means something else in a later Python
            return re.compile(pattern)
    except re.error as error:
        reason = error.msg + ("" if error.pos is None else f" at character {error.pos + 1}")
    except Warning as warning:
        reason = str(warning)
    except (RecursionError, OverflowError) as error:
        reason = str(error)
    raise Unfit(f"bad pattern {told(pattern)} ({reason})", "a regular expression of Python's re module")
