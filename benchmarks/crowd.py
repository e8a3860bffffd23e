"""A worker whose questions are asked by many at once: 64 tasks, or 8 threads, on one client."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from benchmarks.asking import Ask, make_ready
from benchmarks.contenders import CONTENDERS
from benchmarks.job import Corpus, Job, Sample, Work, timed
from benchmarks.workload import HEADERS, PATH, question


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """Replays a corpus, or records under the job's folder; ``options["callers"]`` ask at once."""
    contender, callers = CONTENDERS[job.contender], job.options["callers"]
    nothing = Corpus("", job.url, 0, "json")
    with contextlib.ExitStack() as stack:
        if job.corpus is not None:
            assert contender.replaying is not None
            url = job.corpus.url
            client = stack.enter_context(contender.replaying(job.cell, job.corpus))
        else:
            assert contender.recording is not None
            url = job.url
            if contender.brings_client:
                contender.prepare(job.cell, nothing)
            else:
                make_ready(job.cell)
            client = stack.enter_context(contender.recording(job.cell, f"{job.folder}/all"))
        if job.cell.style == "sync":
            pool = stack.enter_context(ThreadPoolExecutor(callers))
            ask = _by_threads(pool, client, url, copies=contender.threads_need_context)
        else:
            loop = asyncio.new_event_loop()
            stack.callback(loop.close)
            ask = _by_tasks(loop, callers, client, url)

        def work(numbers: list[int]) -> Sample:
            return timed("json", numbers, ask)

        yield work


def _by_threads(pool: ThreadPoolExecutor, client: Any, url: str, *, copies: bool) -> Ask:
    def one(number: int) -> list[bytes]:
        return [client.post(url + PATH, content=question(number), headers=HEADERS).content]

    def ask(numbers: list[int]) -> list[list[bytes]]:
        if copies:
            asked = [pool.submit(contextvars.copy_context().run, one, number) for number in numbers]
            return [future.result() for future in asked]
        return list(pool.map(one, numbers))

    return ask


def _by_tasks(loop: asyncio.AbstractEventLoop, callers: int, client: Any, url: str) -> Ask:
    async def ask(numbers: list[int]) -> list[list[bytes]]:
        answers: dict[int, list[bytes]] = {}
        waiting = iter(list(enumerate(numbers)))

        async def caller() -> None:
            for place, number in waiting:
                response = await client.post(url + PATH, content=question(number), headers=HEADERS)
                answers[place] = [response.content]

        await asyncio.gather(*(caller() for _ in range(callers)))
        return [answers[place] for place in range(len(numbers))]

    return lambda numbers: loop.run_until_complete(ask(numbers))
