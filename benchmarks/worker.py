"""A contender's process: told its job and then its turns on stdin, it tells on stdout what they took."""

from __future__ import annotations

import cProfile
import importlib
import json
import os
import sys
import traceback
from dataclasses import asdict
from typing import Any

from benchmarks.job import Job
from benchmarks.tracing import BYTECODE, traced


def main() -> None:
    """Work until stdin closes."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the libraries print is not for the reader of our stdout

    def tell(told: dict[str, Any]) -> None:
        out.write(json.dumps(told) + "\n")
        out.flush()

    try:
        job = Job.of(json.loads(sys.stdin.readline()))
        measure = importlib.import_module(f"benchmarks.{job.measure}")
        profile = cProfile.Profile()
        with measure.working(job) as work:
            tell({"ready": True})
            for place, line in enumerate(sys.stdin):
                numbers = json.loads(line)
                if place and "profile" in job.options:  # the first turn gets warm
                    sample = profile.runcall(work, numbers)
                elif place and BYTECODE in job.options:
                    sample = traced(work, numbers)
                else:
                    sample = work(numbers)
                tell(asdict(sample))
        if "profile" in job.options:
            profile.dump_stats(job.options["profile"])
    except Exception as error:
        traceback.print_exc()
        tell({"failed": f"{type(error).__name__}: {error}"[:300]})


if __name__ == "__main__":
    main()
