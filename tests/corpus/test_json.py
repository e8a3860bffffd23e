"""What ``--json`` prints has the members that the docs say, and no others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from corpus.conftest import Agentrec, Kept
from corpus.planted import in_a_message

PAGE = (Path(__file__).parents[2] / "docs" / "corpus.md").read_text(encoding="utf-8").partition("## JSON")[2]
OBJECTS, _, ELEMENTS = PAGE.partition("| Element of |")


def table(text: str) -> dict[str, set[str]]:
    """The names in the first column of a table, each with those in the second."""
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", text, re.MULTILINE)
    return {
        name: set(re.findall(r"`([a-z_]+)`", members))
        for names, members in rows
        for name in re.findall(r"(?<!of )`([a-z_ -]+)`", names)
    }


COMMANDS, MEMBERS = table(OBJECTS), table(ELEMENTS)


def documented(command: str) -> set[str]:
    members = COMMANDS[command]
    if command == "show":
        return (members | MEMBERS["recordings"]) - {"input_tokens", "output_tokens", "chunks"}
    return members


@pytest.fixture
def busy(kept: Kept, here: Path) -> None:
    """A corpus about which every command has something to say."""
    kept.edit(kept.name("2291"), in_a_message)
    (here / "corpus" / "broken.json").write_text("{")
    (here / "body.json").write_text(json.dumps({"model": "gpt-4o", "messages": [], "user": "u"}))


@pytest.mark.parametrize(
    ("command", "elements", "words"),
    [
        ("ls", {"recordings": "recordings", "broken": "broken"}, ["ls"]),
        ("show", {}, ["show", "take2"]),
        ("diff", {"request": "request", "answer": "answer"}, ["diff", "take2", "gpt-9"]),
        ("diff --request", {}, ["diff", "--request", "body.json"]),
        ("explain", {"takes": "takes"}, ["explain", "take2"]),
        ("explain", {"effects": "effects"}, ["explain", "sleet"]),
        ("stats", {"broken": "broken"}, ["stats"]),
        ("scan", {"findings": "findings"}, ["scan", "--only", "redaction"]),
        ("scrub", {"changes": "changes", "broken": "broken"}, ["scrub"]),
        ("rekey", {"changes": "changes", "broken": "broken"}, ["rekey"]),
        ("prune", {"doomed": "doomed", "broken": "broken"}, ["prune", "model:gpt-4o"]),
        ("verify", {"faults": "faults"}, ["verify"]),
        ("annotate", {"broken": "broken"}, ["annotate", "--tag", "a=b"]),
    ],
)
def test_members(
    agentrec: Agentrec, kept: Kept, busy: None, command: str, elements: dict[str, str], words: list[str]
) -> None:
    """Object and elements have the members that are documented."""
    first, *rest = words
    found = [kept.name(word) if word in ("take2", "gpt-9", "sleet") else word for word in rest]
    told: Any = json.loads(agentrec(first, *found, "--json").stdout)
    assert set(told) == documented(command)
    for name, kind in elements.items():
        assert told[name], f"nothing under {name}"
        assert all(set(element) == MEMBERS[kind] for element in told[name]), told[name]


def test_inner_members(asked: Any, busy: None) -> None:
    """The same for what lies deeper."""
    near = asked("diff", "--request", "body.json")["near"]
    assert set(near) == MEMBERS["near"]
    assert all(set(one) == MEMBERS["differences"] for one in near["differences"])
    groups = asked("stats")["groups"]
    assert all(set(group) == MEMBERS["groups"] for found in groups.values() for group in found)
    assert set(asked("show", "--chunks")["chunks"][0]) == MEMBERS["chunks"]
