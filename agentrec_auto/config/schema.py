"""The shape of the file: what may stand in which table. Pydantic, for people who write.

A field's docstring is what editors show (``agentrec config schema``). Values are judged by the checks of
`values` and `patterns`, so that a wrong one reads the same from whatever source it comes.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.json_schema import GenerateJsonSchema

from agentrec_auto import settings
from agentrec_auto.config import patterns, values
from agentrec_auto.config.values import Unfit
from agentrec_auto.settings import Settings

_DEFAULT = Settings()


def _enum(words: tuple[str, ...]) -> Any:
    return Field(json_schema_extra={"enum": list(words)})


Mode = Annotated[str, BeforeValidator(values.choice("mode", settings.MODES)), _enum(settings.MODES)]
OnMiss = Annotated[str, BeforeValidator(values.choice("on_miss", settings.ON_MISS)), _enum(settings.ON_MISS)]
Scope = Annotated[str, BeforeValidator(values.choice("scope", settings.SCOPES)), _enum(settings.SCOPES)]
Match = Annotated[str, BeforeValidator(values.choice("match", settings.MATCHES)), _enum(settings.MATCHES)]
Takes = Annotated[
    str, BeforeValidator(values.choice("takes", settings.PAST_LAST_TAKE)), _enum(settings.PAST_LAST_TAKE)
]
Failures = Annotated[
    str, BeforeValidator(values.choice("failures", settings.FAILURES)), _enum(settings.FAILURES)
]
Corpus = Annotated[str, BeforeValidator(values.corpus)]
Threshold = Annotated[
    float, BeforeValidator(values.threshold), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})
]
Speed = Annotated[
    float,
    BeforeValidator(values.speed),
    WithJsonSchema({"anyOf": [{"const": "instant"}, {"type": "number", "exclusiveMinimum": 0}]}),
]
Glob = Annotated[str, BeforeValidator(values.url_glob)]
BodyPath = Annotated[str, BeforeValidator(patterns.body_path)]
Header = Annotated[str, BeforeValidator(patterns.header)]
Variable = Annotated[str, BeforeValidator(patterns.variable)]
Money = Annotated[float, BeforeValidator(patterns.money), WithJsonSchema({"type": "number", "minimum": 0})]
Regex = Annotated[str, BeforeValidator(patterns.regex), Field(json_schema_extra={"format": "regex"})]


class Table(BaseModel):
    """What all tables share: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class ReplaceTable(Table):
    """A regular expression and what is put in place of its matches."""

    pattern: Regex
    """A regular expression of Python's `re`; single quotes save the doubling of backslashes."""

    with_: Annotated[str, BeforeValidator(values.text("with"))] = Field(alias="with")
    r"""What replaces each match; `\1` and `\g<name>` are the pattern's groups."""

    @model_validator(mode="after")
    def _fits(self) -> ReplaceTable:
        patterns.substitute(self.pattern, self.with_)
        return self


class RuleTable(Table):
    """What doesn't count, or counts too, for the identity of requests whose URL matches."""

    url: Glob = "*"
    """A glob over the whole URL without its query: `*/chat/completions`."""

    ignore: list[BodyPath] = []
    """Body paths left out of the key: `metadata.run`, `messages[*].name`."""

    replace: list[ReplaceTable] = []
    """Made in each string of the body before the key is taken; what is stored stays as it was."""

    headers: list[Header] = []
    """Request headers that count."""

    host: Annotated[bool, BeforeValidator(values.truth("host"))] = False
    """Whether scheme, host and port count."""

    ignore_query: list[Annotated[str, BeforeValidator(values.string("ignore_query", "a query name"))]] = []
    """Query names that don't count."""


class KeyTable(Table):
    """How requests are told apart."""

    rule: list[RuleTable] = []
    """One table a rule; all rules whose `url` matches apply."""


class RedactTable(Table):
    """What must not reach the disk, besides what never does."""

    headers: list[Header] = []
    """Headers whose value is replaced, in requests and responses."""

    query: list[Annotated[str, BeforeValidator(values.string("query", "a query name"))]] = []
    """Query names whose value is replaced."""

    paths: list[BodyPath] = []
    """Body paths, of requests and responses, whose value is replaced whole."""

    patterns: list[ReplaceTable] = []
    """Replaced wherever they match, in requests and responses."""

    env: list[Variable] = []
    """Environment variables whose values are replaced by `<NAME>`."""


class TagTable(Table):
    """Tags for interactions whose URL matches: every key but `url` is one."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[str, BeforeValidator(values.string("tag"))]]

    url: Glob
    """A glob over the whole URL: `*/v1/messages`."""

    @model_validator(mode="after")
    def _says_something(self) -> TagTable:
        if not self.__pydantic_extra__:
            raise Unfit("no tag", "at least one key besides url, as in category = 'support'")
        return self


class TargetTable(Table):
    """A model that `agentrec migrate --target NAME` asks."""

    model: Annotated[str, BeforeValidator(values.string("model", "a model, as its provider calls it"))]
    """The model, as its provider calls it."""

    provider: Annotated[str, BeforeValidator(values.text("provider"))] = ""
    """One of those that `agentrec profiles` lists; not needed where the model's name tells."""

    url: Annotated[str, BeforeValidator(values.base_url)] = ""
    """The base URL of another server: `http://localhost:8080/v1`."""

    dialect: Annotated[str, BeforeValidator(values.text("dialect"))] = ""
    """What is spoken there: `openai_chat`, unless the provider says otherwise."""

    key_env: Annotated[str, BeforeValidator(patterns.variable_or_none)] = ""
    """The environment variable that holds the key."""

    headers: dict[Header, Annotated[str, BeforeValidator(values.text("header"))]] = {}
    """Sent along; `${NAME}` in a value is the environment's."""

    options: dict[str, Any] = {}
    """Put into the body of every request: `temperature = 0`."""


class ComparatorTable(Table):
    """A pattern that `agentrec migrate --compare NAME` looks for in the target's answers."""

    name: Annotated[str, BeforeValidator(patterns.comparator_name)]
    """What `--compare` calls it."""

    kind: Annotated[
        str, BeforeValidator(values.choice("kind", settings.PATTERN_KINDS)), _enum(settings.PATTERN_KINDS)
    ]
    """regex (searched for anywhere; `(?i)` for any case) or contains (a text, whatever its case)."""

    pattern: Annotated[str, BeforeValidator(values.string("pattern", "a regular expression or a text"))]
    """What is looked for."""

    expect: Annotated[
        str, BeforeValidator(values.choice("expect", settings.EXPECTATIONS)), _enum(settings.EXPECTATIONS)
    ] = "present"
    """present, absent, or same: as it is in the baseline's answer."""

    @model_validator(mode="after")
    def _compiles(self) -> ComparatorTable:
        if self.kind == "regex":
            patterns.searched(self.pattern)
        return self


class PriceTable(Table):
    """What a model costs, in dollars for a million tokens; wins over the price library."""

    model: Annotated[str, BeforeValidator(values.string("model", "a model, or a glob over models' names"))]
    """A glob over the model's name: `our-llama-*`."""

    input: Money
    """Read by the model."""

    output: Money
    """Written by the model."""

    provider: Annotated[str, BeforeValidator(values.text("provider"))] = ""
    """A glob over the provider's name; for all, unless said."""

    since: Annotated[
        str, BeforeValidator(patterns.day), WithJsonSchema({"type": "string", "format": "date"})
    ] = ""
    """The first day of the price: `2026-11-01`. Of several, the last that has come holds."""

    cache_read: Money | None = None
    """Read from the provider's cache; as `input`, unless said."""

    cache_write: Money | None = None
    """Written to it; as `input`, unless said."""

    reasoning: Money | None = None
    """Thought by the model; as `output`, unless said."""


class AgentrecTable(Table):
    """How to record and replay."""

    mode: Mode = _DEFAULT.mode
    """off, record (always live), replay (never live), auto (replay what is recorded, record the rest),
    refresh (as record) or verify (live, and compared with the recording)."""

    corpus: Corpus = _DEFAULT.corpus
    """Where recordings live: a folder, relative to this file's, or a store URL such as `memory:`."""

    scope: Scope = _DEFAULT.scope
    """llm (calls to LLM APIs) or all (every HTTP call)."""

    include: list[Glob] = []
    """URL globs that are in scope whatever `scope` says."""

    exclude: list[Glob] = []
    """URL globs that never are; wins over `include`."""

    on_miss: OnMiss = _DEFAULT.on_miss
    """What replay does when asked for what nobody recorded: fail, live (call, keep nothing) or record."""

    match: Match = _DEFAULT.match
    """exact, or fuzzy: the recording most like the request serves, from `threshold` on."""

    threshold: Threshold = _DEFAULT.threshold
    """With fuzzy matching, the least likeness that serves: 0 to 1."""

    takes: Takes = _DEFAULT.takes
    """What serves a request repeated more often than it was recorded: last, cycle or error."""

    failures: Failures = _DEFAULT.failures
    """Whether transient failures (408, 409, 425, 429, 5xx) are recorded: drop or keep."""

    speed: Speed = Field(default=values.INSTANT, validate_default=True)
    """The pace of replayed streams: instant, or a number (1 as recorded, 10 ten times as fast)."""

    fakes: Annotated[bool, BeforeValidator(values.truth("fakes"))] = _DEFAULT.fakes
    """Whether in-process fakes (MockTransport, ASGI and WSGI transports, respx) are intercepted, too."""

    dummy_keys: Annotated[bool, BeforeValidator(values.truth("dummy_keys"))] = _DEFAULT.dummy_keys
    """Whether replay gives SDKs a dummy for unset API-key variables, and for logins to Google and Azure."""


class File(Table):
    """How LLM calls are recorded and replayed."""

    model_config = ConfigDict(title="agentrec.toml")

    agentrec: AgentrecTable = Field(default_factory=AgentrecTable)
    key: KeyTable = Field(default_factory=KeyTable)
    redact: RedactTable = Field(default_factory=RedactTable)
    tag: list[TagTable] = []
    """One table a rule; an interaction gets the tags of all whose `url` matches."""

    target: dict[str, TargetTable] = {}
    """One table a model that migrations ask: `[target.NAME]`."""

    comparator: list[ComparatorTable] = []
    """One table a pattern that answers are judged by; each name once."""

    price: list[PriceTable] = []
    """One table a model, or a model from some day on."""

    @model_validator(mode="after")
    def _each_has_its_name(self) -> File:
        names = [table.name for table in self.comparator]
        if twice := [name for name in names if names.count(name) > 1]:
            raise Unfit(f"two comparators {twice[0]!r}", "a name each")
        return self


class _EditorSchema(GenerateJsonSchema):
    """JSON Schema without titles that only repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema() -> dict[str, Any]:
    """The JSON Schema of ``agentrec.toml``."""
    schema = File.model_json_schema(schema_generator=_EditorSchema)
    return {"$schema": _EditorSchema.schema_dialect, **schema}
