"""Files of prices: TOML with ``[[price]]`` tables and nothing else. Imports pydantic."""

from __future__ import annotations

import os

from pydantic import ValidationError

from agentrec_auto.config import find, toml
from agentrec_auto.config.explain import Explainer
from agentrec_auto.config.schema import File
from agentrec_auto.errors import ConfigError
from agentrec_auto.settings import PriceSettings


def read_all(path: str) -> list[tuple[str, tuple[PriceSettings, ...]]]:
    """What a file says, or each of the ``.toml`` files in a folder, with its name.

    `ConfigError`, in words, where one can't be read.
    """
    path = os.path.expanduser(path)
    if not os.path.isdir(path):
        return [read(path)]
    names = sorted(name for name in os.listdir(path) if name.endswith(".toml"))
    if not names:
        raise ConfigError("no file of prices", where=f"the folder {path!r}", expected="files named *.toml")
    return [read(os.path.join(path, name)) for name in names]


def read(path: str) -> tuple[str, tuple[PriceSettings, ...]]:
    """What one file says."""
    name = find.short(os.path.abspath(path), os.getcwd())
    tables = toml.parse(toml.read(path, name), name)
    if other := [key for key in tables if key != "price"]:
        raise ConfigError(f"unknown key {other[0]!r}", where=name, expected="[[price]] and nothing else")
    try:
        file = File.model_validate(tables)
    except ValidationError as error:
        raise Explainer(name).explain(error) from None
    return name, tuple(PriceSettings(**dict(table)) for table in file.price)
