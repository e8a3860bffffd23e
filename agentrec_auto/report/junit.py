"""The report as JUnit XML: a suite a target, a test case a question, so that CI shows it like any tests.

A test fails where any comparator fails, as ``--strict`` has it. Written as it goes, for any number of rows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TextIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from xml.sax.saxutils import quoteattr

from agentrec_auto.corpus.inert import inert
from agentrec_auto.migration.rows import MigrationReport, RowResult, Study
from agentrec_auto.report.lines import said
from agentrec_auto.report.tally import view_of
from agentrec_auto.report.view import TargetView, View

_NOT_XML = re.compile("[\ufffe\uffff]")
"""What `inert` leaves and XML 1.0 has not."""

_SHOWN = 4_000
"""Characters of a text in a failure: CI keeps all of them, for every run."""


def render_junit(found: MigrationReport | Study | View) -> str:
    """The document, whole."""
    file = io.StringIO()
    write_junit(view_of(found), file)
    return file.getvalue()


def write_junit(view: View, file: TextIO) -> None:
    """The document, a test case at a time."""
    file.write("<?xml version='1.0' encoding='utf-8'?>\n<testsuites name='agentrec migration'>\n")
    for target in view.targets:
        told = " ".join(f"{name}={quoteattr(_xml(value))}" for name, value in _suite(target).items())
        file.write(f"<testsuite {told}>\n")
        for row in target.report.rows:
            file.write(ElementTree.tostring(_case(row), encoding="unicode") + "\n")
        file.write("</testsuite>\n")
    file.write("</testsuites>\n")


def _suite(target: TargetView) -> dict[str, str]:
    rows = target.report.rows
    seconds = sum(row.target.latency_s or 0.0 for row in rows if row.target is not None)
    return {
        "name": target.model,
        "tests": str(len(rows)),
        "failures": str(sum(any(True for _ in _failures(row)) for row in rows)),
        "errors": str(sum(_is_error(row) for row in rows)),
        "skipped": str(target.skipped),
        "time": f"{seconds:.3f}",
        "timestamp": target.report.generated_at[:19],
    }


def _case(row: RowResult) -> Element:
    taken = row.target.latency_s if row.target is not None and row.target.latency_s is not None else 0.0
    key = row.semantic_key or row.baseline_id
    case = Element(
        "testcase",
        {
            "classname": _xml(row.category or "migration"),
            "name": _xml(f"{row.prompt_preview} [{key[:12]}]"),
            "time": f"{taken:.3f}",
        },
    )
    if row.status == "skipped":
        _say(case, "skipped", row.reason or "skipped")
    elif _is_error(row):
        broken = [f"{one.comparator}: {one.detail}" for one in row.comparisons if one.error]
        _say(case, "error", row.reason or "; ".join(broken) or row.status)
    elif failures := list(_failures(row)):
        _say(case, "failure", "; ".join(failures), _answers(row))
    return case


def _is_error(row: RowResult) -> bool:
    """A row that failed, or one that a comparator failed on and none says no to."""
    if row.status == "ok":
        return any(one.error for one in row.comparisons) and not any(_failures(row))
    return row.status != "skipped"


def _failures(row: RowResult) -> Iterator[str]:
    if row.status != "ok":
        return
    for one in row.comparisons:
        if one.passed is False and not one.error:
            yield f"{one.comparator} {one.score:.2f}{f': {one.detail}' if one.detail else ''}"


def _answers(row: RowResult) -> str:
    return (
        f"prompt: {row.prompt_text[:_SHOWN]}\n\n"
        f"baseline ({row.baseline_model}): {said(row.baseline_text, row.baseline)[:_SHOWN]}\n\n"
        f"target ({row.target_model}): {said(row.target_text or '', row.target)[:_SHOWN]}\n"
    )


def _say(case: Element, name: str, message: str, text: str = "") -> None:
    SubElement(case, name, {"message": _xml(message)}).text = _xml(text)


def _xml(text: str) -> str:
    """A text of characters that XML has."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", inert(text))
