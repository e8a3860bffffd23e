"""The run: every chosen question asked of every target, compared, and laid down in rows.

    baselines ──┬─ skipped, with the reason
                ├─ answered in the corpus ─────────────┐
                └─ asked (claim · money · pace · call) ┴─ compared ── row

Questions are worked on by as many tasks as calls may be under way; rows stand in the order of baselines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from agentrec_auto.comparators.base import Comparator, Pair
from agentrec_auto.errors import AgentrecError, MissingAPIKeyError, UnsupportedRequestError
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.migration.answers import TARGET_KEY, Answers, Found
from agentrec_auto.migration.baselines import Baseline, baselines
from agentrec_auto.migration.choosing import Choice
from agentrec_auto.migration.claims import Claims
from agentrec_auto.migration.ids import migration_id_for
from agentrec_auto.migration.limits import Budget, Fare, Limits
from agentrec_auto.migration.recordings import Recordings
from agentrec_auto.migration.rows import NOT_ASKED, MigrationReport, RowResult, Study
from agentrec_auto.migration.scoring import BATCH, Scoring
from agentrec_auto.migration.sides import Prices, ended_badly, is_same_model, side_of, tokens_in, tokens_out
from agentrec_auto.migration.stopping import Stopping
from agentrec_auto.migration.targets import Target
from agentrec_auto.migration.translating import Translated, translated
from agentrec_auto.migration.waiting import Texts, WaitingRow, present

if TYPE_CHECKING:
    import httpx

    from agentrec_auto.migration.asking import Line

_TURN = 16
ASKED_ANEW = "asked anew: when it was answered the target was another model, or had other options"
OUTDATED = "answered when the target was another model, or had other options; run `agentrec migrate` (online)"
NOT_RECORDED = "no recorded migration response; run `agentrec migrate` (online) first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run goes, beside what is asked of whom."""

    offline: bool = False
    stream: bool = True
    """Whether answers are asked for as streams, where the target's dialect has them."""

    max_tokens_default: int = 4096
    choice: Choice = field(default_factory=Choice)
    limits: Limits = field(default_factory=Limits)
    prices: Prices | None = None
    executor: Executor | None = None
    inner_transport: httpx.AsyncBaseTransport | None = None
    keyer: Keyer = field(default_factory=Keyer)
    progress: Callable[[RowResult], object] | None = None
    """Told each row once, as it is done."""

    begun: Callable[[int], object] | None = None
    """Told how many rows there will be."""

    stopping: Stopping = field(default_factory=Stopping)
    texts: Texts | None = None
    """Where texts wait meanwhile; without, rows hold them."""


async def study(
    recordings: Recordings, targets: Sequence[Target], comparators: Sequence[Comparator], options: Options
) -> Study:
    """Ask, compare, and report on each target, in their order."""
    found = await baselines(recordings, options.choice, options.keyer, options.prices, options.texts)
    run = _Run(recordings, comparators, options)
    if options.begun is not None:
        options.begun(len(found) * len(targets))
    jobs = [(baseline, target) for baseline in found for target in targets]
    del found  # so that each is gone when its rows are there
    try:
        rows = await run.rows(jobs)
    finally:
        for comparator in comparators:
            await comparator.close()
    made = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return Study(
        [
            MigrationReport(
                target_model=target.name,
                target_provider=target.provider,
                corpus=recordings.where,
                generated_at=made,
                comparator_names=[comparator.name for comparator in comparators],
                rows=rows[at :: len(targets)],
                pricing=options.prices.provenance if options.prices is not None else "",
                stopped=run.stopped,
            )
            for at, target in enumerate(targets)
        ]
    )


class _Run:
    def __init__(self, recordings: Recordings, comparators: Sequence[Comparator], options: Options) -> None:
        self._recordings = recordings
        self._answers = Answers(recordings)
        self._options = options
        self._scoring = Scoring(comparators, options.executor)
        self._budget = Budget(options.limits.max_cost)
        self._claims = Claims(recordings.lock_file)
        self._lines: dict[str, Line] = {}
        self._stopping = options.stopping

    @property
    def stopped(self) -> str | None:
        """Why it ended early."""
        if self._stopping.why is not None:
            return self._stopping.why
        return self._out_of_money if self._budget.is_exhausted else None

    @property
    def _out_of_money(self) -> str:
        budget = self._budget
        told = f"the next question might have cost more than --max-cost leaves (spent ${budget.spent:.4f})"
        if budget.most is not None and budget.refused > budget.most:  # the same again would end at once
            told += f": it may cost ${budget.refused:.4f}, so give --max-cost more"
        return told

    async def rows(self, jobs: list[tuple[Baseline, Target]]) -> list[RowResult]:
        """A row for each job, in their order; jobs are taken off the list."""
        rows: list[RowResult | None] = [None] * len(jobs)
        count = 1 if self._options.offline and self._options.executor is None else self._workers(len(jobs))
        numbered = _taken_off(jobs)
        workers = [asyncio.ensure_future(self._work(numbered, rows)) for _ in range(count)]
        try:
            with self._stopping.heeded(self._let_no_more_out):
                await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            for line in self._lines.values():
                await line.close()
            self._claims.close()
        return [row for row in rows if row is not None]

    def _let_no_more_out(self) -> None:
        for line in self._lines.values():
            line.let_no_more_out()

    def _workers(self, jobs: int) -> int:
        wanted = max(1, self._options.limits.concurrency)
        if self._options.executor is not None:
            wanted = max(wanted, 4 * BATCH)
        return max(1, min(wanted, jobs))

    async def _work(
        self, numbered: Iterator[tuple[int, tuple[Baseline, Target]]], rows: list[RowResult | None]
    ) -> None:
        for number, (baseline, target) in numbered:
            row = rows[number] = _begun(baseline, target)
            try:
                await self._fill(row, baseline, target)
            except Exception as error:  # one question's trouble is not the others'
                row.status = "error"
                row.reason = (
                    str(error) if isinstance(error, AgentrecError) else f"{type(error).__name__}: {error}"
                )
            if self._options.progress is not None:
                self._options.progress(row)
            if number % _TURN == 0:  # answers in the corpus are waited for by nobody: signals must get in
                await asyncio.sleep(0)

    async def _fill(self, row: RowResult, baseline: Baseline, target: Target) -> None:
        if baseline.problem is not None:
            row.status, row.reason = "skipped", baseline.problem
            return
        found = await self._answers.find(row.migration_id, baseline, target)
        if found is None:
            found = await self._missing(row, baseline, target)
            if found is None:
                return
        else:
            row.cached = True
            row.notes += found.notes if found.notes is not None else await self._notes(baseline, target)
            if told := target.asked_elsewhere(found.interaction.request.url):
                row.notes.append(f"{told}: delete {row.migration_id} to ask anew")
        self._answer(row, found, target)
        assert row.baseline is not None and row.target is not None
        pair = Pair(row.prompt_text, present(row.baseline), row.target, row.category)
        await self._scoring.compare(row, pair, [present(take) for take in baseline.takes])
        if isinstance(row, WaitingRow):
            row.lay_aside(pair, self._options.texts)

    def _answer(self, row: RowResult, found: Found, target: Target) -> None:
        side = side_of(found.answer, found.interaction.metadata, target.model, self._options.prices)
        row.target = side
        row.target_text = side.text
        row.target_model = side.model or target.model
        row.target_in_tokens, row.target_out_tokens = tokens_in(side.usage), tokens_out(side.usage)
        for who, one in (("baseline", row.baseline), ("target", side)):
            if one is not None and (ended := ended_badly(one)) is not None:
                row.notes.append(f"{who} answer {ended}")
        if side.model is not None and not is_same_model(side.model, target.model):
            row.notes.append(f"answered by {side.model!r}, not {target.model!r}")

    async def _missing(self, row: RowResult, baseline: Baseline, target: Target) -> Found | None:
        """The answer that isn't in the corpus; None, and the row says why."""
        try:
            asking = translated(
                target,
                await self._answers.question(baseline),
                max_tokens_default=self._options.max_tokens_default,
                stream=self._options.stream,
                with_key=not self._options.offline,
            )
        except UnsupportedRequestError as error:
            row.status, row.reason = "skipped", f"unsupported request: {error}"
            return None
        except MissingAPIKeyError as error:
            row.status, row.reason = "error", str(error)
            return None
        is_outdated = row.migration_id in self._answers.outdated
        row.notes += asking.notes
        if self._options.offline:
            row.status, row.reason = "skipped", OUTDATED if is_outdated else NOT_RECORDED
            return None
        if is_outdated:
            row.notes.append(ASKED_ANEW)
        if self._stopping.why is None:
            found = await self._stopping.unless_stopped(self._asked(row, baseline, target, asking))
            if found is not None or row.status != "ok":
                return found
        row.status = "skipped"
        row.reason = f"{NOT_ASKED}{self.stopped}; run again to go on"
        return None

    async def _asked(
        self, row: RowResult, baseline: Baseline, target: Target, asking: Translated
    ) -> Found | None:
        from agentrec_auto.migration.retrying import CallFailedError

        usage = asking.expected_usage(baseline, self._options.max_tokens_default)
        prices = self._options.prices
        estimate = (prices.cost(target.model, target.provider, usage) if prices is not None else None) or 0.0
        async with self._claims.claimed(row.migration_id):
            found = await self._answers.find(row.migration_id, baseline, target)  # by another run, meanwhile
            if found is not None:
                row.cached = True
                return found
            fare = Fare(self._budget, estimate)
            if not await fare.set_aside():
                return None
            cost = 0.0
            try:
                interaction, answer = await self._line(target).ask(
                    row.migration_id,
                    asking.url,
                    asking.headers,
                    asking.body,
                    said=self._said(baseline, row, target, asking),
                    notes=row.notes,
                    tokens=usage.total,
                    pay_again=fare.set_aside_again,
                )
                side = side_of(answer, interaction.metadata, target.model, prices)
                cost = estimate if side.cost_usd is None else side.cost_usd
                await self._recordings.keep(row.migration_id, interaction)
                return Found(interaction, answer, None)
            except CallFailedError as error:
                cost = estimate if error.is_billed else 0.0
                if self._stopping.why is not None:
                    return None
                row.status, row.reason = "error", str(error)
                return None
            finally:
                await fare.settle(cost)

    async def _notes(self, baseline: Baseline, target: Target) -> list[str]:
        """What translation noted, of an answer that doesn't say."""
        try:
            question = await self._answers.question(baseline)
            found = translated(
                target, question, max_tokens_default=self._options.max_tokens_default, with_key=False
            )
            return list(found.notes)
        except (AgentrecError, LookupError):
            return []

    def _said(self, baseline: Baseline, row: RowResult, target: Target, asking: Translated) -> dict[str, Any]:
        told = {
            "migrated_from": row.baseline_id,
            "semantic_key": baseline.pinned_key or row.semantic_key,
            "baseline_model": row.baseline_model,
            "category": row.category,
            "migration_notes": list(asking.notes),
            TARGET_KEY: target.key,
        }
        return {name: value for name, value in told.items() if value is not None}

    def _line(self, target: Target) -> Line:
        if target.name not in self._lines:
            from agentrec_auto.migration.asking import Line  # here: offline there is no HTTP client

            self._lines[target.name] = Line(
                self._options.limits, self._recordings.redactor, self._options.inner_transport
            )
        return self._lines[target.name]


def _taken_off(jobs: list[tuple[Baseline, Target]]) -> Iterator[tuple[int, tuple[Baseline, Target]]]:
    """The jobs from the first to the last, with their numbers."""
    jobs.reverse()
    for number in range(len(jobs)):
        yield number, jobs.pop()


def _begun(baseline: Baseline, target: Target) -> RowResult:
    """The row of a question before anything is known of the target's answer."""
    side = baseline.side
    made = RowResult if isinstance(baseline.prompt, str) else WaitingRow
    return made(
        semantic_key=baseline.semantic_key,
        baseline_id=baseline.name,
        migration_id=migration_id_for(baseline.name, target.name),
        prompt_preview=baseline.preview,
        prompt_text=baseline.prompt,  # type: ignore[arg-type]  # a waiting row takes a text that waits
        category=baseline.category,
        baseline_model=side.model,
        baseline_text="" if made is WaitingRow else side.text,
        baseline_in_tokens=tokens_in(side.usage),
        baseline_out_tokens=tokens_out(side.usage),
        target_model=target.model,
        baseline=side,
        notes=[_older(baseline)] if baseline.older else [],
    )


def _older(baseline: Baseline) -> str:
    names = (name for _, name in sorted(baseline.older, reverse=True))
    return f"older recordings of this prompt ignored: {', '.join(names)}"
