"""What holds, and who said it, as rows: for a table, and for JSON."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from agentrec_auto.config import keys, values
from agentrec_auto.config.load import CI, DEFAULT, Loaded
from agentrec_auto.settings import (
    ComparatorSettings,
    KeyRule,
    PriceSettings,
    RedactSettings,
    Replacement,
    Settings,
    TagRule,
    TargetSettings,
)

_TABLES = {
    "key_rules": "key.rule",
    "tags": "tag",
    "targets": "target",
    "comparators": "comparator",
    "prices": "price",
}
"""Fields of `Settings` that the file calls otherwise."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that can be said."""

    name: str
    """As in the file."""

    value: Any
    """As in the file, ready for JSON."""

    lines: tuple[str, ...]
    """The value for people."""

    origin: str

    @property
    def is_default(self) -> bool:
        """Whether nobody said anything."""
        return self.origin == DEFAULT


def rows(loaded: Loaded) -> list[Row]:
    """All settings, in the order of the file."""
    return [_row(field, origin, loaded.settings) for field, origin in loaded.origins.items()]


def notes(environ: Mapping[str, str]) -> list[str]:
    """What a reader should know besides: variables that look like ours and aren't."""
    known = [key.variable for key in keys.KEYS.values()] + [keys.CONFIG, *keys.INTERNAL]
    ours = [name for name in environ if name.upper().startswith("AGENTREC_") and name not in known]
    near = {name: difflib.get_close_matches(name, known, n=1, cutoff=0.8) for name in sorted(ours)}
    return [f"nothing reads {name}: did you mean {close[0]}?" for name, close in near.items() if close]


def _row(field: str, origin: str, settings: Settings) -> Row:
    value = getattr(settings, field)
    if field == "run_tags":
        value = dict(value)
    if field == "speed" and not value:
        value = values.INSTANT
    told = "CI is set: auto replays" if origin == CI else origin
    return Row(_TABLES.get(field, field), _plain(value), tuple(_lines(value)) or ("none",), told)


def _plain(value: Any) -> Any:
    """A value as TOML and JSON have it; of rules, only what they say."""
    match value:
        case tuple():
            return [_plain(member) for member in value]
        case Replacement():
            return {"pattern": value.pattern, "with": value.with_}
        case TagRule():
            return {"url": value.url, **dict(value.tags)}
        case TargetSettings():
            said = {field.name: getattr(value, field.name) for field in fields(value)}
            said |= {"headers": dict(value.headers), "options": json.loads(value.options or "{}")}
            return {name: one for name, one in said.items() if one}
        case ComparatorSettings() | PriceSettings():
            said = {field.name: getattr(value, field.name) for field in fields(value)}
            return {name: one for name, one in said.items() if one not in ("", None)}
        case KeyRule() | RedactSettings():
            pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
            return {name: _plain(said) for name, said in pairs if said}
        case _:
            return value


def _lines(value: Any) -> Iterator[str]:
    """A value as people read it."""
    match value:
        case bool():
            yield "true" if value else "false"
        case float():
            yield f"{value:g}"
        case tuple():
            for member in value:
                yield from _lines(member)
        case dict():
            yield from (f"{name} = {said}" for name, said in value.items())
        case KeyRule() | TagRule():
            said = _plain(value)
            yield said.pop("url")
            yield from (f"  {line}" for line in _said(said))
        case TargetSettings() | ComparatorSettings() | PriceSettings():
            said = _plain(value)
            yield said.pop("model" if isinstance(value, PriceSettings) else "name")
            yield from (f"  {name}: {one}" for name, one in said.items())
        case RedactSettings():
            yield from _said(_plain(value))
        case _:
            yield str(value)


def _said(table: dict[str, Any]) -> Iterator[str]:
    """The keys of a table, one a line; replacements with a line each."""
    for name, value in table.items():
        match value:
            case [dict(), *_]:
                yield from (f"{name}: {one['pattern']} -> {one['with']}" for one in value)
            case list():
                yield f"{name}: {', '.join(value)}"
            case _:
                yield f"{name}: {'true' if value is True else value}"
