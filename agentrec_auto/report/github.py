"""The report as the summary of a GitHub Actions step: Markdown, appended to the file that GitHub names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from agentrec_auto.migration.rows import MigrationReport, Study
from agentrec_auto.report import markdown
from agentrec_auto.report.tally import view_of
from agentrec_auto.report.view import View

VARIABLE = "GITHUB_STEP_SUMMARY"

LARGEST = 1024 * 1024
"""Bytes of a step's summary; GitHub drops all of a larger one (docs: workflow commands, step isolation)."""

_CUT = "\n_The rest is left out: a step's summary has 1 MiB. The other reports have all of it._\n"


def render_github(
    found: MigrationReport | Study | View, *, max_detail_rows: int = markdown.MAX_DETAIL_ROWS
) -> str:
    """The summary, whole."""
    return "".join(pieces(view_of(found), max_detail_rows=max_detail_rows))


def pieces(view: View, *, max_detail_rows: int, room: int = LARGEST) -> Iterator[str]:
    """The summary in pieces, of at most ``room`` bytes in all; cut between two pieces."""
    left = room - len(_CUT.encode())
    for piece in _parts(view, max_detail_rows):
        left -= len(piece.encode())
        if left < 0:
            if room >= len(_CUT.encode()):
                yield _CUT
            return
        yield piece


def _parts(view: View, max_detail_rows: int) -> Iterator[str]:
    yield "".join(markdown.head(view))
    yield "".join(markdown.tables(view))
    yield "".join(markdown.skipped(view))
    yield from markdown.details(view, max_detail_rows)


def append(view: View, *, max_detail_rows: int = markdown.MAX_DETAIL_ROWS) -> Path:
    """Append the summary to the file of this step. LookupError outside of GitHub Actions."""
    name = os.environ.get(VARIABLE)
    if not name:
        raise LookupError(
            f"no step summary to write to: {VARIABLE} is not set; GitHub Actions sets it in each step"
        )
    path = Path(name)
    there = path.stat().st_size if path.exists() else 0
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces(view, max_detail_rows=max_detail_rows, room=LARGEST - there))
    return path
