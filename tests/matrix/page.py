"""The table of docs/sdks.md, made from the matrix: ``python tests/matrix/page.py`` writes it into the page."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "sdks.md"
BEGIN, END = "<!-- matrix -->\n", "<!-- end of matrix -->\n"

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from matrix.entries import Column, Entry  # noqa: E402
from matrix.table import FRAMEWORKS, SDKS  # noqa: E402


def table() -> str:
    """Both tables, as Markdown."""
    return f"## SDKs\n\n{_table(SDKS)}\n## Frameworks\n\n{_table(FRAMEWORKS)}"


def put_into(page: str) -> str:
    """A page with its table as it should be."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + "\n" + table() + "\n" + END + rest.split(END)[1]


def _table(entries: tuple[Entry, ...]) -> str:
    head = ["| | versions | over | sync | async | what else is to be known |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *map(_row, entries)]) + "\n"


def _row(entry: Entry) -> str:
    columns = [Column(entry, edition) for edition in entry.editions]
    versions = ", ".join(dict.fromkeys(column.version for column in columns))
    over = ", ".join(dict.fromkeys(library for column in columns for library in column.edition.over))
    ways = [_ways(entry, is_async=is_async) for is_async in (False, True)]
    name = entry.name if not entry.of else f"{entry.of} ({entry.name.removeprefix(entry.of).strip('-')})"
    return f"| {name} | {versions} | {over} | {' | '.join(ways)} | {entry.note} |"


def _ways(entry: Entry, *, is_async: bool) -> str:
    """``plain, stream``: what of it is driven."""
    cells = [cell for cell in entry.cells if cell.is_async is is_async]
    told = ["plain"] * any(not cell.is_stream for cell in cells)
    return ", ".join(told + ["stream"] * any(cell.is_stream for cell in cells))


if __name__ == "__main__":
    PAGE.write_text(put_into(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
