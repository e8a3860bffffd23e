"""Pydantic's findings → our sentences: which file, which table, which key, what is allowed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agentrec_auto.config import schema
from agentrec_auto.config.values import Unfit, told
from agentrec_auto.errors import ConfigError

Place = tuple[int | str, ...]
"""Where in the file: ``("key", "rule", 0, "ignore", 1)``."""

_TABLES: dict[Place, type[schema.Table]] = {
    (): schema.File,
    ("agentrec",): schema.AgentrecTable,
    ("key",): schema.KeyTable,
    ("key", "rule"): schema.RuleTable,
    ("key", "rule", "replace"): schema.ReplaceTable,
    ("redact",): schema.RedactTable,
    ("redact", "patterns"): schema.ReplaceTable,
    ("tag",): schema.TagTable,
    ("comparator",): schema.ComparatorTable,
    ("price",): schema.PriceTable,
}
_ARRAYS = ("key.rule", "tag", "comparator", "price")
"""Tables that there may be several of."""


@dataclass(frozen=True, slots=True)
class Explainer:
    """Tells what is wrong with one file."""

    name: str
    """What messages call the file."""

    in_pyproject: bool = False
    """Whether the tables stand under ``[tool.agentrec]``."""

    def explain(self, error: ValidationError) -> ConfigError:
        """All problems, as one error."""
        return ConfigError.of([self._problem(detail) for detail in error.errors(include_url=False)])

    def _problem(self, detail: ErrorDetails) -> ConfigError:
        place: Place = detail["loc"]
        value = detail["input"]
        match detail["type"]:
            case "value_error":
                cause = detail["ctx"]["error"]
                assert isinstance(cause, Unfit)
                return ConfigError(cause.problem, where=self._where(place), expected=cause.expected)
            case "extra_forbidden":
                *inside, key = place
                return ConfigError(
                    f"unknown key {told(key)}",
                    where=self._where(tuple(inside)),
                    expected=self._keys(tuple(inside), str(key)),
                )
            case "missing":
                *inside, key = place
                return ConfigError(f"missing key {told(key)}", where=self._where(tuple(inside)))
            case "list_type":
                return ConfigError(
                    f"bad {place[-1]} {told(value)}",
                    where=self._where(place[:-1]),
                    expected=self._array(place),
                )
            case _:  # a table was due
                return ConfigError(f"bad table {told(value)}", where=self._where(place), expected="a table")

    def _where(self, place: Place) -> str:
        """``agentrec.toml [[key.rule]] #2 ignore #1``."""
        match place:
            case ("key", "rule", int(), *_) | ("target", str(), *_):
                heads, rest = 2, place[2:]
            case (str(), *_) if place[0] in ("agentrec", "key", "redact", "tag", "comparator", "price"):
                heads, rest = 1, place[1:]
            case _:
                heads, rest = 0, place
        words = [f"#{part + 1}" if isinstance(part, int) else _key(part) for part in rest]
        head = self.head(".".join(map(str, place[:heads]))) if heads else ""
        return " ".join(filter(None, (self.name, head, *words)))

    def head(self, table: str) -> str:
        """A table as it is headed in the file: ``[[key.rule]]``, ``[tool.agentrec.redact]``."""
        full = table if not self.in_pyproject else f"tool.agentrec.{table}".removesuffix(".agentrec")
        return f"[[{full}]]" if table in _ARRAYS else f"[{full}]"

    def _keys(self, inside: Place, key: str) -> str:
        """What may stand in a table, and what was perhaps meant."""
        names = tuple(part for part in inside if isinstance(part, str))
        table = schema.TargetTable if names[:1] == ("target",) else _TABLES[names]
        keys = [field.alias or name for name, field in table.model_fields.items()]
        if self.in_pyproject and inside == ("agentrec",):
            keys += [name for name in schema.File.model_fields if name != "agentrec"]
        return f"one of {', '.join(keys)}{self._hint(inside, key, keys)}"

    def _hint(self, inside: Place, key: str, keys: list[str]) -> str:
        if near := difflib.get_close_matches(key.lower().replace("-", "_"), keys, n=1):
            return f" (did you mean {near[0]!r}?)"
        if not inside and key in schema.AgentrecTable.model_fields:
            return f" ({key!r} belongs under [agentrec])"
        if not inside and key == "tool":
            return " (the table [tool.agentrec] of a pyproject.toml is [agentrec] here)"
        if inside == ("agentrec",) and key in schema.File.model_fields:
            return f" ({self.head(key)} is a table of its own)"
        return ""

    def _array(self, place: Place) -> str:
        names = tuple(part for part in place if isinstance(part, str))
        if ".".join(names) in _ARRAYS:
            return f"tables, each under a head of its own, {self.head('.'.join(names))}"
        if names in _TABLES:
            return "an array of tables, as in [{ pattern = 'a+', with = 'a' }]"
        return "an array of strings"


def _key(name: str) -> str:
    """A key as it is written: bare, or in quotes where TOML needs them."""
    return name if name.replace("_", "").replace("-", "").isalnum() else repr(name)
