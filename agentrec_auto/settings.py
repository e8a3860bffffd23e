"""Settings, as they reach the parts: after every source was read and checked.

Plain frozen dataclasses, so that an app in whose process we run needs no pydantic. People write TOML;
`agentrec_auto.config` reads and checks it and makes one `Settings`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MODES = ("off", "record", "replay", "auto", "refresh", "verify")
ON_MISS = ("fail", "live", "record")
SCOPES = ("llm", "all")
MATCHES = ("exact", "fuzzy")
PAST_LAST_TAKE = ("last", "cycle", "error")
FAILURES = ("drop", "keep")
PATTERN_KINDS = ("regex", "contains")
EXPECTATIONS = ("present", "absent", "same")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A regular expression and the text put in place of what it matches."""

    pattern: str
    with_: str


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What doesn't count, or counts too, for the identity of requests whose URL matches."""

    url: str = "*"
    """A glob over the whole URL without its query (``*/chat/completions``)."""

    ignore: tuple[str, ...] = ()
    """Body paths left out of the key (``metadata.run``, ``messages[*].name``)."""

    replace: tuple[Replacement, ...] = ()
    """Applied to each string of the body before the key is taken; what is stored keeps the original."""

    headers: tuple[str, ...] = ()
    """Request headers that count."""

    host: bool = False
    """Whether scheme, host and port count."""

    ignore_query: tuple[str, ...] = ()
    """Query names that don't count."""


@dataclass(frozen=True, slots=True)
class RedactSettings:
    """What must not reach the disk, beside what never does."""

    headers: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """Body paths, of requests and responses, whose value is replaced whole."""

    patterns: tuple[Replacement, ...] = ()
    env: tuple[str, ...] = ()
    """Environment variables whose values are replaced by ``<NAME>``."""


@dataclass(frozen=True, slots=True)
class TagRule:
    """Tags for interactions whose URL matches the glob."""

    url: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """A model that migrations can ask, as the user calls it."""

    name: str
    model: str
    provider: str = ""
    """One of the providers we know; empty for what the model's name tells."""

    url: str = ""
    """A base URL; empty for the provider's."""

    dialect: str = ""
    key_env: str = ""
    """The environment variable that holds the key; empty for the provider's."""

    headers: tuple[tuple[str, str], ...] = ()
    options: str = ""
    """Members for every body, as JSON."""


@dataclass(frozen=True, slots=True)
class ComparatorSettings:
    """A comparator of the user's: a pattern that the target's answers must hold, or must not."""

    name: str
    kind: str
    pattern: str
    expect: str = "present"


@dataclass(frozen=True, slots=True)
class PriceSettings:
    """What a model costs, in dollars for a million tokens; None for what isn't said."""

    model: str
    """A glob over the model's name."""

    input: float
    output: float
    provider: str = ""
    """A glob over the provider's name; empty for all."""

    since: str = ""
    """The first day, as ``2026-11-01``; empty for always."""

    cache_read: float | None = None
    cache_write: float | None = None
    reasoning: float | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the recorder needs to know."""

    mode: str = "auto"
    corpus: str = "corpus"
    """A folder (absolute once loaded), or a store URL (``memory:``)."""

    scope: str = "llm"
    include: tuple[str, ...] = ()
    """URL globs that are always in scope."""

    exclude: tuple[str, ...] = ()
    """URL globs that never are; wins over `include`."""

    on_miss: str = "fail"
    match: str = "exact"
    threshold: float = 0.9
    """With ``match = "fuzzy"``: the least similarity, 0 to 1, of a recording that may serve."""

    takes: str = "last"
    """What serves a request past the last take: the last, the first again (cycle), or nothing (error)."""

    failures: str = "drop"
    """Whether transient failures (408, 409, 425, 429, 5xx) are kept."""

    speed: float = 0.0
    """Pace of replay: 1.0 as recorded, 10.0 ten times as fast, 0.0 instant."""

    fakes: bool = False
    """Whether in-process fakes (MockTransport, ASGI and WSGI transports, respx) are intercepted too."""

    dummy_keys: bool = True
    """Whether replay sets API-key variables that are unset to a dummy."""

    key_rules: tuple[KeyRule, ...] = ()
    redact: RedactSettings = field(default_factory=RedactSettings)
    tags: tuple[TagRule, ...] = ()
    targets: tuple[TargetSettings, ...] = ()
    """Models that migrations can ask by a name of the user's."""

    comparators: tuple[ComparatorSettings, ...] = ()
    """What migrations compare by, beside the comparators that we have."""

    prices: tuple[PriceSettings, ...] = ()
    """What models cost, before what the price library says."""

    run_tags: tuple[tuple[str, str], ...] = ()
    """From ``--tag k=v``: put on everything recorded in this run."""

    root: str = ""
    """The project's folder, absolute: where the config file is, else the working directory. Call sites
    are told relative to it."""

    config_file: str = ""
    """The file this came from; empty for none."""
