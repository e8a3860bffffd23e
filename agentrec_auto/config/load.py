"""The layers, put together: defaults < file < environment < flags.

Whoever starts a run (the command line, the pytest plugin) calls `load` and hands `Loaded.exports` to its
children; a process that records calls `runtime_settings`. With ``AGENTREC_SETTINGS`` in the environment the
file was checked by a parent, and neither TOML nor pydantic is imported; without any file neither is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from agentrec_auto.config import find, portable, values
from agentrec_auto.config.keys import CONFIG, CWD, KEYS, SETTINGS, is_true
from agentrec_auto.errors import ConfigError
from agentrec_auto.settings import Settings

DEFAULT = "default"
CI = "CI"
"""The origin of a mode that is ``replay`` because CI never records by accident."""

_ROOM = 30_000
"""Characters of settings that fit into an environment everywhere (Windows: 32,767 in all)."""

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and what said each."""

    settings: Settings

    base: Settings
    """What the file alone said: children get this, and lay their environment over it."""

    origins: Mapping[str, str]
    """Each field of `Settings` that can be said → what said it: ``agentrec.toml [agentrec]``,
    ``AGENTREC_MODE``, ``--mode``, ``CI`` or ``default``."""

    overlaid: frozenset[str]
    """The fields that the environment or a flag said."""

    @property
    def file(self) -> str:
        """The config file, absolute; empty for none."""
        return self.base.config_file

    def exports(self) -> dict[str, str]:
        """The variables by which a child process, wherever it runs, comes to the same settings."""
        said = {"mode", "corpus"} | self.overlaid
        variables = {
            key.variable: key.write(getattr(self.settings, name))
            for name, key in KEYS.items()
            if name in said
        }
        if self.file:
            variables[CONFIG] = self.file
        if len(handed := portable.dump(self.base)) <= _ROOM:  # else a child reads the file again
            variables[SETTINGS] = handed
        return variables


def load(
    environ: Mapping[str, str],
    *,
    cwd: str = "",
    flags: Mapping[str, str] = _NOTHING,
    flag_names: Mapping[str, str] = _NOTHING,
) -> Loaded:
    """The settings that hold in ``cwd`` (default: the process's) under ``environ`` and ``flags``.

    ``flags`` maps fields of `Settings`, and ``config``, to the text that was given; ``flag_names`` says
    what messages call a flag that isn't ``--on-miss`` for ``on_miss``. Raises `ConfigError` with every
    problem of every source.
    """
    try:
        return _load(environ, cwd, flags, flag_names)
    except FileNotFoundError as error:  # from os.getcwd
        raise find.homeless() from error


def runtime_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of a process that records or replays: the same for all processes of a run."""
    return load(environ, cwd=environ.get(CWD, "")).settings


def dump(settings: Settings) -> str:
    """Settings as ``AGENTREC_SETTINGS`` carries them."""
    return portable.dump(settings)


def _load(
    environ: Mapping[str, str], cwd: str, flags: Mapping[str, str], flag_names: Mapping[str, str]
) -> Loaded:
    errors: list[ConfigError] = []
    base, origins = Settings(), dict[str, str]()
    try:
        base, origins = _base(environ, cwd, flags.get("config", ""), flag_names.get("config", "--config"))
    except ConfigError as error:
        errors.append(error)
    over: dict[str, Any] = {}
    for name, text, origin in _said(environ, flags, flag_names):
        try:
            value = KEYS[name].parse(text)
        except values.Unfit as unfit:
            errors.append(ConfigError(unfit.problem, where=origin, expected=unfit.expected))
            continue
        if name == "corpus":
            value = values.placed(value, cwd)
        if name == "run_tags" and name in over:  # the one that adds up
            value = tuple({**dict(over[name]), **dict(value)}.items())
            origin = f"{origins[name]}, {origin}"
        over[name], origins[name] = value, origin
    if errors:
        raise ConfigError.of(errors)
    settings = replace(base, **over)
    if settings.mode == "auto" and "mode" not in over and is_true(environ.get("CI", "")):
        settings, origins["mode"] = replace(settings, mode="replay"), CI
    return Loaded(settings, base, {**dict.fromkeys(_SAYABLE, DEFAULT), **origins}, frozenset(over))


_SAYABLE = (*KEYS, "key_rules", "redact", "tags", "targets", "comparators", "prices")


def _base(environ: Mapping[str, str], cwd: str, flag: str, flag_name: str) -> tuple[Settings, dict[str, str]]:
    """What the file says, or whoever read it for us; the defaults where there is none."""
    if flag:
        return _from_file(find.named(flag, cwd, where=flag_name), cwd)
    chosen = environ.get(CONFIG, "").strip()
    if handed := _handed(environ, chosen, cwd):
        return handed, dict.fromkeys(_SAYABLE, SETTINGS)
    if chosen:
        return _from_file(find.named(chosen, cwd, where=CONFIG), cwd)
    if path := find.found(cwd):
        return _from_file(path, cwd)
    return Settings(corpus=values.placed(Settings().corpus, cwd), root=os.path.abspath(cwd)), {}


def _handed(environ: Mapping[str, str], chosen: str, cwd: str) -> Settings | None:
    """The settings a parent process handed down, unless this one was told to use another file."""
    if not (text := environ.get(SETTINGS, "")):
        return None
    try:
        settings = portable.parse(text)
    except ValueError:  # another version of us is the parent: read the file ourselves
        return None
    if chosen and settings.config_file != os.path.abspath(os.path.join(cwd, os.path.expanduser(chosen))):
        return None
    return settings


def _from_file(path: str, cwd: str) -> tuple[Settings, dict[str, str]]:
    name = find.short(path, cwd)
    try:
        from agentrec_auto.config import read  # pydantic: only where there is a file to check
    except ImportError as error:
        raise ConfigError(
            f"nothing to check the file with ({error})", where=name, expected="agentrec-auto's dependencies"
        ) from error
    return read.read(path, name=name)


def _said(
    environ: Mapping[str, str], flags: Mapping[str, str], flag_names: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """What the environment and then the flags say: field, text, and who says it."""
    for name, key in KEYS.items():
        if text := environ.get(key.variable, "").strip():  # `set AGENTREC_MODE=replay && …` ends in a blank
            yield name, text, key.variable
    for name, text in flags.items():
        if name != "config":
            yield name, text, flag_names.get(name, KEYS[name].flag)
