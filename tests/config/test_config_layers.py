"""Defaults < file < environment < flags, and what a relative path is relative to."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint

import pytest

from agentrec_auto.config.load import load, runtime_settings
from agentrec_auto.errors import ConfigError
from agentrec_auto.settings import KeyRule, RedactSettings, Replacement, Settings, TagRule
from agentrec_auto.store import location

FULL = r"""
[agentrec]
mode = "verify"
corpus = "tapes"
scope = "all"
include = ["*://a/*", "https://b/*"]
exclude = ["*/traces/*"]
on_miss = "live"
match = "fuzzy"
threshold = 0.75
takes = "cycle"
failures = "keep"
speed = 10
fakes = true
dummy_keys = false

[[key.rule]]
url = "*/chat/completions"
ignore = ["metadata.run", "messages[*].name"]
replace = [{ pattern = '\d{4}-(\d\d)', with = '<\1>' }]
headers = ["X-Tenant"]
host = true
ignore_query = ["trace"]

[[key.rule]]

[redact]
headers = ["X-Tenant-Token"]
query = ["session"]
paths = ["**.customer_email"]
patterns = [{ pattern = "CUST-\\d+", with = "" }]
env = ["INTERNAL_TOKEN"]

[[tag]]
url = "*/v1/messages"
category = "support"
team = "search"
"""


def test_every_key(project):
    """Each key of the file arrives in its setting."""
    path = project.write(FULL)
    assert project.load().settings == Settings(
        mode="verify",
        corpus=str(project.folder / "tapes"),
        scope="all",
        include=("*://a/*", "https://b/*"),
        exclude=("*/traces/*",),
        on_miss="live",
        match="fuzzy",
        threshold=0.75,
        takes="cycle",
        failures="keep",
        speed=10.0,
        fakes=True,
        dummy_keys=False,
        key_rules=(
            KeyRule(
                url="*/chat/completions",
                ignore=("metadata.run", "messages[*].name"),
                replace=(Replacement(r"\d{4}-(\d\d)", r"<\1>"),),
                headers=("x-tenant",),
                host=True,
                ignore_query=("trace",),
            ),
            KeyRule(),
        ),
        redact=RedactSettings(
            headers=("x-tenant-token",),
            query=("session",),
            paths=("**.customer_email",),
            patterns=(Replacement(r"CUST-\d+", ""),),
            env=("INTERNAL_TOKEN",),
        ),
        tags=(TagRule("*/v1/messages", (("category", "support"), ("team", "search"))),),
        root=str(project.folder),
        config_file=str(path),
    )


def test_empty_file(project):
    """An empty file says nothing but where the root is."""
    path = project.write("")
    assert project.load(below="a").settings == Settings(
        corpus=str(project.folder / "corpus"), root=str(project.folder), config_file=str(path)
    )


@pytest.mark.parametrize(("written", "speed"), [('"instant"', 0.0), ("1", 1.0), ("0.5", 0.5)])
def test_speed(project, written, speed):
    """A speed is a number, or instant."""
    project.write(f"[agentrec]\nspeed = {written}\n")
    assert project.load().settings.speed == speed


SAID = [
    ("mode", "AGENTREC_MODE", "replay", "replay"),
    ("corpus", "AGENTREC_CORPUS", "memory:", "memory:"),
    ("scope", "AGENTREC_SCOPE", "llm", "llm"),
    ("include", "AGENTREC_INCLUDE", "*/a, */b", ("*/a", "*/b")),
    ("exclude", "AGENTREC_EXCLUDE", "*/c", ("*/c",)),
    ("on_miss", "AGENTREC_ON_MISS", "record", "record"),
    ("match", "AGENTREC_MATCH", "exact", "exact"),
    ("threshold", "AGENTREC_THRESHOLD", "0.5", 0.5),
    ("takes", "AGENTREC_TAKES", "error", "error"),
    ("failures", "AGENTREC_FAILURES", "drop", "drop"),
    ("speed", "AGENTREC_SPEED", "instant", 0.0),
    ("speed", "AGENTREC_SPEED", "2", 2.0),
    ("fakes", "AGENTREC_FAKES", "no", False),
    ("dummy_keys", "AGENTREC_DUMMY_KEYS", "1", True),
    ("run_tags", "AGENTREC_TAGS", "team=search, ticket = 7", (("team", "search"), ("ticket", "7"))),
]


@pytest.mark.parametrize(("field", "variable", "text", "value"), SAID)
def test_environment_over_file(project, field, variable, text, value):
    """A variable comes before the file, and `origins` says so."""
    project.write(FULL)
    loaded = project.load({variable: text})
    assert getattr(loaded.settings, field) == value
    assert loaded.origins[field] == variable


@pytest.mark.parametrize(("field", "variable", "text", "value"), SAID)
def test_flag_over_environment(project, field, variable, text, value):
    """A flag comes before the variable."""
    project.write(FULL)
    environ = {
        "AGENTREC_MODE": "auto",
        "AGENTREC_CORPUS": "x",
        "AGENTREC_ON_MISS": "fail",
        "AGENTREC_SPEED": "5",
    }
    loaded = project.load(environ, **{field: text})
    assert getattr(loaded.settings, field) == value
    assert loaded.origins[field] == ("--tag" if field == "run_tags" else "--" + field.replace("_", "-"))


def test_every_key_has_a_variable():
    """What [agentrec] can say, a variable can say."""
    from agentrec_auto.config.keys import KEYS
    from agentrec_auto.config.schema import AgentrecTable

    assert [*KEYS] == [*AgentrecTable.model_fields, "run_tags"]
    assert {variable for _, variable, _, _ in SAID} == {key.variable for key in KEYS.values()}


def test_empty_variable(project):
    """A variable that is empty or blank counts as unset."""
    loaded = project.load({"AGENTREC_CORPUS": "", "AGENTREC_SCOPE": " ", "AGENTREC_CONFIG": ""})
    assert loaded.origins["corpus"] == loaded.origins["scope"] == "default"


def test_blanks_around(project):
    """Blanks around a variable's value don't count: `set AGENTREC_MODE=replay && pytest` leaves one."""
    assert project.load({"AGENTREC_MODE": "replay "}).settings.mode == "replay"


def test_tags_add_up(project):
    """--tag adds to AGENTREC_TAGS, and wins where both name one."""
    loaded = project.load({"AGENTREC_TAGS": "a=1,b=2"}, run_tags="b=3,c=4")
    assert loaded.settings.run_tags == (("a", "1"), ("b", "3"), ("c", "4"))
    assert loaded.origins["run_tags"] == "AGENTREC_TAGS, --tag"


def test_defaults_are_called_so(project):
    """What nobody said comes from default."""
    assert set(project.load().origins.values()) == {"default"}


def test_file_corpus_beside_the_file(project):
    """A corpus the file names is relative to the file."""
    project.write('[agentrec]\ncorpus = "data/../tapes"\n')
    assert project.load(below="a/b").settings.corpus == str(project.folder / "tapes")


@pytest.mark.parametrize("by", ["environment", "flag"])
def test_other_corpus_beside_the_process(project, by):
    """A corpus that a variable or a flag names is relative to the working directory."""
    project.write('[agentrec]\ncorpus = "tapes"\n')
    said = ({"AGENTREC_CORPUS": "mine"}, {}) if by == "environment" else ({}, {"corpus": "mine"})
    assert project.load(said[0], below="a", **said[1]).settings.corpus == str(project.folder / "a/mine")


@pytest.mark.parametrize("url", ["memory:", "sqlite:////srv/x.db", "s3+https://bucket/x"])
def test_store_urls_stay(project, url, monkeypatch):
    """A store URL stays as it is written."""
    brought = {"s3+https": [EntryPoint("s3+https", "stores:S3", "agentrec_auto.stores")]}
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **said: brought.get(said["name"], []))
    project.write(f'[agentrec]\ncorpus = "{url}"\n')
    assert project.load().settings.corpus == url


def test_database_beside_the_file(project):
    """A database that a relative URL names is relative to the file, as a folder is."""
    project.write('[agentrec]\ncorpus = "sqlite:///data/x.db"\n')
    assert project.load(below="a/b").settings.corpus == f"sqlite:///{project.folder}/data/x.db"


@pytest.mark.parametrize("folder", ["corpus", "C:\\corpus", "./a:b", "a b: c"])
def test_folders_are_no_urls(folder):
    """A folder stays one: a drive's letter, or a colon further on, makes no URL."""
    assert not location.scheme_of(folder)


def test_absolute_and_home(project, monkeypatch):
    """An absolute corpus stays; ~ is the home folder."""
    monkeypatch.setenv("HOME", "/home/her")
    assert project.load({"AGENTREC_CORPUS": "/srv/corpus"}).settings.corpus == "/srv/corpus"
    assert project.load({"AGENTREC_CORPUS": "~/corpus"}).settings.corpus == "/home/her/corpus"


@pytest.mark.parametrize("ci", ["true", "1", "woodpecker"])
@pytest.mark.parametrize("text", [None, '[agentrec]\nmode = "auto"\n'])
def test_ci_replays(project, ci, text):
    """In CI auto replays, whether nobody said it or the file did."""
    if text:
        project.write(text)
    loaded = project.load({"CI": ci})
    assert loaded.settings.mode == "replay"
    assert loaded.origins["mode"] == "CI"
    assert loaded.exports()["AGENTREC_MODE"] == "replay"


@pytest.mark.parametrize("ci", ["", "false", "0", "off", "No"])
def test_not_ci(project, ci):
    """CI=false is no CI."""
    assert project.load({"CI": ci}).settings.mode == "auto"


@pytest.mark.parametrize("said", [({"AGENTREC_MODE": "auto"}, {}), ({}, {"mode": "auto"})])
def test_ci_told_otherwise(project, said):
    """In CI, too, auto is auto for those who ask for it by variable or flag."""
    assert project.load({"CI": "true", **said[0]}, **said[1]).settings.mode == "auto"


def test_ci_leaves_other_modes(project):
    """In CI a mode of the file that isn't auto holds."""
    project.write('[agentrec]\nmode = "record"\n')
    assert project.load({"CI": "true"}).settings.mode == "record"


def test_runtime_settings(project, monkeypatch):
    """A process that records has the settings of its working directory."""
    project.write(FULL)
    monkeypatch.chdir(project.folder)
    assert runtime_settings({"AGENTREC_MODE": "replay"}) == project.load({"AGENTREC_MODE": "replay"}).settings


def test_runtime_settings_elsewhere(project, monkeypatch):
    """A process that has gone elsewhere has the settings of the folder that its run started in."""
    project.write(FULL)
    monkeypatch.chdir("/")
    settings = runtime_settings({"AGENTREC_CWD": str(project.folder), "AGENTREC_CORPUS": "mine"})
    assert settings.takes == "cycle"
    assert settings.corpus == str(project.folder / "mine")


def test_flags_by_other_names(project):
    """Whoever has other flags than `agentrec run` has errors that name them."""
    with pytest.raises(ConfigError, match="unknown mode 'x' in --agentrec: expected off"):
        load({}, cwd=str(project.folder), flags={"mode": "x"}, flag_names={"mode": "--agentrec"})


def test_working_directory_gone(project, monkeypatch):
    """A process whose working directory was removed is told so, not left with a traceback."""
    gone = project.folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    try:
        with pytest.raises(
            ConfigError, match="no settings and no corpus in the working directory, which was removed"
        ):
            load({})
    finally:
        os.chdir(project.folder)
