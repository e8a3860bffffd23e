"""The report as one page of HTML that needs nothing else: no network, no library, and no script to be read.

Style and script lie in ``page/`` as files and are put in here; a content security policy lets these two run,
by their hashes, and nothing else load or run, whatever a model may have said.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TextIO

from markupsafe import Markup

from agentrec_auto.corpus.inert import inert
from agentrec_auto.migration.rows import MigrationReport, Study
from agentrec_auto.report import html_rows, html_summary, page_data
from agentrec_auto.report.inlined import piece, policy_hash, script
from agentrec_auto.report.tally import view_of
from agentrec_auto.report.view import View

MAX_DETAIL_ROWS = 25
"""Rows that are written out in full, where a report writes any."""

_SCRIPTS = ("texts.js", "diff.js", "theme.js", "state.js", "rows.js", "drawer.js", "main.js")

_HEAD = Markup(
    """<!doctype html>
<html lang='en'>
<head>
<meta charset='utf-8'>
<meta http-equiv='Content-Security-Policy' content="default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'">
<meta name='viewport' content='width=device-width, initial-scale=1'>
<meta name='referrer' content='no-referrer'>
<meta name='color-scheme' content='light dark'>
<title>Migration Report — {baseline} → {targets}</title>
<style>{css}</style>
</head>
<body>
<a class='skip-link' href='#rows-title'>Skip to the rows</a>
"""  # noqa: E501  # the policy is one line
)


def render_html(found: MigrationReport | Study | View, *, max_detail_rows: int = MAX_DETAIL_ROWS) -> str:
    """The page, whole."""
    return "".join(pieces(view_of(found), max_detail_rows=max_detail_rows))


def write_html(view: View, file: TextIO, *, max_detail_rows: int = MAX_DETAIL_ROWS) -> None:
    """The page, piece by piece, for as many rows as there are."""
    file.writelines(pieces(view, max_detail_rows=max_detail_rows))


def pieces(view: View, *, max_detail_rows: int = MAX_DETAIL_ROWS) -> Iterator[str]:
    """The page in pieces; ``max_detail_rows`` are in it as text, for where scripts are off."""
    yield _HEAD.format(
        script=policy_hash(_script()),
        style=policy_hash(_style()),
        css=Markup(_style()),
        baseline=inert(view.baseline),
        targets=inert(view.names),
    )
    yield from html_summary.parts(view)
    yield from html_rows.parts(view, max_detail_rows)
    yield html_summary.about(view)
    yield from page_data.blocks(view)
    yield Markup("<script>{}</script>\n</body>\n</html>\n").format(Markup(_script()))


@cache
def _style() -> str:
    return piece("page.css")


@cache
def _script() -> str:
    return script(map(piece, _SCRIPTS))
