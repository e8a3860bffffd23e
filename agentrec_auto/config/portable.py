"""Settings as JSON, for child processes: they trust it, and need neither TOML nor pydantic."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

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


def dump(settings: Settings) -> str:
    """What differs from the defaults, as one line of ASCII."""
    default = Settings()
    names = [field.name for field in fields(Settings)]
    changed = [name for name in names if getattr(settings, name) != getattr(default, name)]
    everything = asdict(settings)
    return json.dumps({name: everything[name] for name in changed}, separators=(",", ":"))


def parse(text: str) -> Settings:
    """The settings that `dump` wrote; ValueError where it didn't (another version of us did, or a person)."""
    try:
        said = json.loads(text)
        for name, build in _BUILDERS.items():
            if name in said:
                said[name] = build(said[name])
        return Settings(**{name: _frozen(value) for name, value in said.items()})
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"no settings of this version ({error})") from error


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _replacements(said: Any) -> tuple[Replacement, ...]:
    return tuple(Replacement(**one) for one in said)


def _key_rules(said: Any) -> tuple[KeyRule, ...]:
    return tuple(
        KeyRule(
            **{
                **{name: _frozen(value) for name, value in rule.items()},
                "replace": _replacements(rule["replace"]),
            }
        )
        for rule in said
    )


def _redact(said: Any) -> RedactSettings:
    plain = {name: _frozen(value) for name, value in said.items()}
    return RedactSettings(**{**plain, "patterns": _replacements(said["patterns"])})


def _tag_rules(said: Any) -> tuple[TagRule, ...]:
    return tuple(TagRule(rule["url"], _frozen(rule["tags"])) for rule in said)


def _targets(said: Any) -> tuple[TargetSettings, ...]:
    return tuple(TargetSettings(**{name: _frozen(value) for name, value in one.items()}) for one in said)


def _comparators(said: Any) -> tuple[ComparatorSettings, ...]:
    return tuple(ComparatorSettings(**one) for one in said)


def _prices(said: Any) -> tuple[PriceSettings, ...]:
    return tuple(PriceSettings(**one) for one in said)


_BUILDERS = {
    "key_rules": _key_rules,
    "redact": _redact,
    "tags": _tag_rules,
    "targets": _targets,
    "comparators": _comparators,
    "prices": _prices,
}
