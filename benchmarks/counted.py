"""``python -m benchmarks.counted``: what a call costs in instructions, as valgrind counts them.

Whatever else the machine is at, the same code gives the same figures, within a per cent: this tells a change
of two per cent, and how near the limits are where nothing disturbs. It tells nothing of what the system does
for us, and of what waits for memory: for microseconds, there are the other benchmarks.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from benchmarks.contenders import CONTENDERS
from benchmarks.corpora import Corpora
from benchmarks.job import Job
from benchmarks.regress import CHECKS, Check
from benchmarks.server import serving
from benchmarks.turns import Worker

FEW, MANY = 20, 80
"""Calls in two turns, in a process each: the difference is what their calls cost, and nothing else."""

STREAMS_FEW, STREAMS_MANY = 2, 8
_COUNTER = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
_COUNTED = re.compile(r"I\s+refs:\s+([\d,]+)")


def main(words: Sequence[str] | None = None) -> int:
    """Print a row a check: the limit, us, the others, and how many times each limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.counted", description=__doc__)
    parser.add_argument("--contender", default="ours,agentrec", metavar="NAMES", help="beside the limit")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="; ".join(check.name for check in CHECKS))
    options = parser.parse_args(words)
    if shutil.which("valgrind") is None:
        print("valgrind is not installed", file=sys.stderr)
        return 2
    names = [name for name in options.contender.split(",") if CONTENDERS[name].absent() is None]
    print(f"| instructions a call | limit | {' | '.join(names)} |\n|{'---|' * (len(names) + 2)}", flush=True)
    told: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory(prefix="counted-", ignore_cleanup_errors=True) as folder:
        for check in CHECKS:
            if options.checks and check.name not in options.checks:
                continue
            limit = "mock" if check.recorded else "bare"
            found = told[check.name] = {name: counted(check, name, folder) for name in (limit, *names)}
            cells = [f"{found[name]:,} ({found[name] / found[limit]:.2f} x)" for name in names]
            print(f"| {check.name} | {found[limit]:,} | {' | '.join(cells)} |", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)
    return 0


def counted(check: Check, contender: str, folder: str) -> int:
    """The instructions of one call of a check; of a stream, all its chunks."""
    few, many = (STREAMS_FEW, STREAMS_MANY) if check.kind == "stream" else (FEW, MANY)
    with serving() as url, ThreadPoolExecutor(2) as pool:
        job = _job(check, contender, Corpora(tempfile.mkdtemp(dir=folder)), url, many)
        less, more = pool.map(lambda calls: _total(check, job, calls, folder), (few, many))
    return (more - less) // (many - few)


def _job(check: Check, contender: str, corpora: Corpora, url: str, most: int) -> Job:
    if check.recorded:
        return Job(check.module, contender, check.cell, corpora.of(contender, check.kind, most))
    return Job(check.module, contender, check.cell, None, url, mode="record", options={"kind": check.kind})


def _total(check: Check, job: Job, calls: int, folder: str) -> int:
    """The instructions of a process that gets warm and makes so many calls."""
    place = tempfile.mkdtemp(dir=folder)
    log = os.path.join(place, "log")
    job = replace(job, options={**job.options, "under": [*_COUNTER, f"--log-file={log}"]})
    if not check.recorded:
        job = replace(job, folder=place)
    warm = STREAMS_FEW if check.kind == "stream" else FEW
    asked: Sequence[int] = range(warm, warm + calls)  # to record: never the same twice
    if check.recorded:
        asked = range(calls) if check.is_cold else [number % warm for number in range(calls)]
    with Worker(job) as worker:
        worker.turn([] if check.is_cold else range(warm))
        sample = worker.turn(asked)
    if sample.wrong:
        raise RuntimeError(f"{job.contender}: {sample.wrong} of {calls} answers were wrong")
    with open(log, encoding="utf-8") as file:
        found = _COUNTED.search(file.read())
    assert found is not None, "valgrind says nothing of instructions"
    return int(found[1].replace(",", ""))


if __name__ == "__main__":
    sys.exit(main())
