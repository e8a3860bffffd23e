"""Writes reports to files: a name each, atomically, a row at a time."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from agentrec_auto.keying.cassette_id import sanitized
from agentrec_auto.migration.rows import MigrationReport, Study
from agentrec_auto.report import html, markdown
from agentrec_auto.report.tally import view_of
from agentrec_auto.report.view import View

FORMATS = ("md", "html", "json", "junit", "github")
"""What a report can be written as; ``both`` is md and html."""

_ENDS = {"md": ".md", "html": ".html", "json": ".json", "junit": ".junit.xml"}

_NAMED = 3
"""Targets that a file is named for; more are counted."""


def default_report_basename(target: str, when: datetime | None = None) -> str:
    """``migration-report__claude-haiku-4-5__20261123-094100``; in local time."""
    return f"migration-report__{sanitized(target)}__{when or datetime.now():%Y%m%d-%H%M%S}"


def basename_of(view: View) -> str:
    """The name of a report that was given none; of several targets, all are in it, up to three."""
    models = [target.model for target in view.targets]
    return default_report_basename("_vs_".join(models) if len(models) <= _NAMED else f"{len(models)}-targets")


def write(
    found: Study | MigrationReport | View,
    formats: Sequence[str],
    out: str | os.PathLike[str] | None = None,
    *,
    max_detail_rows: int = markdown.MAX_DETAIL_ROWS,
) -> list[Path]:
    """Write the report in each of ``formats`` and give the files, in that order.

    ``out`` is the path without its ending (one of ours is taken off); folders on the way are made. ``github``
    goes where GitHub Actions wants it. ValueError for a format that there is not; OSError where a file can't
    be written, and then nothing half-written is left.
    """
    wanted = _formats(formats)
    view = view_of(found)
    base = _base(view, out)
    return [_write(view, name, base, max_detail_rows) for name in wanted]


def _formats(formats: Iterable[str]) -> list[str]:
    names = [one for name in formats for one in (("md", "html") if name == "both" else (name,))]
    for name in names:
        if name not in FORMATS:
            raise ValueError(f"unknown report format {name!r}: expected {', '.join(FORMATS)} or both")
    return list(dict.fromkeys(names))


def _base(view: View, out: str | os.PathLike[str] | None) -> Path:
    if out is None:
        return Path(basename_of(view))
    path = Path(out)
    ending = next(
        (end for end in (*_ENDS.values(), ".xml") if path.name.endswith(end) and path.name != end), ""
    )
    return path.with_name(path.name.removesuffix(ending)) if ending else path


def _write(view: View, name: str, base: Path, max_detail_rows: int) -> Path:
    if name == "github":
        from agentrec_auto.report import github  # each form is imported where it is asked for

        return github.append(view, max_detail_rows=max_detail_rows)
    path = base.with_name(base.name + _ENDS[name])
    path.parent.mkdir(parents=True, exist_ok=True)
    _atomically(path, lambda file: _fill(view, name, file, max_detail_rows))
    return path


def _fill(view: View, name: str, file: TextIO, max_detail_rows: int) -> None:
    match name:
        case "md":
            file.writelines(markdown.pieces(view, max_detail_rows=max_detail_rows))
        case "html":
            html.write_html(view, file, max_detail_rows=max_detail_rows)
        case "json":
            from agentrec_auto.report import document  # here: pydantic

            document.write_json(view, file)
        case _:
            from agentrec_auto.report import junit  # here: an HTTP client, for its parser of XML

            junit.write_junit(view, file)


def _atomically(path: Path, fill: Callable[[TextIO], None]) -> None:
    """A file that is there whole or not at all; its temporary name is nobody else's."""
    temporary = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            fill(file)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
