"""``python -m benchmarks [MEASURE…] [--quick] [--full] [--contender a,b] [--json FILE]``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence

from benchmarks import report
from benchmarks.bench import Bench, Measured, say
from benchmarks.contenders import CONTENDERS
from benchmarks.corpora import Corpora
from benchmarks.measures import MEASURES


def main(words: Sequence[str] | None = None) -> int:
    """Run what is asked for, print tables, and say 1 if an answer of ours was wrong."""
    options = _parser().parse_args(words)
    chosen = tuple(options.contender.split(",")) if options.contender else tuple(CONTENDERS)
    if unknown := set(chosen) - set(CONTENDERS):
        print(f"unknown contender {', '.join(unknown)}: expected {', '.join(CONTENDERS)}", file=sys.stderr)
        return 2
    facts = report.made(chosen, quick=options.quick)
    measured = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Corpora(folder), folder, chosen, quick=options.quick, full=options.full)
        for name in options.measures or MEASURES:
            begun = time.monotonic()
            say(f"{name} …")
            one: Measured = importlib.import_module(f"benchmarks.measures.{name}").run(bench)
            say(f"  {time.monotonic() - begun:.0f} s")
            report.show(report.table(one))
            measured.append(one)
            if options.json:  # each time: what was measured is there, however the run ends
                with open(options.json, "w", encoding="utf-8") as file:
                    json.dump(report.as_json(facts, measured), file, indent=1)
    wrong = [one for each in measured for one in each.figures if one.contender == "ours" and one.wrong]
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="two cells, few rounds: does it work?")
    parser.add_argument("--full", action="store_true", help="what takes minutes: a million recordings")
    parser.add_argument("--contender", metavar="NAMES", help=f"of {', '.join(CONTENDERS)}")
    parser.add_argument("--json", metavar="FILE", help="write all figures there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
