"""From two answers to what the comparators say of them.

Scorers compute, here or in an executor of the caller's (any ``concurrent.futures.Executor``), which is given
pairs by the batch. Comparators that ask somebody are awaited here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from agentrec_auto.comparators.base import Comparator, ComparisonResult, Pair, Scorer, Side, failed
from agentrec_auto.migration.rows import RowResult

BATCH = 64
"""Pairs that an executor is given at one time: sending them costs more than scoring one."""

_GATHERING_S = 0.02
"""How long a batch that isn't full waits for more."""

Scores = list[ComparisonResult]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be scored of one row: its pair, and pairs of the baseline's takes with the newest."""

    pair: Pair
    takes: tuple[Pair, ...] = ()


def scored(scorers: Sequence[Scorer], jobs: Sequence[Job]) -> list[tuple[Scores, list[Scores]]]:
    """What all scorers say of each job: of its pair, and of its takes. Runs in any process."""
    return [
        (
            [_score(scorer, job.pair) for scorer in scorers],
            [[_score(scorer, take) for scorer in scorers] for take in job.takes],
        )
        for job in jobs
    ]


def _score(scorer: Scorer, pair: Pair) -> ComparisonResult:
    try:
        return scorer.score(pair)
    except Exception as error:
        return failed(scorer.name, error)


class Scoring:
    """The comparators at work on the rows of a run."""

    def __init__(self, comparators: Sequence[Comparator], executor: Executor | None = None) -> None:
        self._comparators = list(comparators)
        self._scorers = [one for one in self._comparators if isinstance(one, Scorer)]
        self._executor = executor
        self._batch: list[tuple[RowResult, Job, asyncio.Future[None]]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._agreed: dict[str, dict[str, tuple[int, int]]] = {}

    async def compare(self, row: RowResult, pair: Pair, takes: Sequence[Side]) -> None:
        """Put what each comparator says into the row, in their order."""
        job = Job(pair, self._take_pairs(row, pair, takes))
        online = [await self._asked(one, pair) for one in self._comparators if not isinstance(one, Scorer)]
        if self._executor is None:
            self._put(row, job, scored(self._scorers, [job])[0])
        else:
            await self._scored_there(row, job)
        told = {result.comparator: result for result in (*row.comparisons, *online)}
        said = [told[one.name] for one in self._comparators if one.name in told]
        row.comparisons = [result for result in said if result.applies]

    def _take_pairs(self, row: RowResult, pair: Pair, takes: Sequence[Side]) -> tuple[Pair, ...]:
        """The baseline's takes beside its newest; once a question, whatever number of targets there is."""
        if not takes or row.baseline_id in self._agreed:
            return ()
        return tuple(Pair(pair.prompt, take, pair.baseline, pair.category) for take in takes)

    async def _asked(self, comparator: Comparator, pair: Pair) -> ComparisonResult:
        try:
            return await comparator.compare_pair(pair)
        except Exception as error:
            return failed(comparator.name, error)

    async def _scored_there(self, row: RowResult, job: Job) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._batch.append((row, job, done))
        if len(self._batch) >= BATCH:
            self._hand_out()
        elif len(self._batch) == 1:
            loop.call_later(_GATHERING_S, self._hand_out)
        await done

    def _hand_out(self) -> None:
        if self._batch:
            batch, self._batch = self._batch, []
            task = asyncio.get_running_loop().create_task(self._run(batch))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _run(self, batch: list[tuple[RowResult, Job, asyncio.Future[None]]]) -> None:
        loop = asyncio.get_running_loop()
        jobs = [job for _, job, _ in batch]
        try:
            results = await loop.run_in_executor(self._executor, scored, self._scorers, jobs)
        except Exception as error:  # the executor's: a scorer that can't be sent there, a worker that died
            results = [([failed(one.name, error) for one in self._scorers], []) for _ in batch]
        for (row, job, done), result in zip(batch, results, strict=True):
            self._put(row, job, result)
            if not done.done():
                done.set_result(None)

    def _put(self, row: RowResult, job: Job, result: tuple[Scores, list[Scores]]) -> None:
        row.comparisons, takes = result
        if job.takes:
            self._agreed[row.baseline_id] = {
                scorer.name: (
                    sum(scores[at].passed is True for scores in takes),
                    sum(scores[at].passed is not None for scores in takes),
                )
                for at, scorer in enumerate(self._scorers)
            }
        row.agreement = dict(self._agreed.get(row.baseline_id, {}))
