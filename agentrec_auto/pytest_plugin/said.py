"""What was said to pytest itself: flags, which win over the environment, and ini keys, which don't."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

from agentrec_auto.config import values
from agentrec_auto.config.keys import KEYS, SETTINGS
from agentrec_auto.config.load import load
from agentrec_auto.pytest_plugin import flag

NAMES = {"mode": "agentrec", "corpus": "agentrec_corpus", "on_miss": "agentrec_on_miss"}
"""Field of `Settings` → our name for it in pytest."""


def anything_said(config: pytest.Config) -> bool:
    """Whether there is a flag or an ini key of ours."""
    return any(flag(config, name) or config.getini(name) for name in NAMES.values())


def said(config: pytest.Config, environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Field → what was said of it over ``environ``, and field → what messages call who said so."""
    flags, names = {}, {}
    for field, name in NAMES.items():
        if given := flag(config, name):
            flags[field], names[field] = given, "--" + name.replace("_", "-")
        elif (given := config.getini(name)) and not _environment_says(field, environ):
            flags[field] = values.placed(given, str(config.rootpath)) if field == "corpus" else given
            names[field] = f"{os.path.basename(config.inipath or 'the ini file')} {name}"
    return flags, names


def _environment_says(field: str, environ: Mapping[str, str]) -> bool:
    """Whether the variable is set by somebody who meant it.

    Under ``agentrec run`` the corpus is always exported, as the config file or the default has it; an
    xdist worker has what its controller decided.
    """
    if not environ.get(KEYS[field].variable, "").strip():
        return False
    if field != "corpus" or SETTINGS not in environ or "PYTEST_XDIST_WORKER" in environ:
        return True
    loaded = load(environ)
    return loaded.settings.corpus != values.placed(loaded.base.corpus, loaded.base.root)
