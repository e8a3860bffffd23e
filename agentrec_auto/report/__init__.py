"""What a migration found, for people and programs: a view first, then Markdown, HTML, JSON and the others.

tally         rows, counted into a view
view          every number and word that is shown     wording      the sentences
lines         the rows as people read them
markdown · console · terminal · github · junit · document (JSON)    a renderer a file
html          the page: html_summary and html_rows are its halves, plots its plots, page_data its rows
inlined · plain_json    what may stand inside of a page
writing       the files

Each name is fetched from its home on first use: a program that renders Markdown loads nothing of the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentrec_auto.lazily import fetching

if TYPE_CHECKING:  # for type checkers; nothing is loaded
    from agentrec_auto.report.console import render_console as render_console
    from agentrec_auto.report.document import load as load
    from agentrec_auto.report.document import render_json as render_json
    from agentrec_auto.report.github import render_github as render_github
    from agentrec_auto.report.html import render_html as render_html
    from agentrec_auto.report.junit import render_junit as render_junit
    from agentrec_auto.report.markdown import render_markdown as render_markdown
    from agentrec_auto.report.tally import view_of as view_of
    from agentrec_auto.report.writing import default_report_basename as default_report_basename
    from agentrec_auto.report.writing import write as write

_HOMES = {
    "default_report_basename": "writing",
    "load": "document",
    "render_console": "console",
    "render_github": "github",
    "render_html": "html",
    "render_json": "document",
    "render_junit": "junit",
    "render_markdown": "markdown",
    "view_of": "tally",
    "write": "writing",
}

__all__ = [
    "default_report_basename",
    "load",
    "render_console",
    "render_github",
    "render_html",
    "render_json",
    "render_junit",
    "render_markdown",
    "view_of",
    "write",
]

__getattr__ = fetching(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
