"""The matrix as it is written down: its programs, its locks, and the page that shows it."""

from __future__ import annotations

import re

import pytest
from matrix.entries import LOCKS, Column, normal, pinned
from matrix.page import PAGE, put_into
from matrix.sample import SIZE, sample
from matrix.table import COLUMNS, ENTRIES, chosen

ROOT = PAGE.parents[1]


def test_page() -> None:
    """docs/sdks.md says what the matrix runs; ``python tests/matrix/page.py`` writes it."""
    page = PAGE.read_text(encoding="utf-8")
    assert put_into(page) == page


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_lock(column: Column) -> None:
    """Each column has a lock, in which its SDK and what we depend on are pinned; ``nox -s matrix -- --lock``."""
    assert column.version
    needed = re.findall(
        r'^  "([\w-]+)[><=!]', (ROOT / "pyproject.toml").read_text("utf-8").split("]\n")[1], re.M
    )
    assert {normal(name) for name in needed} <= set(pinned(column.lock))
    for wanted in column.edition.requires:
        name, is_exact, version = wanted.partition("==")
        if is_exact:
            assert pinned(column.lock)[normal(name.partition("[")[0])] == version


def test_nothing_is_left_over() -> None:
    """No lock without a column, no program without an entry."""
    assert {path.name for path in LOCKS.iterdir()} == {column.lock.name for column in COLUMNS}
    programs = {path.name for path in (LOCKS.parent / "programs").glob("*.py")}
    assert programs <= {entry.path.name for entry in ENTRIES}


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_cells(column: Column) -> None:
    """What an edition hasn't is a cell that its program has."""
    assert column.cells
    names = {cell.name for cell in column.entry.cells}
    assert set(column.edition.without) <= names
    assert {cell for cell, _ in column.edition.misses} <= names


def test_sample() -> None:
    """The same columns for the same commit, of different entries; and in time, all that are light."""
    drawn = sample(COLUMNS, "one")
    assert drawn == sample(COLUMNS, "one")
    assert len({column.entry.name for column in drawn}) == SIZE
    light = {column for column in COLUMNS if not column.entry.heavy}
    assert {column for number in range(200) for column in sample(COLUMNS, str(number))} == light


def test_chosen() -> None:
    """Columns are chosen by their entry or one by one; a name that isn't there is told."""
    assert {column.entry.name for column in chosen("groq")} == {"groq"}
    assert [str(column) for column in chosen("openai-1.10,groq-newest")] == ["openai-1.10", "groq-newest"]
    with pytest.raises(
        LookupError, match="unknown in the matrix: grok: expected all, sample, or of anthropic, "
    ):
        chosen("grok,groq")
