"""The environment of a run: what was said → the variables by which its processes know.

Almost every run says a mode and no more, and has no config file: for that no TOML parser, pydantic or
dataclass is imported. Anything else is for `agentrec_auto.config` to read and judge.
"""

from __future__ import annotations

import os

from agentrec_auto.bootstrap.hook import MODES, folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

_SIMPLE = frozenset(
    "AGENTREC_" + name
    for name in ("MODE", "CORPUS", "RUN_ID", "RUN_DIR", "RUN_OWNER", "CWD", "HOME", "FOLLOW")
)
"""Variables that the short way below understands."""


def settle(environ: MutableMapping[str, str], flags: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Complete ``environ`` with the settings that hold here under ``flags``, and give the mode.

    ``names`` says what messages call a flag (``install(mode=…)``) that isn't ``--mode``. Raises
    `agentrec_auto.errors.ConfigError`.
    """
    from agentrec_auto.config import find

    cwd = folder()
    mode = environ.get("AGENTREC_MODE") or ("replay" if _in_ci(environ) else "auto")
    mode = flags.get("mode", mode)
    corpus = flags.get("corpus", environ.get("AGENTREC_CORPUS") or "corpus")
    said = {name for name in environ if name.startswith("AGENTREC_")}
    if (
        said <= _SIMPLE
        and flags.keys() <= {"mode", "corpus"}
        and mode in MODES
        and _is_simple_path(corpus)
        and _is_simple_path(cwd)
        and not find.found(cwd)
    ):
        environ["AGENTREC_MODE"] = mode
        environ["AGENTREC_CORPUS"] = os.path.join(cwd, corpus)
        environ["AGENTREC_SETTINGS"] = f'{{"root":"{cwd}"}}'
        return mode
    from agentrec_auto.config.load import load

    loaded = load(environ, cwd=cwd, flags=flags, flag_names=names)
    environ.update(loaded.exports())
    if not loaded.settings.dummy_keys:  # read at start-up, where settings are not
        environ["AGENTREC_DUMMY_KEYS"] = "0"
    return loaded.settings.mode


def _in_ci(environ: Mapping[str, str]) -> bool:
    return environ.get("CI", "").strip().lower() not in ("", "0", "false", "no", "off")


def _is_simple_path(path: str) -> bool:
    """Whether a path is neither a URL nor ``~``, and the same in JSON and out of it."""
    return path != "" and path.isascii() and path.isprintable() and not any(sign in path for sign in ':~"\\')
