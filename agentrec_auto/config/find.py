"""Which file speaks: `agentrec.toml`, or a `pyproject.toml` with a ``[tool.agentrec]`` table."""

from __future__ import annotations

import os

from agentrec_auto.errors import ConfigError

OURS = "agentrec.toml"
SHARED = "pyproject.toml"


def found(cwd: str) -> str:
    """The nearest config file from ``cwd`` upwards, absolute; empty where there is none.

    In one folder `agentrec.toml` comes first. Links are not resolved: the folder above is the one the user
    sees above.
    """
    folder = os.path.abspath(cwd)
    while True:
        ours = os.path.join(folder, OURS)
        if os.path.lexists(ours):
            return ours
        shared = os.path.join(folder, SHARED)
        if os.path.isfile(shared) and speaks_of_us(shared, short(shared, cwd)):
            return shared
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above


def named(path: str, cwd: str, *, where: str) -> str:
    """The file that ``where`` (a variable, a flag) names, absolute; it has to be there."""
    file = os.path.abspath(os.path.join(cwd, os.path.expanduser(path)))
    if os.path.lexists(file) and not os.path.isdir(file):
        return file
    problem = f"a folder, {path!r}," if os.path.isdir(file) else f"no such file, {path!r},"
    raise ConfigError(problem, where=where, expected="the path of a TOML file")


def homeless() -> ConfigError:
    """What to raise where the working directory was removed: every relative path is lost with it."""
    where = "the working directory, which was removed"
    return ConfigError(
        "no settings and no corpus", where=where, expected="to be started in a folder that is there"
    )


def speaks_of_us(pyproject: str, name: str) -> bool:
    """Whether a ``pyproject.toml`` has a ``[tool.agentrec]`` table.

    Most haven't, and say so without a parser: the name doesn't occur in them.
    """
    try:
        with open(pyproject, "rb") as file:
            if b"agentrec" not in file.read():
                return False
    except OSError:
        pass  # `toml.read` says why
    from agentrec_auto.config import toml  # costs re and typing, at each start of the user's command

    return "agentrec" in toml.table(toml.parse(toml.read(pyproject, name), name), "tool")


def short(file: str, cwd: str) -> str:
    """A file as messages name it: relative to ``cwd`` where it lies below, else in full."""
    below = os.path.relpath(file, cwd) if _same_drive(file, cwd) else file
    return file if below.startswith(os.pardir) else below


def _same_drive(one: str, other: str) -> bool:
    return os.path.splitdrive(one)[0].lower() == os.path.splitdrive(os.path.abspath(other))[0].lower()
