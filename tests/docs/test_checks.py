"""The checks of the pages can fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.blocks import Block, blocks_of, commands_of, is_as_shown


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a  \nb", "a\nb   \n\n", True),
        ("in ... s", "in 0.31 s", True),
        ("first\n...\nlast", "first\n1\n2\nlast", True),
        ("a.c", "abc", False),
        ("a", "a\nb", False),
        ("in ... s", "in 0.31 ms!", False),
    ],
)
def test_shown(shown: str, printed: str, same: bool) -> None:
    """Output is compared whole; three dots stand for anything, other signs for themselves."""
    assert is_as_shown(shown, printed) is same


def test_blocks(tmp_path: Path) -> None:
    """A block has its language, its line and what the comment above it says."""
    page = tmp_path / "page.md"
    page.write_text(
        "# Head\n\n<!-- exits: 1 -->\n<!-- serves -->\n```console\n$ false\n```\ntext\n```toml\na = 1\n```\n<!-- ci:test -->\n```sh\n```\n"
    )
    found = [(block.line, block.language, block.marks, block.text) for block in blocks_of(page)]
    assert found == [
        (5, "console", {"exits": "1", "serves": ""}, "$ false\n"),
        (9, "toml", {}, "a = 1\n"),
        (13, "sh", {"ci:test": ""}, ""),
    ]


def test_commands() -> None:
    """A command goes to the end of its line; what follows, to the next one, is what it prints."""
    block = Block(Path("page"), 1, "console", "$ one --x\nsaid\nmore\n$ two\n", {})
    assert [(command.line, command.shown) for command in commands_of(block)] == [
        ("one --x", "said\nmore\n"),
        ("two", ""),
    ]
