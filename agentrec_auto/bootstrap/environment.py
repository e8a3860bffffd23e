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
    given = environ.get("AGENTREC_CORPUS")
    corpus = flags.get("corpus", given or "corpus")
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
        environ["AGENTREC_CORPUS"] = place = os.path.join(cwd, corpus)
        if mode != "off" and os.path.exists(place) and not os.path.isdir(place):
            by_flag = names.get("corpus", "--corpus") if "corpus" in flags else ""
            _check(place, by_flag or ("AGENTREC_CORPUS" if given else "the default"))
        environ["AGENTREC_SETTINGS"] = f'{{"root":"{cwd}"}}'
        return mode
    from agentrec_auto.config.load import load

    loaded = load(environ, cwd=cwd, flags=flags, flag_names=names)
    if loaded.settings.mode != "off":
        _check(loaded.settings.corpus, loaded.origins["corpus"])
    environ.update(loaded.exports())
    if not loaded.settings.dummy_keys:  # read at start-up, where settings are not
        environ["AGENTREC_DUMMY_KEYS"] = "0"
    return loaded.settings.mode


def _check(corpus: str, said_by: str) -> None:
    from agentrec_auto.store import location

    location.check(corpus, said_by)


def _in_ci(environ: Mapping[str, str]) -> bool:
    """`agentrec_auto.config.keys.is_true` of ``CI``, without what importing that costs."""
    return environ.get("CI", "").strip().lower() not in ("", "0", "false", "no", "off")


def _is_simple_path(path: str) -> bool:
    """Whether a path is neither a URL nor ``~``, and the same in JSON and out of it."""
    return path != "" and path.isascii() and path.isprintable() and not any(sign in path for sign in ':~"\\')
