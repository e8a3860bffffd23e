"""``python -m benchmarks.bytecode CHECK``: what of our bytecode one of `regress.CHECKS` runs.

Neither the machine nor what else it is at makes a difference: the same Python counts the same, so that
`tests/benchmarks` can hold each check to a number. It tells nothing of what happens inside of C, nor of what
is done every few milliseconds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.corpora import Corpora
from benchmarks.job import Job
from benchmarks.regress import CHECKS, Check, jobs_of
from benchmarks.server import serving
from benchmarks.tracing import BYTECODE
from benchmarks.turns import Worker

MOST = 20
"""Calls of a turn."""


def main(words: Sequence[str] | None = None) -> int:
    """Print the functions that run the most, and the sum."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bytecode", description=__doc__)
    parser.add_argument("check", choices=[check.name for check in CHECKS])
    parser.add_argument("--lines", type=int, default=35, help="how many functions (35)")
    options = parser.parse_args(words)
    (check,) = (check for check in CHECKS if check.name == options.check)
    found = bytecode(check)
    for name, number in found.most_common(options.lines):
        print(f"{number:8,}  {name}")
    print(f"{found.total():8,}  in all, a call")
    return 0


def bytecode(check: Check) -> Counter[str]:
    """Instructions of bytecode that a call of a check runs in our functions, by function."""
    asked = check.numbers("here", 0)[:MOST]
    few, many = len(asked) // 2, len(asked)
    with (
        tempfile.TemporaryDirectory(prefix="bytecode-", ignore_cleanup_errors=True) as folder,
        serving() as url,
    ):
        (job,) = jobs_of(check, {"here": ""}, Corpora(folder), folder, url).values()
        less, more = (_ran(check, job, asked[:calls]) for calls in (few, many))
    return Counter({name: (more[name] - less[name]) // (many - few) for name in more})


def _ran(check: Check, job: Job, asked: Sequence[int]) -> Counter[str]:
    """Of a process that gets warm and then asks: what it runs but once is in it."""
    with Worker(replace(job, options={**job.options, BYTECODE: True})) as worker:
        worker.turn(check.numbers("here", -1))
        sample = worker.turn(asked)
    if sample.wrong or sample.calls != len(asked):
        raise RuntimeError(f"{sample.wrong} of {sample.calls} answers were wrong")
    return Counter(sample.facts[BYTECODE])


if __name__ == "__main__":
    sys.exit(main())
