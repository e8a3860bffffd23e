"""What ``migrate`` and ``report`` share: their options, and the end, from a study to an exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from agentrec_auto.cli import opening, output
from agentrec_auto.comparators.base import Comparator
from agentrec_auto.corpus.held import Corpus
from agentrec_auto.errors import AgentrecError, ConfigError
from agentrec_auto.migration.choosing import Choice, chosen
from agentrec_auto.migration.earlier import Earlier
from agentrec_auto.migration.gates import Gates, Verdict, rate
from agentrec_auto.migration.recordings import Recordings, recordings_of
from agentrec_auto.migration.rows import Study
from agentrec_auto.migration.targets import Target, target_for
from agentrec_auto.report.tally import view_of
from agentrec_auto.report.view import View
from agentrec_auto.report.writing import FORMATS, basename_of, write

TARGET: Any = typer.Option(
    ..., "--target", "-t", metavar="MODEL", help="A model, or a [target.NAME]; several are compared."
)
PROVIDER: Any = typer.Option(
    "", "--target-provider", metavar="NAME", help="Whose it is (`agentrec profiles`).", show_default=False
)
URL: Any = typer.Option(
    "", "--target-url", metavar="URL", help="A server: `http://localhost:8080/v1`.", show_default=False
)
DIALECT: Any = typer.Option(
    "", "--target-dialect", metavar="NAME", help="What is spoken there.", show_default=False
)
COMPARE: Any = typer.Option("exact,fuzzy", "--compare", metavar="NAMES", help="Comparators, or `all`.")
JUDGE: Any = typer.Option(
    "claude-opus-4-8",
    "--judge-model",
    envvar=["AGENTREC_JUDGE_MODEL", "AGENTREC_JUDGE_MODEL_1"],
    metavar="MODEL",
    help="Who judges.",
)
JUDGE_2: Any = typer.Option(
    "",
    "--judge-model-2",
    envvar="AGENTREC_JUDGE_MODEL_2",
    metavar="MODEL",
    help="A second judge.",
    show_default=False,
)
EMBEDDING: Any = typer.Option(
    "text-embedding-3-small", "--embedding-model", metavar="MODEL", help="What embeds."
)
FUZZY: Any = typer.Option(0.8, "--fuzzy-threshold", min=0, max=1, help="What passes `fuzzy`.")
COSINE: Any = typer.Option(0.8, "--embedding-threshold", min=0, max=1, help="What passes `embedding`.")
MAX_TOKENS: Any = typer.Option(
    4096, "--max-tokens", min=1, help="Of an answer, where the API wants a limit and the question has none."
)
PART: Any = typer.Option(
    "", "--filter", metavar="PART", help="A part of recordings' names, or a filter.", show_default=False
)
LIMIT: Any = typer.Option(
    None, "--limit", "-n", min=0, help="The first so many questions.", show_default=False
)
SAMPLE: Any = typer.Option(None, "--sample", min=0, help="So many, drawn at random.", show_default=False)
SEED: Any = typer.Option(0, "--seed", help="Another draws another sample.")
FORMAT: Any = typer.Option(
    None, "--format", "-f", metavar="NAME", help=f"{', '.join(FORMATS)}, or both (md and html, the default)."
)
OUT: Any = typer.Option(
    "", "--out", "-o", metavar="FILE", help="The report's path, without its ending.", show_default=False
)
OUT_DIR: Any = typer.Option("", "--out-dir", metavar="DIR", help="A folder for it.", show_default=False)
DETAILS: Any = typer.Option(25, "--max-detail-rows", min=0, help="Rows that Markdown shows in full.")
STRICT: Any = typer.Option(False, "--strict", help="Exit with 1 if anything failed.")
MIN_PASS: Any = typer.Option(
    None, "--min-pass", metavar="NAME=RATE", help="Exit with 1 below it: `fuzzy=0.9`.", show_default=False
)
MIN_PASS_LOWER: Any = typer.Option(
    None,
    "--min-pass-lower",
    metavar="NAME=RATE",
    help="The same, of the lower end of the 95 % interval.",
    show_default=False,
)
MAX_COST_RATIO: Any = typer.Option(
    None, "--max-cost-ratio", metavar="N", min=0, help="Target over baseline.", show_default=False
)
MAX_LATENCY_RATIO: Any = typer.Option(
    None, "--max-latency-ratio", metavar="N", min=0, help="Target over baseline.", show_default=False
)
BASELINE_REPORT: Any = typer.Option(
    "",
    "--baseline-report",
    metavar="FILE",
    help="A JSON report: fail only on what got worse since.",
    show_default=False,
)
PRICING: Any = typer.Option(
    "",
    *("--pricing", "--pricing-dir"),
    metavar="PATH",
    help="Prices of your own: a TOML file, or a folder of them.",
    show_default=False,
)
PRICING_AS_OF: Any = typer.Option(
    "latest", "--pricing-as-of", metavar="DATE", help="The day whose prices hold; or `latest`, or `recorded`."
)


@dataclass(frozen=True, slots=True)
class Paper:
    """Where the report goes, and as what."""

    formats: tuple[str, ...]
    out: str
    folder: str
    max_detail_rows: int

    @classmethod
    def of(cls, formats: Sequence[str] | None, out: str, folder: str, max_detail_rows: int) -> Paper:
        """As asked for; `BadParameter` for a format that there is not."""
        wanted = [name.strip() for word in formats or ("both",) for name in word.split(",") if name.strip()]
        for name in wanted:
            if name not in (*FORMATS, "both"):
                raise typer.BadParameter(
                    f"{name!r}: expected {', '.join(FORMATS)} or both", param_hint="--format"
                )
        return cls(tuple(wanted), out, folder, max_detail_rows)

    def write(self, view: View) -> list[Path]:
        """The files written."""
        out = self.out or None
        if self.folder:
            out = os.path.join(self.folder, self.out or basename_of(view))
        return write(view, self.formats, out, max_detail_rows=self.max_detail_rows)


def targets(names: Sequence[str], corpus: Corpus, provider: str, url: str, dialect: str) -> list[Target]:
    """The targets meant, each once."""
    try:
        return [
            target_for(
                name,
                provider=provider or None,
                url=url or None,
                dialect=dialect or None,
                targets=corpus.settings.targets,
            )
            for name in dict.fromkeys(names)
        ]
    except LookupError as error:
        raise AgentrecError(str(error)) from error


def choice(
    words: Sequence[str] | None, part: str, limit: int | None, sample: int | None, seed: int
) -> Choice:
    """The questions meant."""
    return chosen(words or (), part, limit=limit, sample=sample, seed=seed)


def recordings(corpus: Corpus) -> Recordings:
    """The recordings of a corpus; what is added is redacted as its settings say."""
    found = recordings_of(corpus.store, corpus.redactor)
    found.where = corpus.where
    return found


def gates(
    strict: bool,
    min_pass: Sequence[str] | None,
    min_pass_lower: Sequence[str] | None,
    max_cost_ratio: float | None,
    max_latency_ratio: float | None,
    baseline_report: str,
    comparators: Sequence[Comparator],
) -> Gates:
    """The gates asked for, over these comparators."""
    made = Gates(
        strict=strict,
        min_pass=tuple(rate(word, "--min-pass") for word in min_pass or ()),
        min_pass_lower=tuple(rate(word, "--min-pass-lower") for word in min_pass_lower or ()),
        max_cost_ratio=max_cost_ratio,
        max_latency_ratio=max_latency_ratio,
        earlier=_earlier(baseline_report) if baseline_report else None,
    )
    made.checked([comparator.name for comparator in comparators])
    return made


def _earlier(path: str) -> Earlier:
    from agentrec_auto.report.document import load  # here: pydantic

    try:
        return Earlier(path, load(path))
    except OSError as error:
        raise ConfigError(
            f"can't read {path!r} ({error.strerror})",
            where="--baseline-report",
            expected="a report written with --format json",
        ) from error


def finish(study: Study, paper: Paper, asked: Gates, *, as_json: bool) -> int:
    """Show and write the report, judge it, and give the exit code."""
    is_empty = not any(report.ok_rows for report in study.reports)
    verdicts = asked.verdicts(study) if asked and not is_empty else []
    view = view_of(study)
    written = paper.write(view)
    if as_json:
        output.emit_json(_told(study, verdicts, written))
    else:
        _show(view)
        for path in written:
            typer.echo(f"Report written: {path}")
        for one in verdicts:
            of = f" ({one.target})" if len(study.reports) > 1 else ""
            typer.echo(output.inert(f"{'passed' if one.passed else 'FAILED'}: {one.gate}{of}: {one.why}"))
    if is_empty:
        output.note(
            f"NOTHING WAS COMPARED{': no gate can be judged' if asked else ''}. {_why_nothing(study)}"
        )
        return 2 if asked else 1
    comparators = [one for target in view.targets for one in target.comparators]
    if comparators and not any(one.compared for one in comparators):
        output.note("NOTHING WAS COMPARED: every comparator failed")
        return 1
    return 0 if all(one.passed for one in verdicts) else 1


def _show(view: View) -> None:
    if output.is_terminal():
        from agentrec_auto.report.terminal import parts

        output.emit(*parts(view))
    else:
        from agentrec_auto.report.console import render_console

        typer.echo(render_console(view))


def _why_nothing(study: Study) -> str:
    """Why a report is over nothing: what most rows say."""
    rows = [row for report in study.reports for row in report.rows]
    if not rows:
        return "no recorded question matches (see `agentrec ls`)"
    reasons: dict[str, int] = {}
    for row in rows:
        reasons[row.reason or row.status] = reasons.get(row.reason or row.status, 0) + 1
    return max(reasons, key=lambda reason: reasons[reason])


def _told(study: Study, verdicts: Sequence[Verdict], written: Sequence[Path]) -> dict[str, Any]:
    return {
        "corpus": study.first.corpus,
        "targets": [
            {
                "target": report.target_model,
                "provider": report.target_provider,
                "prompts": len(report.rows),
                "compared": len(report.ok_rows),
                "skipped": len(report.skipped_rows),
                "errors": len(report.error_rows),
                "cached": report.cached_count,
                "live": report.live_count,
                "stopped": report.stopped,
                "pass_rates": {one.comparator: one.pass_rate for one in report.aggregates()},
            }
            for report in study.reports
        ],
        "gates": [
            {"target": one.target, "gate": one.gate, "passed": one.passed, "why": one.why} for one in verdicts
        ],
        "written": [str(path) for path in written],
    }


def opened(corpus: str, config: str) -> Corpus:
    """The corpus that is meant."""
    return opening.open_corpus(corpus, config)
