"""Where models are: the providers we know, as data (``profiles.toml``), and whose a model's name is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from agentrec_auto.config import toml

DEFAULT_DIALECT = "openai_chat"


@dataclass(frozen=True, slots=True)
class Profile:
    """A provider."""

    name: str
    title: str
    url: str
    """The base URL; ``{VARIABLE}`` in it is the environment's."""

    dialect: str = DEFAULT_DIALECT
    also: tuple[str, ...] = ()
    """Other dialects spoken there: a question that was read in one is asked in it."""

    key_env: tuple[str, ...] = ()
    """Variables that may hold the key; the first that is set does."""

    auth: str = "bearer"
    """``bearer``, a header's name (``x-api-key``), ``optional`` (as bearer, if there is one) or ``none``."""

    models: tuple[str, ...] = ()
    """Patterns of the names of its models."""

    refuses: tuple[str, ...] = ()
    """Members of a body that it answers with an error."""

    lacks: tuple[str, ...] = ()
    note: str = ""

    def has(self, model: str) -> bool:
        """Whether a model's name is of its models."""
        return any(fnmatchcase(model.lower(), pattern) for pattern in self.models)

    def key_variable(self, environ: Mapping[str, str]) -> str | None:
        """The variable that holds the key; None where none is set."""
        return next((name for name in self.key_env if environ.get(name)), None)

    @property
    def needs_key(self) -> bool:
        """Whether it answers nobody without a key."""
        return self.auth not in ("none", "optional") and bool(self.key_env)


@cache
def built_in() -> Mapping[str, Profile]:
    """The providers we know, by name."""
    data = files("agentrec_auto.migration").joinpath("profiles.toml").read_bytes()
    return {name: _profile(name, table) for name, table in toml.parse(data, "profiles.toml").items()}


def profile_for(model: str, profiles: Mapping[str, Profile]) -> tuple[Profile, str]:
    """The provider that a model's name means, and the name the provider knows it by.

    ``groq/llama-3.3-70b`` names both; else the name's pattern tells. LookupError where nothing does.
    """
    head, slash, rest = model.partition("/")
    if slash and rest and head in profiles:
        return profiles[head], rest
    for profile in profiles.values():
        if profile.has(model):
            return profile, model
    raise LookupError(
        f"can't tell the provider of model {model!r}: name it (--target-provider, or PROVIDER/{model}), "
        f"one of {', '.join(profiles)}; or say where it is (--target-url)"
    )


def located(url: str, environ: Mapping[str, str]) -> str:
    """A URL with the environment's values in it."""
    fallback = {"AWS_REGION": environ.get("AWS_DEFAULT_REGION") or "us-east-1"}
    return re.sub(r"\{(\w+)\}", lambda found: environ.get(found[1]) or fallback.get(found[1], ""), url)


def _profile(name: str, table: Mapping[str, Any]) -> Profile:
    told: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
    }
    return Profile(name=name, **told)
