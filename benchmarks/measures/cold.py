"""Cold replay: a fresh process answers 2,000 recorded questions for the first time, its loading included.

Modules are imported, the client is made, and its library has run before the clock starts, for all alike.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from benchmarks import memory
from benchmarks.asking import asking, client_of, library_of, make_ready
from benchmarks.bench import Bench, Goal, Measured, of, say
from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.limits import PLAIN
from benchmarks.figures import Figure, figures
from benchmarks.job import Corpus, Job, Sample, Work, timed
from benchmarks.turns import in_turns
from benchmarks.workload import Cell, Kind, answer

TITLE = "Cold replay, 2 KB of JSON, load included"
READS = "CPU us a request; in brackets speed relative to MockTransport, as cold"


def run(bench: Bench) -> Measured:
    """All cells."""
    found = [one for cell in bench.cells for one in in_cell(bench, cell, "json", bench.pick(2000, 100))]
    return Measured("cold", TITLE, READS, found, goals(found))


def in_cell(bench: Bench, cell: Cell, kind: Kind, count: int, most: int = 2000) -> list[Figure]:
    """Every contender in one cell: a process a turn."""
    say(f"  {cell}, {count} recorded, processes")
    names = bench.names("replaying")
    corpora, out = bench.corpora_of(names, kind, count)
    jobs = {name: Job("measures.cold", name, cell, corpus) for name, corpus in corpora.items()}

    def numbers(name: str, place: int) -> Sequence[int]:
        if place < 0:
            return []
        return range(0, count, count // 5) if CONTENDERS[name].scans else range(min(count, most))

    rounds = bench.pick(5, 1)
    told, failed = in_turns(jobs, numbers, rounds=rounds, generations=rounds, budget_s=8)
    return figures(str(cell), told, out | failed, names, "mock")


def goals(found: Sequence[Figure]) -> list[Goal]:
    """A file must be opened and parsed: there are limits to this."""
    return [
        Goal(
            f"{cell}: at least {least} x MockTransport", f"{one.ratio.median:.2f}", one.ratio.median >= least
        )
        for one in of(found, "ours")
        if one.ratio and (cell := one.cell) and (least := 0.40 if cell.startswith("httpx2") else 0.55)
    ]


@contextmanager
def working(job: Job) -> Iterator[Work]:
    """Opens its recordings within the first turn; an empty turn imports and warms the library."""
    contender, corpus = CONTENDERS[job.contender], job.corpus
    assert contender.replaying is not None and corpus is not None
    replaying = contender.replaying
    with ExitStack() as stack:

        def work(numbers: list[int]) -> Sample:
            if not numbers:
                contender.prepare(job.cell, corpus)
                warm(job.cell)
                make_ready(job.cell)
                return Sample(0, 0.0, 0.0)
            opened: list[float] = []
            before = memory.resident_mib()

            def ask(numbers: list[int]) -> list[list[bytes]]:
                begun = time.process_time()
                client = stack.enter_context(replaying(job.cell, corpus))
                asks = stack.enter_context(asking(client, job.cell, corpus.url, corpus.kind))
                answers = asks(numbers[:1])
                opened.append(time.process_time() - begun)
                return answers + asks(numbers[1:])

            sample = timed(corpus.kind, numbers, ask)
            first = opened[0]
            # Who asks fewer bears its share of the load as if it had asked all.
            sample.cpu_s = first * len(numbers) / corpus.count + sample.cpu_s - first
            sample.facts |= {"load_ms": first * 1000, "rss_mib": memory.resident_mib() - before}
            return sample

        yield work


def warm(cell: Cell) -> None:
    """Bring the client library to speed, on a fake of its own."""
    library = library_of(cell)
    fake = library.MockTransport(lambda request: library.Response(200, headers=PLAIN, content=answer(0)))
    corpus = Corpus("", "http://127.0.0.1:9", 1, "json")
    with asking(client_of(cell, fake), cell, corpus.url, "json") as ask:
        ask([0] * 30)
