"""The fenced blocks of the pages, and how each is put to the test.

A block is tested by its language:

    toml        it is a config file that loads
    python      it runs, under ``agentrec run``; with tests in it, pytest passes
    console     its commands (``$ …``) exit with 0 and print what is shown; ``...`` stands for anything
    json        it parses
    dockerfile  its CMD is understood by ``agentrec run``

Comments in the lines above it say more:

    <!-- serves -->              the command is a server: it starts, answers, and is stopped
    <!-- exits: 1 -->            with this code
    <!-- given: a.toml as b -->  tests/docs/given/a.toml is there, as b
    <!-- ci:test -->             .ci/run runs it
    <!-- tested by: tests/x -->  by a test of its own
    <!-- shown only: why -->     not at all

Blocks in other languages, and in none, are only shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("*_example/*.md")]
)

_FENCED = re.compile(
    r"(?P<comments>(?:^<!-- [^\n]* -->\n)*)^(?P<fence>```+)(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"<!-- (?P<name>[\w ]+(?::\w+)?)(?:: (?P<value>.*))? -->")

ELSEWHERE = {"ci:test", "ci:demo", "tested by", "shown only"}
"""Marks of blocks that are not tested by their language."""


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: Path
    line: int
    language: str
    text: str
    marks: Mapping[str, str]
    """What the comments above say: name → what follows it."""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command of a ``console`` block, and what it is shown to print."""

    line: str
    shown: str


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCED.finditer(text):
        line = text.count("\n", 0, match.start("fence")) + 1
        marks = {one["name"]: one["value"] or "" for one in _COMMENT.finditer(match["comments"])}
        found.append(Block(page, line, match["language"], match["text"], marks))
    return found


def commands_of(block: Block) -> list[Command]:
    """The commands of a ``console`` block; without any ``$``, each line is one."""
    if not re.search(r"^\$ ", block.text, re.MULTILINE):
        return [Command(line, "") for line in block.text.splitlines() if line.strip()]
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    return [Command(*part.partition("\n")[::2]) for part in parts]


def is_as_shown(shown: str, printed: str) -> bool:
    """Whether a command printed what is shown; ``...`` stands for anything, space at line ends for nothing."""
    plain = "\n".join(line.rstrip() for line in shown.strip().splitlines())
    got = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return re.fullmatch(".*".join(map(re.escape, plain.split("..."))), got, re.DOTALL) is not None
