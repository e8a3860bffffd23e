"""The report as JSON: for programs, and to be compared with later (``--baseline-report``).

    {"schema": "agentrec.migration-report", "version": 1,
     "headline": "…", "comparators": […], "summary": [a target each], "paired": […],
     "reports": [{"target_model": …, "rows": [a line each]}]}

``summary`` is what people look at, worked out; ``reports`` is all of what a `Study` holds, and the one part
that is read again. Members may be added within a version; whoever reads passes over those it doesn't know.
The JSON Schema is `report.schema.json`, beside this file.
"""

from __future__ import annotations

import io
import json
import os
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any, TextIO

from pydantic import TypeAdapter, ValidationError

from agentrec_auto import __version__
from agentrec_auto.errors import ReportFormatError
from agentrec_auto.migration.rows import MigrationReport, RowResult, Study
from agentrec_auto.report import wording
from agentrec_auto.report.plain_json import dumps
from agentrec_auto.report.tally import view_of
from agentrec_auto.report.view import Group, PairedView, Rate, RatioView, TargetView, View

SCHEMA = "agentrec.migration-report"
VERSION = 1
"""Raised when a member goes or changes its meaning."""


def render_json(found: MigrationReport | Study | View) -> str:
    """The document, whole."""
    file = io.StringIO()
    write_json(view_of(found), file)
    return file.getvalue()


def write_json(view: View, file: TextIO) -> None:
    """The document, a line a row."""
    head = {
        "schema": SCHEMA,
        "version": VERSION,
        "generator": f"agentrec-auto {__version__}",
        "headline": wording.headline(view),
        "comparators": view.comparators,
        "deciding": view.judges,
        "summary": [_target(target) for target in view.targets],
        "paired": [_paired(one) for one in view.paired],
    }
    file.write(dumps(head)[:-1] + ',"reports":[')
    for place, report in enumerate(view.study.reports):
        told = {name: value for name, value in vars(report).items() if name != "rows"}
        file.write(("," if place else "") + "\n" + dumps(told)[:-1] + ',"rows":[')
        for number, row in enumerate(report.rows):
            file.write((",\n" if number else "\n") + dumps(_row(row)))
        file.write("\n]}")
    file.write("\n]}\n")


def load(path: str | os.PathLike[str]) -> Study:
    """The study that a JSON report holds; ReportFormatError where the file is no report."""
    name = os.fspath(path)
    try:
        with open(name, encoding="utf-8") as file:
            return loads(file.read(), name)
    except UnicodeDecodeError as error:
        raise ReportFormatError(name, f"it is not UTF-8 (byte {error.start})") from error


def loads(text: str, name: str = "report") -> Study:
    """The same of a text; ``name`` is what errors call it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReportFormatError(name, f"it is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ReportFormatError(name, f"it is no {SCHEMA}")
    if document.get("version") != VERSION:
        raise ReportFormatError(name, f"it is of version {document.get('version')!r}, and {VERSION} is read")
    try:
        reports = _reports().validate_python(document.get("reports"))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, ("reports", *first["loc"])))
        raise ReportFormatError(name, f"{place}: {first['msg']}") from error
    if not reports:
        raise ReportFormatError(name, "it has no report of any target")
    return Study(reports)


def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    text = files("agentrec_auto.report").joinpath("report.schema.json").read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


@cache
def _rows() -> TypeAdapter[RowResult]:
    return TypeAdapter(RowResult)


@cache
def _reports() -> TypeAdapter[list[MigrationReport]]:
    return TypeAdapter(list[MigrationReport])


def _row(row: RowResult) -> Any:
    """A row without what it doesn't say: members at their defaults."""
    return _rows().dump_python(row, exclude_defaults=True, warnings=False)


def _target(target: TargetView) -> dict[str, Any]:
    return {
        "target_model": target.model,
        "target_provider": target.report.target_provider,
        "compared": target.compared,
        "changed": target.changed,
        "unjudged": target.unjudged,
        "skipped": target.skipped,
        "errors": target.errors,
        "cached": target.cached,
        "live": target.live,
        "unpriced": target.unpriced,
        "holds": _rate(target.holds),
        "comparators": [
            {
                "name": one.name,
                "decides": one.decides,
                "compared": one.compared,
                "errors": one.errors,
                "mean_score": one.mean_score,
                "pass_rate": _rate(one.rate),
                "baseline_agreement": None if one.agreement is None else _rate(one.agreement),
                "histogram": one.histogram,
            }
            for one in target.comparators
        ],
        "cost_usd": _ratio(target.cost),
        "latency_s": _ratio(target.latency),
        "latency_first_chunk_s": _ratio(target.first_chunk),
        "out_tokens": _ratio(target.out_tokens),
        "categories": [
            {
                "name": one.name,
                "prompts": one.prompts,
                "holds": _rate(one.holds),
                "pass_rates": [_rate(rate) for rate in one.rates],
                "mean_scores": one.mean_scores,
                "cost_usd": _ratio(one.cost),
                "latency_s": _ratio(one.latency),
                "out_tokens": _ratio(one.out_tokens),
            }
            for one in target.categories
        ],
        "reasons": [_group(group) for group in target.reasons],
        "notes": [_group(group) for group in target.notes],
    }


def _rate(rate: Rate) -> dict[str, Any]:
    within = rate.interval
    return {
        "passed": rate.passed,
        "judged": rate.judged,
        "rate": rate.value,
        "low": None if within is None else within.low,
        "high": None if within is None else within.high,
    }


def _ratio(ratio: RatioView | None) -> dict[str, Any] | None:
    if ratio is None:
        return None
    within = ratio.interval
    return {
        "ratio": ratio.value,
        "low": None if within is None else within.low,
        "high": None if within is None else within.high,
        "rows": ratio.rows,
        "baseline": ratio.baseline,
        "target": ratio.target,
    }


def _group(group: Group) -> dict[str, Any]:
    return asdict(group)


def _paired(one: PairedView) -> dict[str, Any]:
    return asdict(one)
