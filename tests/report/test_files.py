"""JSON, JUnit, GitHub and files: what programs get."""

from __future__ import annotations

import json
import os
import stat
import tracemalloc
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from report import studies
from report.studies import report_of, row

from agentrec_auto.comparators.base import ComparisonResult
from agentrec_auto.errors import ReportFormatError
from agentrec_auto.migration.rows import MigrationReport, Study
from agentrec_auto.report import (
    default_report_basename,
    document,
    github,
    load,
    render_json,
    render_junit,
    view_of,
    write,
)

STUDIES = {
    "one target": studies.study(30),
    "two targets": studies.study(12, ("a", "b")),
    "hostile": studies.hostile(),
    "empty": Study([report_of()]),
}
EACH = pytest.mark.parametrize("found", STUDIES.values(), ids=STUDIES.keys())


@EACH
def test_json_is_as_its_schema_says(found: Study) -> None:
    """The document is of the schema that the package ships."""
    jsonschema.Draft202012Validator(document.schema()).validate(json.loads(render_json(found)))


def test_the_schema_is_one() -> None:
    """The schema itself is well-formed, and refuses what is no report."""
    jsonschema.Draft202012Validator.check_schema(document.schema())
    assert not jsonschema.Draft202012Validator(document.schema()).is_valid(
        {"schema": document.SCHEMA, "version": 1}
    )


@EACH
def test_json_is_read_again(found: Study, tmp_path: Path) -> None:
    """What is written is what is read: nothing of a study is lost."""
    (path,) = write(found, ["json"], tmp_path / "old")
    assert load(path) == found


def test_json_of_a_later_minor_is_read() -> None:
    """Members that this version doesn't know are passed over."""
    told = json.loads(render_json(STUDIES["one target"]))
    told["new"] = told["reports"][0]["new"] = told["reports"][0]["rows"][0]["new"] = 1
    assert document.loads(json.dumps(told)) == STUDIES["one target"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is not JSON"),
        ("[]", "it is no agentrec.migration-report"),
        ("[" * 200_000, "it is not JSON"),
        ('{"schema": "agentrec.migration-report", "version": 2}', "it is of version 2, and 1 is read"),
        ('{"schema": "agentrec.migration-report", "version": 1}', "reports: "),
        ('{"schema": "agentrec.migration-report", "version": 1, "reports": []}', "no report of any target"),
        ('{"schema": "agentrec.migration-report", "version": 1, "reports": [{"target_model": "m", "target_provider": '
         '"p", "corpus": "c", "generated_at": "", "comparator_names": [], "rows": [{}]}]}',
         "reports.0.rows.0.semantic_key: "),
    ],
)  # fmt: skip
def test_what_is_no_report(text: str, why: str, tmp_path: Path) -> None:
    """A file that is no report is named, with what is wrong and how to get one."""
    path = tmp_path / "old.json"
    path.write_text(text)
    with pytest.raises(ReportFormatError) as raised:
        load(path)
    assert (
        why in str(raised.value) and "old.json" in str(raised.value) and "--format json" in str(raised.value)
    )


def test_bytes_that_are_no_report(tmp_path: Path) -> None:
    """A file of other bytes gets the same sentence."""
    path = tmp_path / "old.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReportFormatError, match="not UTF-8"):
        load(path)


@EACH
def test_junit_counts(found: Study) -> None:
    """The suites are XML, and count what is in them."""
    for suite, report in zip(
        ElementTree.fromstring(render_junit(found).encode()), found.reports, strict=True
    ):
        assert int(suite.attrib["tests"]) == len(suite) == len(report.rows)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[name]) == len(suite.findall(f"testcase/{tag}"))


def test_junit_fails_as_strict_does() -> None:
    """A test fails where any comparator says no; one that failed itself is an error, a skip is no failure."""
    found = report_of(
        row("a", "1", "2"),
        row("b", comparisons=[ComparisonResult("judge", 0.0, None, "comparator failed: x", True)]),
        row("c", status="skipped", reason="audio"),
        row("d", status="error", reason="500"),
        row("e"),
    )
    (suite,) = ElementTree.fromstring(render_junit(found).encode())
    cases = list(suite)
    assert [suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")] == ["5", "1", "2", "1"]
    assert [[child.tag for child in case] for case in cases] == [
        ["failure"],
        ["error"],
        ["skipped"],
        ["error"],
        [],
    ]
    assert cases[0][0].attrib["message"] == "exact 0.00"


def test_a_summary_keeps_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub drops a summary of more than 1 MiB: ours ends before, and says so; what was there stays."""
    path = tmp_path / "summary"
    path.write_text("x" * 400_000)
    monkeypatch.setenv(github.VARIABLE, str(path))
    found = report_of(*(row(f"q{n}", "é" * 50_000, "b") for n in range(40)))
    assert write(found, ["github"]) == [path]
    told = path.read_text(encoding="utf-8")
    assert 900_000 < len(told.encode()) <= github.LARGEST
    assert told.startswith("xxx") and told.endswith("The other reports have all of it._\n")
    write(found, ["github"])
    assert len(path.read_bytes()) <= github.LARGEST


def test_a_summary_outside_of_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere, the error names the variable that is missing."""
    monkeypatch.delenv(github.VARIABLE, raising=False)
    with pytest.raises(LookupError, match=github.VARIABLE):
        write(report_of(), ["github"])


def test_names_of_files(tmp_path: Path) -> None:
    """A report's files share their name; an ending that was given is taken off, other dots stay."""
    for out in ("v1.2", "v1.2.html", "v1.2.json", "v1.2.junit.xml"):
        paths = write(report_of(), ["both", "json", "junit", "md"], tmp_path / "new" / out)
        assert [path.name for path in paths] == ["v1.2.md", "v1.2.html", "v1.2.json", "v1.2.junit.xml"]


def test_names_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name, files are called after the target and the time."""
    assert (
        default_report_basename("a/b:c", datetime(2026, 11, 23, 9, 41))
        == "migration-report__a-b-c__20261123-094100"
    )
    monkeypatch.chdir(tmp_path)
    (path,) = write(studies.study(2, ("a", "b")), ["md"])
    assert path.name.startswith("migration-report__a_vs_b__")


def test_an_unknown_format(tmp_path: Path) -> None:
    """A format that there is not writes nothing at all, and names those there are."""
    with pytest.raises(
        ValueError, match="unknown report format 'pdf': expected md, html, json, junit, github or both"
    ):
        write(report_of(), ["md", "pdf"], tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that can't be finished leaves the one before, and no half of itself."""
    (path,) = write(report_of(row()), ["json"], tmp_path / "x")
    before = path.read_bytes()
    odd = report_of(row(), row())
    odd.rows[1].comparisons = None  # type: ignore[assignment]
    view = view_of(report_of())
    monkeypatch.setattr(view.study, "reports", [odd])
    monkeypatch.setattr(document, "_row", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(view, ["json"], tmp_path / "x")
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_others_may_read_it(tmp_path: Path) -> None:
    """A report has the mode that any new file has, not that of a temporary one."""
    (path,) = write(report_of(), ["md"], tmp_path / "x")
    plain = tmp_path / "plain"
    plain.write_text("")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


@pytest.mark.parametrize("name", ["md", "html", "json", "junit"])
def test_writing_takes_no_memory_of_its_own(name: str, tmp_path: Path) -> None:
    """However many rows there are, a report is written with a few of them in memory at a time."""
    view = view_of(_long(rows=2_000))
    write(view, [name], tmp_path / "warm")
    tracemalloc.start()
    try:
        (path,) = write(view, [name], tmp_path / "x")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 2 * peak


def _long(rows: int) -> MigrationReport:
    return report_of(*(row(f"q{n} " + "p" * 4_000, "a" * 4_000, "b" * 4_000) for n in range(rows)))
