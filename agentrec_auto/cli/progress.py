"""How a migration is getting on: a bar on a terminal, a line now and then elsewhere. On stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agentrec_auto.cli import output
from agentrec_auto.migration.rows import RowResult

EVERY_S = 10.0
"""Seconds between lines where there is no terminal."""


class Advance:
    """Rows as they are done; a context manager."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._total = 0
        self._done = self._live = self._errors = 0
        self._cost = 0.0
        self._begun = self._told = time.monotonic()
        self._bar: Progress | None = None
        if sys.stderr.isatty() and not quiet:
            self._bar = Progress(
                TextColumn("asking"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[said]}"),
                TimeRemainingColumn(),
                console=Console(file=sys.stderr),
                transient=True,
            )

    def __enter__(self) -> Advance:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begun(self, total: int) -> None:
        """So many rows there will be."""
        self._total = total
        self._begun = self._told = time.monotonic()
        if self._bar is not None:
            self._bar.add_task("asking", total=total, said="")

    def row(self, row: RowResult) -> None:
        """One more is done."""
        self._done += 1
        self._errors += row.status == "error"
        if row.status == "ok" and not row.cached:
            self._live += 1
            self._cost += (row.target.cost_usd or 0.0) if row.target is not None else 0.0
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done, said=self._said())
        elif not self._quiet and time.monotonic() - self._told >= EVERY_S:
            self._told = time.monotonic()
            output.note(f"{self._done:,} of {self._total:,}: {self._said()}, {self._left()} left")

    def _said(self) -> str:
        rate = self._done / max(1e-6, time.monotonic() - self._begun)
        errors = f", {self._errors:,} failed" if self._errors else ""
        money = f", ${self._cost:.4f}" if self._cost else ""
        return f"{self._live:,} asked{errors}{money}, {rate:.1f}/s"

    def _left(self) -> str:
        seconds = (self._total - self._done) * (time.monotonic() - self._begun) / max(1, self._done)
        minutes, seconds = divmod(int(seconds), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
