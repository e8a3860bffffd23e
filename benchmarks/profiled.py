"""``python -m benchmarks.profiled CHECK``: where the time of one of `regress.CHECKS` goes, by function.

By cProfile, which makes small functions look dearer than they are: for shares, not for microseconds.
"""

from __future__ import annotations

import argparse
import os
import pstats
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.corpora import Corpora
from benchmarks.regress import CHECKS, jobs_of
from benchmarks.server import serving
from benchmarks.turns import in_turns


def main(words: Sequence[str] | None = None) -> int:
    """Print the functions that take the most time of their own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profiled", description=__doc__)
    parser.add_argument("check", choices=[check.name for check in CHECKS])
    parser.add_argument("--lines", type=int, default=35, help="how many functions (35)")
    parser.add_argument("--sort", default="tottime", help="tottime, or cumtime: with what they call")
    options = parser.parse_args(words)
    (check,) = (check for check in CHECKS if check.name == options.check)
    with (
        tempfile.TemporaryDirectory(prefix="profiled-", ignore_cleanup_errors=True) as folder,
        serving() as url,
    ):
        (job,) = jobs_of(check, {"here": ""}, Corpora(folder), folder, url).values()
        file = os.path.join(folder, "profile")
        job = replace(job, options={**job.options, "profile": file})
        _, out = in_turns({"here": job}, check.numbers, rounds=1 if check.is_cold else 10)
        if out:
            print(out["here"], file=sys.stderr)
            return 1
        pstats.Stats(file).sort_stats(options.sort).print_stats(options.lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
