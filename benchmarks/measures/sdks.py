"""Under the SDKs: ``create()``, plain and streamed, of openai and anthropic, replayed.

The SDK's own work is in it: what counts is the speed next to the same SDK on MockTransport.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks import speaking, workload
from benchmarks.asking import client_of
from benchmarks.bench import Bench, Measured, every, say
from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.limits import PLAIN, STREAM, aiter_of, iter_of
from benchmarks.figures import Figure, figures
from benchmarks.job import Corpus, Job, Sample, Work
from benchmarks.server import serving
from benchmarks.turns import Worker, WorkerFailed, in_turns, noted
from benchmarks.workload import Cell, Kind, Style, number_in

TITLE = "Under the SDKs, on httpx2"
READS = "CPU us a call, the SDK's own in it; in brackets speed relative to the same SDK on MockTransport"
COUNT = 20
SDKS = ("openai", "anthropic")
STYLES: tuple[Style, ...] = ("sync", "async")
KINDS: tuple[Kind, ...] = ("json", "stream")


def run(bench: Bench) -> Measured:
    """Both SDKs, sync and async, plain and streamed."""
    found: list[Figure] = []
    for sdk in SDKS:
        for kind in KINDS[: bench.pick(2, 1)]:
            for style in STYLES[: bench.pick(2, 1)]:
                found += in_cell(bench, sdk, kind, style)
    plain = [one for one in found if "stream" not in one.cell]
    told = [every("create() at least 0.95 x the SDK on MockTransport", plain, lambda ratio: ratio >= 0.95)]
    return Measured("sdks", TITLE, READS, found, told)


def in_cell(bench: Bench, sdk: str, kind: Kind, style: Style) -> list[Figure]:
    """Every contender that the SDK takes."""
    label = f"{sdk} {'stream' if kind == 'stream' else 'create()'}, {style}"
    say(f"  {label}")
    cell = Cell("httpx2", style)
    options = {"sdk": sdk, "kind": kind}
    names = bench.names("replaying", but=("floor",))
    if importlib.util.find_spec(sdk) is None:
        return [Figure(label, name, absent=f"{sdk} not installed") for name in names]
    jobs: dict[str, Job] = {}
    out: dict[str, str] = {}
    for name in names:
        with noted(out, name):
            corpus = _corpus(bench, name, cell, options, label)
            jobs[name] = Job("measures.sdks", name, cell, corpus, options=options)
    calls = 2 if kind == "stream" else 20
    told, failed_later = in_turns(
        jobs,
        lambda name, place: range(COUNT) if place < 0 else [(place * 7 + n) % COUNT for n in range(calls)],
        rounds=bench.pick(16, 2),
        generations=bench.pick(2, 1),
        budget_s=bench.pick(3, 1),
    )
    return figures(label, told, out | failed_later, names, "mock")


def _corpus(bench: Bench, name: str, cell: Cell, options: dict[str, str], label: str) -> Corpus:
    contender = CONTENDERS[name]
    if reason := contender.absent():
        raise WorkerFailed(reason)
    path = os.path.join(bench.folder, f"sdk-{label}-{name}".replace(" ", "-"))
    if contender.recording is None:
        return Corpus(path, "http://127.0.0.1:9", COUNT, "json")
    os.makedirs(path)
    with serving() as url:
        job = Job("measures.sdks", name, cell, None, url, path, "record", options)
        with Worker(job) as worker:
            worker.turn(range(COUNT))
    return Corpus(path, url, COUNT, "json")


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """An SDK's client, as its users make it, and calls one after the other."""
    sdk, kind = job.options["sdk"], job.options["kind"]
    with ExitStack() as stack:
        client = stack.enter_context(_opened(job))
        given = {"http_client": client} if CONTENDERS[job.contender].brings_client else {}
        url = job.corpus.url if job.corpus else job.url
        made = _sdk(sdk, job.cell.style)(
            base_url=url + ("/v1" if sdk == "openai" else ""), api_key="k", max_retries=0, **given
        )
        if job.cell.style == "sync":
            call = _sync(made, sdk, kind)

            def ask(numbers: list[int]) -> list[str]:
                return [call(number) for number in numbers]
        else:
            loop = asyncio.new_event_loop()
            stack.callback(loop.close)
            acall = _async(made, sdk, kind)

            async def each(numbers: list[int]) -> list[str]:
                return [await acall(number) for number in numbers]

            def ask(numbers: list[int]) -> list[str]:
                return loop.run_until_complete(each(numbers))

        def work(numbers: list[int]) -> Sample:
            wall, cpu = time.perf_counter(), time.process_time()
            said = ask(numbers)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            wrong = sum(f"a-{n}" not in text for n, text in zip(numbers, said, strict=True))
            return Sample(len(numbers), cpu, wall, wrong)

        yield work


def _sdk(name: str, style: Style) -> Any:
    kind = {"openai": "OpenAI", "anthropic": "Anthropic"}[name]
    return getattr(importlib.import_module(name), kind if style == "sync" else f"Async{kind}")


def _asked(client: Any, sdk: str, kind: Kind, number: int) -> Any:
    """The call of ``create()``; for an async client to be awaited."""
    said = [{"role": "user", "content": f"Message {number}: {workload.REPLY * 3}"}]
    stream = kind == "stream"
    if sdk == "openai":
        return client.chat.completions.create(
            model="gpt-4o-mini", messages=said, user=f"q-{number}", stream=stream
        )
    return client.messages.create(
        model="claude-haiku-4-5",
        messages=said,
        max_tokens=500,
        metadata={"user_id": f"q-{number}"},
        stream=stream,
    )


def _sync(client: Any, sdk: str, kind: Kind) -> Callable[[int], str]:
    def call(number: int) -> str:
        answer = _asked(client, sdk, kind, number)
        return _said(answer) if kind == "json" else _all_said(sdk, list(answer))

    return call


def _async(client: Any, sdk: str, kind: Kind) -> Callable[[int], Awaitable[str]]:
    async def call(number: int) -> str:
        answer = await _asked(client, sdk, kind, number)
        return _said(answer) if kind == "json" else _all_said(sdk, [event async for event in answer])

    return call


def _said(answer: Any) -> str:
    return str(answer.id)


def _all_said(sdk: str, events: list[Any]) -> str:
    """The answer's id, if all its events came."""
    if len(events) < workload.EVENTS - 1:
        return f"{len(events)} events"
    return str(events[0].id if sdk == "openai" else events[0].message.id)


def _opened(job: Job) -> Any:
    contender = CONTENDERS[job.contender]
    if job.mode == "record":
        assert contender.recording is not None
        return contender.recording(job.cell, job.folder)
    assert job.corpus is not None and contender.replaying is not None
    return _mock(job) if contender.recording is None else contender.replaying(job.cell, job.corpus)


@contextmanager
def _mock(job: Job) -> Iterator[Any]:
    import httpx2

    spoken = workload if job.options["sdk"] == "openai" else speaking
    plain = {number: spoken.answer(number) for number in range(COUNT)}
    streamed = {number: spoken.events(number) for number in range(COUNT)}

    def handler(request: Any) -> Any:
        number = number_in(request.content)
        if job.options["kind"] == "json":
            return httpx2.Response(200, headers=PLAIN, content=plain[number])
        chunks = streamed[number]
        content: Iterator[bytes] | AsyncIterator[bytes]
        content = iter_of(chunks) if job.cell.style == "sync" else aiter_of(chunks)
        return httpx2.Response(200, headers=STREAM, content=content)

    yield client_of(job.cell, httpx2.MockTransport(handler))
