"""A file → settings: parsed, checked, and made into plain dataclasses. Imports pydantic."""

from __future__ import annotations

import json
import os
from typing import Any

from pydantic import ValidationError

from agentrec_auto.config import find, toml, values
from agentrec_auto.config.explain import Explainer
from agentrec_auto.config.schema import File, KeyTable, RedactTable, ReplaceTable, TagTable, TargetTable
from agentrec_auto.errors import ConfigError
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

Origins = dict[str, str]
"""Field of `Settings` → what said it (``agentrec.toml [agentrec]``)."""


def read(path: str, *, name: str) -> tuple[Settings, Origins]:
    """What the file at ``path`` (absolute) says, and which of its tables says what.

    ``name`` is what messages call the file. Raises `ConfigError` with everything that is wrong with it.
    """
    tables = toml.parse(toml.read(path, name), name)
    in_pyproject = os.path.basename(path) == find.SHARED
    if in_pyproject:
        tables = _lifted(tables, name)
    explainer = Explainer(name, in_pyproject)
    try:
        file = File.model_validate(tables)
    except ValidationError as error:
        raise explainer.explain(error) from None
    origins = {key: f"{name} {explainer.head('agentrec')}" for key in file.agentrec.model_fields_set}
    for field, said, table in (
        ("key_rules", file.key.rule, "key.rule"),
        ("redact", file.redact.model_fields_set, "redact"),
        ("tags", file.tag, "tag"),
        ("targets", file.target, "target"),
        ("comparators", file.comparator, "comparator"),
        ("prices", file.price, "price"),
    ):
        if said:
            origins[field] = f"{name} {explainer.head(table)}"
    return _settings(file, path), origins


def _lifted(pyproject: toml.Tables, name: str) -> toml.Tables:
    """``[tool.agentrec]`` in the shape of an ``agentrec.toml``: its keys in one table, beside the others."""
    tool = toml.table(pyproject, "tool")
    if "agentrec" not in tool:
        raise ConfigError("no table [tool.agentrec]", where=name)
    ours = tool["agentrec"]
    if not isinstance(ours, dict):
        return {"agentrec": ours}
    beside = {key: ours[key] for key in File.model_fields if key in ours and key != "agentrec"}
    return {"agentrec": {key: value for key, value in ours.items() if key not in beside}, **beside}


def _settings(file: File, path: str) -> Settings:
    root = os.path.dirname(path)
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in file.agentrec
    }
    plain["corpus"] = values.placed(file.agentrec.corpus, root)
    return Settings(
        **plain,
        key_rules=_key_rules(file.key),
        redact=_redact(file.redact),
        tags=tuple(map(_tag_rule, file.tag)),
        targets=tuple(_target(name, table) for name, table in file.target.items()),
        comparators=tuple(ComparatorSettings(**dict(table)) for table in file.comparator),
        prices=tuple(PriceSettings(**dict(table)) for table in file.price),
        root=root,
        config_file=path,
    )


def _key_rules(table: KeyTable) -> tuple[KeyRule, ...]:
    return tuple(
        KeyRule(
            url=rule.url,
            ignore=tuple(rule.ignore),
            replace=_replacements(rule.replace),
            headers=tuple(rule.headers),
            host=rule.host,
            ignore_query=tuple(rule.ignore_query),
        )
        for rule in table.rule
    )


def _redact(table: RedactTable) -> RedactSettings:
    return RedactSettings(
        headers=tuple(table.headers),
        query=tuple(table.query),
        paths=tuple(table.paths),
        patterns=_replacements(table.patterns),
        env=tuple(table.env),
    )


def _replacements(tables: list[ReplaceTable]) -> tuple[Replacement, ...]:
    return tuple(Replacement(one.pattern, one.with_) for one in tables)


def _target(name: str, table: TargetTable) -> TargetSettings:
    try:
        options = json.dumps(table.options) if table.options else ""
    except (TypeError, ValueError) as error:  # TOML has dates, JSON none
        raise ConfigError(
            f"bad options ({error})", where=f"[target.{name}]", expected="what JSON has"
        ) from error
    return TargetSettings(
        name=name,
        model=table.model,
        provider=table.provider,
        url=table.url,
        dialect=table.dialect,
        key_env=table.key_env,
        headers=tuple(table.headers.items()),
        options=options,
    )


def _tag_rule(table: TagTable) -> TagRule:
    return TagRule(table.url, tuple(table.__pydantic_extra__.items()))
