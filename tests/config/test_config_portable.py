"""Settings travel to child processes, and arrive as they were."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrec_auto import settings as allowed
from agentrec_auto.config.load import dump, load
from agentrec_auto.config.portable import parse
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

TEXTS = st.lists(st.text(max_size=8), max_size=2).map(tuple)
REPLACEMENTS = st.lists(st.builds(Replacement, st.text(max_size=8), st.text(max_size=8)), max_size=2).map(
    tuple
)
PAIRS = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=2).map(tuple)
RULES = st.builds(
    KeyRule,
    url=st.text(),
    ignore=TEXTS,
    replace=REPLACEMENTS,
    headers=TEXTS,
    host=st.booleans(),
    ignore_query=TEXTS,
)
ANYTHING = st.builds(
    Settings,
    mode=st.sampled_from(allowed.MODES),
    corpus=st.text(),
    scope=st.sampled_from(allowed.SCOPES),
    include=TEXTS,
    exclude=TEXTS,
    on_miss=st.sampled_from(allowed.ON_MISS),
    match=st.sampled_from(allowed.MATCHES),
    threshold=st.floats(0, 1),
    takes=st.sampled_from(allowed.PAST_LAST_TAKE),
    failures=st.sampled_from(allowed.FAILURES),
    speed=st.floats(0, 1000),
    fakes=st.booleans(),
    dummy_keys=st.booleans(),
    key_rules=st.lists(RULES, max_size=2).map(tuple),
    redact=st.builds(
        RedactSettings, headers=TEXTS, query=TEXTS, paths=TEXTS, patterns=REPLACEMENTS, env=TEXTS
    ),
    tags=st.lists(st.builds(TagRule, st.text(), PAIRS), max_size=2).map(tuple),
    targets=st.lists(
        st.builds(TargetSettings, st.text(), st.text(), headers=PAIRS, options=st.text()), max_size=2
    ).map(tuple),
    comparators=st.lists(st.builds(ComparatorSettings), max_size=2).map(tuple),
    prices=st.lists(
        st.builds(PriceSettings, input=st.floats(0, 99), output=st.floats(0, 99), reasoning=st.none()),
        max_size=2,
    ).map(tuple),
    run_tags=PAIRS,
    root=st.text(),
    config_file=st.text(),
)


@given(ANYTHING)
def test_round_trip(settings):
    """For every settings: dumped and parsed they are equal, and hash alike."""
    again = parse(dump(settings))
    assert again == settings
    assert hash(again) == hash(settings)


@given(ANYTHING)
def test_one_ascii_line(settings):
    """A dump is fit for an environment variable: one line of printable ASCII."""
    assert dump(settings).isascii()
    assert dump(settings).isprintable()


WORDS = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=5)
GLOBS = st.lists(WORDS.map("*{}*".format), min_size=1, max_size=2).map(",".join)
SAID = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(allowed.MODES),
        "corpus": WORDS | st.just("memory:"),
        "scope": st.sampled_from(allowed.SCOPES),
        "include": GLOBS,
        "exclude": GLOBS,
        "on_miss": st.sampled_from(allowed.ON_MISS),
        "match": st.sampled_from(allowed.MATCHES),
        "threshold": st.floats(0, 1).map(str),
        "takes": st.sampled_from(allowed.PAST_LAST_TAKE),
        "failures": st.sampled_from(allowed.FAILURES),
        "speed": st.just("instant") | st.floats(0.001, 1000).map(str),
        "fakes": st.sampled_from(["yes", "no"]),
        "dummy_keys": st.sampled_from(["true", "0"]),
        "run_tags": st.dictionaries(WORDS, WORDS, min_size=1, max_size=2).map(
            lambda tags: ",".join(map("=".join, tags.items()))
        ),
    },
)
FILE = '[agentrec]\nscope = "all"\non_miss = "live"\ncorpus = "tapes"\n[redact]\nenv = ["TOKEN"]\n'


@given(flags=SAID, with_file=st.booleans())
def test_children_agree(tmp_path_factory, flags, with_file):
    """For every flags: a child anywhere, with the exported environment, has the same settings."""
    folder = tmp_path_factory.mktemp("project")
    if with_file:
        (folder / "agentrec.toml").write_text(FILE)
    inherited = {"AGENTREC_SCOPE": "llm", "AGENTREC_TAKES": "cycle", "AGENTREC_TAGS": "a=b"}
    parent = load(inherited, cwd=str(folder), flags=flags)
    child = load({**inherited, **parent.exports()}, cwd="/")
    assert child.settings == parent.settings
    assert load({**inherited, **child.exports()}, cwd="/tmp").settings == parent.settings


def test_children_skip_the_file(project):
    """A child trusts the settings it was handed: the file may be gone by then."""
    path = project.write('[agentrec]\nscope = "all"\n')
    exported = project.load().exports()
    path.unlink()
    assert load(exported, cwd="/").settings.scope == "all"


def test_environment_over_what_was_handed(project):
    """A child's own environment comes before what it was handed."""
    project.write('[agentrec]\nscope = "all"\n')
    exported = project.load().exports()
    assert load({**exported, "AGENTREC_SCOPE": "llm"}, cwd="/").settings.scope == "llm"


@pytest.mark.parametrize("by", ["variable", "flag"])
def test_another_file_over_what_was_handed(project, by):
    """A child that is told to use another file uses it."""
    project.write('[agentrec]\nscope = "all"\n')
    exported = project.load().exports()
    other = str(project.write('[agentrec]\ntakes = "cycle"\n', "other.toml"))
    if by == "variable":
        settings = load({**exported, "AGENTREC_CONFIG": other}, cwd="/").settings
    else:
        settings = load(exported, cwd="/", flags={"config": other}).settings
    assert (settings.scope, settings.takes) == ("llm", "cycle")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "3",
        "null",
        "[]",
        '{"nope": 1}',
        '{"redact": 3}',
        '{"key_rules": [{}]}',
        '{"tags": [1]}',
        "[" * 9999,
    ],
)
def test_handed_by_another_version(project, text):
    """What can't be read as settings, another version's perhaps, sends the child to the file itself."""
    project.write('[agentrec]\nscope = "all"\n')
    assert project.load({"AGENTREC_SETTINGS": text}).settings.scope == "all"


def test_too_much_for_an_environment(project):
    """Settings too long for one variable aren't handed: children read the file, which they are told."""
    rules = "".join(f'[[tag]]\nurl = "*/{number}"\nname = "{"x" * 100}"\n' for number in range(300))
    project.write(rules)
    parent = project.load()
    assert "AGENTREC_SETTINGS" not in parent.exports()
    assert load(parent.exports(), cwd="/").settings == parent.settings


def test_exports_name_everything_absolutely(project):
    """Corpus and config file are exported so that they hold in any working directory."""
    path = project.write("")
    exported = project.load(below="a", corpus="tapes").exports()
    assert exported["AGENTREC_CORPUS"] == str(project.folder / "a/tapes")
    assert exported["AGENTREC_CONFIG"] == str(path)


def test_exports_of_nothing_said(project):
    """Where nobody said anything, mode, corpus and root are handed on, and no more."""
    exported = project.load().exports()
    assert exported.keys() == {"AGENTREC_MODE", "AGENTREC_CORPUS", "AGENTREC_SETTINGS"}
    assert parse(exported["AGENTREC_SETTINGS"]) == replace(
        Settings(), corpus=str(project.folder / "corpus"), root=str(project.folder)
    )
