"""What is told: one line at the head of a session, a section at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import metadata

import pytest

from agentrec_auto.bootstrap.summary import shown
from agentrec_auto.flow import active, ledger
from agentrec_auto.flow.miss import with_one_cure
from agentrec_auto.flow.tally import Tally
from agentrec_auto.seams.table import SEAMS, UNRECORDED

TOLD = 10
"""How many of a kind are told, but for ``-v``."""


def header(mode: str, corpus: str) -> str:
    """``agentrec: mode replay, corpus tests/corpus, intercepting httpx 0.28.1, httpx2 2.16.2``."""
    packages = dict.fromkeys(name.partition(".")[0] for name in SEAMS if name not in UNRECORDED)
    libraries = ", ".join(filter(None, map(_versioned, packages))) or "nothing: no HTTP library is installed"
    return f"agentrec: mode {mode}, corpus {shown(corpus)}, intercepting {libraries}"


def write(
    reporter: pytest.TerminalReporter, tally: Tally, unused: Sequence[str], *, mode: str, corpus: str
) -> None:
    """Write the section, if there is anything to tell; ``unused``: names of recordings nobody replayed."""
    told = _told_by_tests(reporter)
    wrong = [text for text in tally.wrong if not is_in(text, told)]
    lines = [] if tally.is_empty else [tally.line(mode=mode, corpus=shown(corpus))]
    lines += _cut(with_one_cure([text.removeprefix("agentrec: ") for text in wrong]), reporter)
    lines += _of_unused(reporter, unused)
    alarms = tally.alarms() if tally.bypasses or not reporter.config.option.collectonly else []
    lines += [*alarms, *tally.warnings]
    if lines:
        uneasy = bool(alarms or tally.warnings)
        reporter.write_sep("=", "agentrec", red=tally.is_red, yellow=uneasy and not tally.is_red)
        for line in lines:
            reporter.write_line(line)
    if tally.is_red:  # for `agentrec run` around us
        active.ledger.note(ledger.TOLD, texts=tally.wrong, seen=ledger.place(sys.stdout))


def saw_fakes() -> bool:
    """Whether calls went to in-process fakes (respx, pytest-httpx, MockTransport), which are left alone."""
    fakes = sys.modules.get("agentrec_auto.seams.fakes")
    return fakes is not None and bool(fakes.seen)


def _of_unused(reporter: pytest.TerminalReporter, names: Sequence[str]) -> Iterator[str]:
    if names:
        some = "1 recording was" if len(names) == 1 else f"{len(names)} recordings were"
        yield f"{some} not replayed by any test{_unless(reporter.stats)}:"
        yield from _cut([f"  {name}" for name in names], reporter)


def _unless(stats: dict[str, list[object]]) -> str:
    """Tests that may not have come as far as their calls."""
    failed = len(stats.get("failed", ())) + len(stats.get("error", ()))
    skipped = len(stats.get("skipped", ()))
    told = [f"{count} {word}" for count, word in ((failed, "failed"), (skipped, "skipped")) if count]
    return f" ({', '.join(told)})" if told else ""


def _cut(lines: list[str], reporter: pytest.TerminalReporter) -> list[str]:
    if reporter.verbosity > 0 or len(lines) <= TOLD:
        return lines
    return [*lines[:TOLD], f"  and {len(lines) - TOLD} more (-v names all)"]


def is_in(text: str, told: str) -> bool:
    """Whether a report tells a text: as it is or, as SDKs show an error's body, as a literal."""
    return text in told or text.replace("\\", "") in told.replace("\\", "")


def _told_by_tests(reporter: pytest.TerminalReporter) -> str:
    """All that the reports of failed tests say."""
    if reporter.config.option.tbstyle == "no":
        return ""
    reports = [*reporter.stats.get("failed", ()), *reporter.stats.get("error", ())]
    sections = (text for report in reports for name, text in report.sections if name == "agentrec")
    return "\n".join([*(report.longreprtext for report in reports), *sections])


def _versioned(library: str) -> str:
    """A library that is installed, with its version; empty for one that isn't."""
    try:
        return f"{library} {metadata.version(library)}"
    except metadata.PackageNotFoundError:
        return ""
