"""Whatever stands in the file or the environment: settings, or a `ConfigError` that says what is wrong."""

from __future__ import annotations

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrec_auto.config.keys import KEYS
from agentrec_auto.config.load import load
from agentrec_auto.config.schema import AgentrecTable, RedactTable, RuleTable
from agentrec_auto.errors import ConfigError
from agentrec_auto.settings import Settings

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORDS = st.sampled_from(
    ["*", "replay", "a+", "(", "messages[*].x", "instant", "X-Y", "", "\\d", "http", "[[", "{"]
)
SCALARS = (
    st.booleans() | st.integers() | st.floats() | TEXT | WORDS | st.dates() | st.times() | st.datetimes()
)
KEYS_OF_TABLES = st.sampled_from(
    [
        *("pattern", "with", "url", "rule", "agentrec", "key", "redact", "tag"),
        *AgentrecTable.model_fields,
        *RedactTable.model_fields,
        *RuleTable.model_fields,
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS_OF_TABLES | TEXT, inner, max_size=4),
    max_leaves=12,
)


def tables_like(model, value):
    return st.dictionaries(st.sampled_from([*model.model_fields]) | TEXT, value, max_size=4)


PATTERNS = st.lists(st.fixed_dictionaries({"pattern": SCALARS, "with": SCALARS}) | VALUES, max_size=2)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "agentrec": tables_like(AgentrecTable, VALUES) | VALUES,
        "key": st.fixed_dictionaries(
            {"rule": st.lists(tables_like(RuleTable, PATTERNS | VALUES), max_size=2)}
        )
        | VALUES,
        "redact": tables_like(RedactTable, PATTERNS | VALUES) | VALUES,
        "tag": st.lists(st.dictionaries(KEYS_OF_TABLES | TEXT, VALUES, max_size=3), max_size=2) | VALUES,
    },
)


def outcome(environ, folder):
    """Loading gives settings that can be used, or one error whose every line is a sentence."""
    try:
        loaded = load(environ, cwd=str(folder))
    except ConfigError as error:
        assert all(" in " in sentence for sentence in error.sentences)
        assert str(error).splitlines() == error.sentences
    else:
        assert isinstance(loaded.settings, Settings)
        hash(loaded.settings)
        assert load({**environ, **loaded.exports()}, cwd="/").settings == loaded.settings


@settings(max_examples=300, deadline=None)
@given(FILES, st.booleans())
def test_any_tables(tmp_path_factory, tables, in_pyproject):
    """For every file of TOML values of whatever type."""
    folder = tmp_path_factory.mktemp("project")
    if in_pyproject:
        ours = tables.get("agentrec", {})
        merged = (
            {**ours, **{name: value for name, value in tables.items() if name != "agentrec"}}
            if isinstance(ours, dict)
            else ours
        )
        (folder / "pyproject.toml").write_bytes(tomli_w.dumps({"tool": {"agentrec": merged}}).encode())
    else:
        (folder / "agentrec.toml").write_bytes(tomli_w.dumps(tables).encode())
    outcome({}, folder)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes(tmp_path_factory, data):
    """For every file of whatever bytes."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "agentrec.toml").write_bytes(data)
    outcome({}, folder)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([key.variable for key in KEYS.values()]),
        TEXT.filter(lambda text: "\0" not in text) | WORDS,
    )
)
def test_any_environment(tmp_path_factory, environ):
    """For every environment."""
    outcome(environ, tmp_path_factory.mktemp("project"))


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*Settings.__dataclass_fields__]) | TEXT, SCALARS | st.lists(SCALARS), max_size=3
    )
)
def test_any_handed_settings(tmp_path_factory, said):
    """Settings handed down in a shape that isn't ours never raise anything but `ConfigError`."""
    import json

    folder = tmp_path_factory.mktemp("project")
    try:
        load({"AGENTREC_SETTINGS": json.dumps(said, default=str)}, cwd=str(folder))
    except ConfigError:
        pass
