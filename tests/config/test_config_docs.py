"""docs/config.md says what is so."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from agentrec_auto.bootstrap.options import OPTIONS
from agentrec_auto.config.keys import KEYS
from agentrec_auto.config.schema import (
    AgentrecTable,
    ComparatorTable,
    PriceTable,
    RedactTable,
    RuleTable,
    TargetTable,
)
from agentrec_auto.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/config.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def cells(head):
    """The rows of the table under a heading, cell by cell."""
    section = PAGE.partition(f"\n## `{head}`\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    assert lines, head
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("block", BLOCKS)
def test_block_loads(project, block):
    """Every TOML block loads, and says something or is a comment."""
    name = "pyproject.toml" if "[tool." in block else "agentrec.toml"
    project.write(block, name)
    loaded = project.load()
    assert loaded.file == str(project.folder / name)
    assert (set(loaded.origins.values()) != {"default"}) == ("[" in block)


def test_keys_of_agentrec():
    """The table has every key, with its default, its variable, and the flag where `agentrec run` has one."""
    flags = {option.flag for option in OPTIONS}
    plain = Settings()
    rows = {row[0]: row[1:4] for row in cells("[agentrec]")}
    assert [*rows] == [*AgentrecTable.model_fields, ""]
    for name, key in KEYS.items():
        default, variable, flag = rows["" if name == "run_tags" else name]
        assert variable == key.variable
        assert flag == (key.flag if key.flag in flags else ""), name
        if name == "speed":
            assert default == '"instant"'
        elif name != "run_tags":
            assert default == json.dumps(getattr(plain, name))


@pytest.mark.parametrize(("head", "model"), [("[[key.rule]]", RuleTable), ("[redact]", RedactTable)])
def test_keys_of_tables(head, model):
    """Each table has every key and its default."""
    assert {row[0]: row[1] for row in cells(head)} == {
        name: json.dumps(field.default) for name, field in model.model_fields.items()
    }


@pytest.mark.parametrize(
    ("head", "model"),
    [("[target.NAME]", TargetTable), ("[[comparator]]", ComparatorTable), ("[[price]]", PriceTable)],
)
def test_keys_of_named_tables(head, model):
    """So has each that needs something said."""
    assert {row[0]: row[1] for row in cells(head)} == {
        name: "" if field.is_required() else json.dumps(field.default)
        for name, field in model.model_fields.items()
    }


def test_every_setting():
    """Every field of `Settings` that a person can say has a place on the page."""
    places = {
        "key_rules": "[[key.rule]]",
        "redact": "[redact]",
        "tags": "[[tag]]",
        "targets": "[target.NAME]",
        "comparators": "[[comparator]]",
        "prices": "[[price]]",
        "run_tags": "AGENTREC_TAGS",
    }
    not_said = {"root", "config_file"}
    for field in fields(Settings):
        if field.name not in not_said:
            assert f"`{places.get(field.name, field.name)}`" in PAGE, field.name


def test_words():
    """Every word that a key allows is on the page."""
    from agentrec_auto import settings

    for words in (
        settings.MODES,
        settings.SCOPES,
        settings.ON_MISS,
        settings.PAST_LAST_TAKE,
        settings.FAILURES,
        settings.PATTERN_KINDS,
        settings.EXPECTATIONS,
    ):
        for word in words:
            assert f"`{word}`" in PAGE, word


def test_mistakes(project):
    """The transcript of mistakes is what one gets."""
    told = project.error('[agentrec]\nmode = "replya"\n[[tag]]\nurl = "api.openai.com"\nteam = "x"\n')
    transcript = PAGE.partition("$ agentrec config check\n")[2].partition("```")[0]
    assert told + "\n2 problems\n" == transcript
