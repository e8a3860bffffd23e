"""Requests of 1 MB, replayed: a long context, and an image in base64.

What is added to MockTransport's answering is held against what has to be done at least: a sha256 over the raw
body where the request was seen before, else one over the body parsed and written with sorted keys.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from benchmarks.asking import client_of, library_of, make_ready
from benchmarks.bench import Bench, Goal, Measured, say
from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.limits import PLAIN
from benchmarks.figures import Figure, added, figures
from benchmarks.job import Corpus, Job, Sample, Work
from benchmarks.measures.cold import warm
from benchmarks.server import serving
from benchmarks.turns import Worker, WorkerFailed, in_turns
from benchmarks.workload import HEADERS, PATH, Cell, answer, number_in

TITLE = "A request of 1 MB, replayed"
READS = "CPU us a request; in brackets what is added to MockTransport's"
CELL = Cell("httpx2", "sync")
COUNT = 8
PROSE = "the order was not what we agreed on and my key did not arrive at the token office in time"


@cache
def body_of(kind: str, number: int) -> bytes:
    """A megabyte that asks question ``number``, its tag first."""
    chance = random.Random(number)
    if kind == "long context":
        content: Any = " ".join(chance.choices(PROSE.split(), k=240_000))[:1_000_000] + '\nsaid "so"\n'
    else:
        image = base64.b64encode(chance.randbytes(750_000)).decode()
        content = [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{image}"}},
        ]
    asked = {
        "user": f"q-{number}",
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": content}],
    }
    return json.dumps(asked, separators=(",", ":")).encode()


def raw(body: bytes) -> str:
    """The least that tells a request seen before."""
    return hashlib.sha256(body).hexdigest()


def canonical(body: bytes) -> str:
    """The least that tells a request whatever the order of its keys."""
    value = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(value.encode()).hexdigest()


LIMITS: dict[str, Callable[[bytes], object]] = {
    "mock": lambda body: None,
    "mock + sha256": raw,
    "mock + canonical": canonical,
}


def run(bench: Bench) -> Measured:
    """Both kinds, seen before and for the first time."""
    found, told = [], []
    for kind in ("long context", "image"):
        corpora, out = _corpora(bench, kind)
        for label, limit in (("seen before", "mock + sha256"), ("first time", "mock + canonical")):
            say(f"  {kind}, {label}")
            now = _figures(bench, kind, corpora, out, cold=label == "first time")
            for one in now:
                one.cell = f"{kind}, {label}"
            found += now
            told += _goals(now, limit)
    return Measured("body", TITLE, READS, found, told)


def _figures(
    bench: Bench, kind: str, corpora: dict[str, Corpus], out: dict[str, str], *, cold: bool
) -> list[Figure]:
    jobs = {
        name: Job("measures.body", "mock", CELL, options={"kind": kind, "limit": name}) for name in LIMITS
    }
    for name, corpus in corpora.items():
        jobs[name] = Job("measures.body", name, CELL, corpus, options={"kind": kind})
    rounds = bench.pick(9, 2)
    taken, failed = in_turns(
        jobs,
        lambda name, place: [] if cold and place < 0 else range(COUNT),
        rounds=rounds,
        generations=rounds if cold else bench.pick(3, 1),
    )
    return figures(kind, taken, out | failed, [*LIMITS, *corpora, *out], "mock", added)


def _goals(found: list[Figure], limit: str) -> list[Goal]:
    ratios = {one.contender: one.ratio.median for one in found if one.ratio and not one.wrong}
    if "ours" not in ratios or ratios.get(limit, 0) <= 0:
        return []
    times = ratios["ours"] / ratios[limit]
    return [Goal(f"{found[0].cell}: adds at most 2 x what {limit} adds", f"{times:.1f}", times <= 2)]


def _corpora(bench: Bench, kind: str) -> tuple[dict[str, Corpus], dict[str, str]]:
    found, out = {}, {}
    for name in bench.names("replaying", but=("mock", "floor")):
        if reason := CONTENDERS[name].absent():
            out[name] = reason
            continue
        path = f"{bench.folder}/body-{name}-{kind}".replace(" ", "-")
        os.makedirs(path)
        try:
            with serving() as url:
                job = Job("measures.body", name, CELL, None, url, path, "record", {"kind": kind})
                with Worker(job) as worker:
                    worker.turn(range(COUNT))
            found[name] = Corpus(path, url, COUNT, "json")
        except WorkerFailed as failed:
            out[name] = f"could not record: {failed}"
    return found, out


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """Records, replays, or answers from memory after the work of a limit; an empty turn only gets ready."""
    contender, kind = CONTENDERS[job.contender], job.options["kind"]
    for number in range(COUNT):
        body_of(kind, number)
    with ExitStack() as stack:
        clients: list[Any] = []

        def client() -> Any:
            if not clients:
                clients.append(stack.enter_context(stack.enter_context(_opened(job))))
            return clients[0]

        if not contender.brings_client:
            make_ready(job.cell)

        def work(numbers: list[int]) -> Sample:
            if not numbers:
                contender.prepare(job.cell, Corpus("", "", 0, "json"))
                warm(job.cell)
                return Sample(0, 0.0, 0.0)
            url = (job.corpus.url if job.corpus else job.url or "http://127.0.0.1:9") + PATH
            opened = client()
            wall, cpu = time.perf_counter(), time.process_time()
            answers = [
                opened.post(url, content=body_of(kind, one), headers=HEADERS).content for one in numbers
            ]
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            wrong = sum(
                f"a-{one}:".encode() not in given for one, given in zip(numbers, answers, strict=True)
            )
            return Sample(len(numbers), cpu, wall, wrong)

        yield work


def _opened(job: Job) -> Any:
    contender = CONTENDERS[job.contender]
    if job.mode == "record":
        assert contender.recording is not None
        return contender.recording(job.cell, job.folder)
    if job.corpus is not None:
        assert contender.replaying is not None
        return contender.replaying(job.cell, job.corpus)
    return _limit(job.cell, LIMITS[job.options["limit"]])


@contextmanager
def _limit(cell: Cell, least: Callable[[bytes], object]) -> Iterator[Any]:
    library = library_of(cell)

    def handler(request: Any) -> Any:
        least(request.content)
        return library.Response(200, headers=PLAIN, content=answer(number_in(request.content[:200])))

    yield client_of(cell, library.MockTransport(handler))
