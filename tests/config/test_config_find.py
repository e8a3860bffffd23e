"""Which file speaks."""

from __future__ import annotations

import os

import pytest

OURS = '[agentrec]\nscope = "all"\n'
SHARED = '[tool.agentrec]\nscope = "all"\n'


def test_no_file(project):
    """Without a file the defaults hold, and the working directory is the root."""
    loaded = project.load(below="a/b")
    assert loaded.file == ""
    assert loaded.settings.root == str(project.folder / "a/b")
    assert loaded.settings.corpus == str(project.folder / "a/b/corpus")


@pytest.mark.parametrize(("name", "text"), [("agentrec.toml", OURS), ("pyproject.toml", SHARED)])
def test_found_from_below(project, name, text):
    """A file is found from any folder below its own, which is the root."""
    path = project.write(text, name)
    loaded = project.load(below="a/b")
    assert loaded.file == str(path)
    assert loaded.settings.scope == "all"
    assert loaded.settings.root == str(project.folder)


def test_ours_first(project):
    """In one folder agentrec.toml comes before pyproject.toml."""
    project.write('[tool.agentrec]\nscope = "llm"\n', "pyproject.toml")
    project.write(OURS)
    assert project.load().settings.scope == "all"


def test_nearest_first(project):
    """A pyproject.toml with our table comes before an agentrec.toml further up."""
    project.write(OURS)
    near = project.write('[tool.agentrec]\nscope = "llm"\n', "a/pyproject.toml")
    assert project.load(below="a/b").file == str(near)


@pytest.mark.parametrize(
    "text",
    ["[project]\nname = 'x'\n", "[project]\ndependencies = ['agentrec-auto']\n", "not TOML at all", "\xff"],
    ids=["silent", "mentions us", "broken", "binary"],
)
def test_other_pyprojects_are_passed_over(project, text):
    """A pyproject.toml that has no table of ours doesn't end the search, and broken it isn't our business."""
    above = project.write(OURS)
    (project.folder / "a").mkdir()
    (project.folder / "a/pyproject.toml").write_bytes(text.encode("latin-1"))
    assert project.load(below="a/b").file == str(above)


def test_broken_pyproject_of_ours(project):
    """A pyproject.toml that speaks of us and is broken is an error, not passed over."""
    project.write("[tool.agentrec]\nmode = \n", "pyproject.toml")
    assert project.error() == "broken TOML (invalid value) in pyproject.toml, line 2, column 8"


def test_pyproject_tables(project):
    """Under [tool.agentrec] stand the keys of [agentrec], and the other tables."""
    project.write(
        """
        [tool.agentrec]
        mode = "replay"
        [[tool.agentrec.key.rule]]
        ignore = ["user"]
        [tool.agentrec.redact]
        env = ["TOKEN"]
        [[tool.agentrec.tag]]
        url = "*"
        team = "search"
        """,
        "pyproject.toml",
    )
    loaded = project.load()
    assert loaded.settings.mode == "replay"
    assert loaded.settings.key_rules[0].ignore == ("user",)
    assert loaded.settings.redact.env == ("TOKEN",)
    assert loaded.settings.tags[0].tags == (("team", "search"),)
    assert loaded.origins["mode"] == "pyproject.toml [tool.agentrec]"
    assert loaded.origins["key_rules"] == "pyproject.toml [[tool.agentrec.key.rule]]"
    assert loaded.origins["redact"] == "pyproject.toml [tool.agentrec.redact]"
    assert loaded.origins["tags"] == "pyproject.toml [[tool.agentrec.tag]]"


@pytest.mark.parametrize("by", ["environment", "flag"])
def test_named(project, by):
    """AGENTREC_CONFIG and --config name a file, relative to the working directory, whatever else is there."""
    project.write('[agentrec]\nscope = "llm"\n')
    named = project.write(OURS, "ci/replay.toml")
    if by == "flag":
        loaded = project.load(config="ci/replay.toml")
    else:
        loaded = project.load({"AGENTREC_CONFIG": "ci/replay.toml"})
    assert loaded.file == str(named)
    assert loaded.settings.scope == "all"
    assert loaded.settings.root == str(named.parent)


def test_flag_before_variable(project):
    """--config comes before AGENTREC_CONFIG, which isn't even looked at."""
    project.write(OURS, "one.toml")
    assert project.load({"AGENTREC_CONFIG": "gone.toml"}, config="one.toml").settings.scope == "all"


@pytest.mark.parametrize(
    ("environ", "flags", "where"),
    [({"AGENTREC_CONFIG": "gone.toml"}, {}, "AGENTREC_CONFIG"), ({}, {"config": "gone.toml"}, "--config")],
)
def test_named_and_missing(project, environ, flags, where):
    """A file that is named has to be there: going on without would be another configuration."""
    project.write(OURS)
    assert project.error(environ=environ, **flags) == (
        f"no such file, 'gone.toml', in {where}: expected the path of a TOML file"
    )


def test_named_pyproject_without_a_table(project):
    """A pyproject.toml that is named needs the table."""
    project.write("[project]\nname = 'x'\n", "pyproject.toml")
    assert project.error(config="pyproject.toml") == "no table [tool.agentrec] in pyproject.toml"


def test_folder(project):
    """A folder where the file should be is told, not passed over."""
    (project.folder / "agentrec.toml").mkdir()
    assert project.error() == "a file that can't be read (is a directory) in agentrec.toml"


def test_dangling_link(project):
    """A link to nowhere is told, not passed over."""
    (project.folder / "agentrec.toml").symlink_to("gone.toml")
    assert project.error() == "a file that can't be read (no such file or directory) in agentrec.toml"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable(project):
    """A file one may not read is told, not passed over."""
    project.write(OURS).chmod(0)
    assert project.error() == "a file that can't be read (permission denied) in agentrec.toml"


def test_far_file_in_full(project):
    """A file that isn't below the working directory is named in full."""
    path = project.write('[agentrec]\nmode = "replya"\n')
    from agentrec_auto.config.load import load
    from agentrec_auto.errors import ConfigError

    (project.folder / "a").mkdir()
    with pytest.raises(ConfigError, match=f"in {path} \\[agentrec\\] mode"):
        load({}, cwd=str(project.folder / "a"))
