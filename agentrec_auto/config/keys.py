"""What can be said outside the file: each key of ``[agentrec]`` has an environment variable and a flag.

on_miss  ⇄  AGENTREC_ON_MISS  ⇄  --on-miss
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agentrec_auto import settings
from agentrec_auto.config import values
from agentrec_auto.config.values import Unfit, told

CONFIG = "AGENTREC_CONFIG"
SETTINGS = "AGENTREC_SETTINGS"

CWD = "AGENTREC_CWD"
"""The working directory that the first process of a run started in: where configuration is looked for,
wherever the processes of the run go afterwards."""

INTERNAL = (
    *(SETTINGS, CWD, "AGENTREC_RUN_ID", "AGENTREC_RUN_DIR", "AGENTREC_RUN_OWNER"),
    *("AGENTREC_HOME", "AGENTREC_FOLLOW", "AGENTREC_KEYS_SET"),
)
"""Variables that whoever starts a run hands to its children; not for people."""

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a person can say in the environment or by a flag."""

    name: str
    """The field of `Settings`; the key of ``[agentrec]``, where it is one."""

    parse: Callable[[str], Any]
    """A text → the value, checked; raises `Unfit`."""

    write: Callable[[Any], str]
    """A value → the text that `parse` reads."""

    variable: str
    flag: str


def _key(name: str, parse: Callable[[str], Any], write: Callable[[Any], str] = str) -> Key:
    return Key(name, parse, write, variable=f"AGENTREC_{name.upper()}", flag="--" + name.replace("_", "-"))


def is_true(text: str) -> bool:
    """Whether a variable's text means yes (``CI=true``, ``CI=1``, ``CI=woodpecker``)."""
    return bool(text.strip()) and text.strip().lower() not in _FALSE


def _number(text: str) -> object:
    """A number where the text is one, else the text: for a check to judge."""
    try:
        return float(text)
    except ValueError:
        return text


def _truth(name: str) -> Callable[[str], bool]:
    def parse(text: str) -> bool:
        word = text.lower()
        return values.truth(name)(True if word in _TRUE else False if word in _FALSE else text)

    return parse


def _parts(text: str) -> list[str]:
    """``a, b`` → its parts; one empty part, for a check to refuse, where there is none."""
    return [part.strip() for part in text.split(",") if part.strip()] or [""]


def _globs(text: str) -> tuple[str, ...]:
    return tuple(map(values.url_glob, _parts(text)))


def _tags(text: str) -> tuple[tuple[str, str], ...]:
    """``team=search,ticket=7`` → pairs; of one name the last holds."""
    tags: dict[str, str] = {}
    for part in _parts(text):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value):
            raise Unfit(f"bad tag {told(part)}", "name=value, several separated by commas")
        tags[name] = value
    return tuple(tags.items())


def _pace(speed: float) -> str:
    return repr(speed) if speed else values.INSTANT


KEYS = {
    key.name: key
    for key in (
        _key("mode", values.choice("mode", settings.MODES)),
        _key("corpus", values.corpus),
        _key("scope", values.choice("scope", settings.SCOPES)),
        _key("include", _globs, ",".join),
        _key("exclude", _globs, ",".join),
        _key("on_miss", values.choice("on_miss", settings.ON_MISS)),
        _key("match", values.choice("match", settings.MATCHES)),
        _key("threshold", lambda text: values.threshold(_number(text)), repr),
        _key("takes", values.choice("takes", settings.PAST_LAST_TAKE)),
        _key("failures", values.choice("failures", settings.FAILURES)),
        _key("speed", lambda text: values.speed(_number(text)), _pace),
        _key("fakes", _truth("fakes"), told),
        _key("dummy_keys", _truth("dummy_keys"), told),
        Key("run_tags", _tags, lambda tags: ",".join(map("=".join, tags)), "AGENTREC_TAGS", "--tag"),
    )
}
