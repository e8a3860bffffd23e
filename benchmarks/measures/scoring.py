"""A migration's report over recorded pairs, exact and fuzzy, next to reading and parsing the same files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks import migration
from benchmarks.bench import Bench, Goal, Measured, say
from benchmarks.figures import Figure, Round, dearer, figures
from benchmarks.job import Job, Sample
from benchmarks.turns import environment

READS = "CPU us a pair, the process and its imports in it; in brackets relative to reading and json.loads"
FLOOR = "read + json.loads"
MOST, MOST_MIB = 3.0, 70.0


def run(bench: Bench) -> Measured:
    """Some pairs, or ten thousand (``--full``)."""
    pairs = 10_000 if bench.full else bench.pick(2000, 100)
    say(f"  {pairs:,} pairs")
    folder = Path(bench.folder) / "pairs"
    migration.make(folder, pairs)
    report = ["-m", "agentrec_auto", "report", "--corpus", str(folder), "--target", migration.TARGET]
    report += ["--compare", "exact,fuzzy", "--out", f"{bench.folder}/scored"]
    commands = {FLOOR: ["-c", migration.PARSING, str(folder)], "ours": report}
    told: list[Round] = []
    for place in range(bench.pick(3, 1)):
        order = list(commands) if place % 2 else list(reversed(commands))
        told.append({name: _taken(commands[name], pairs) for name in order})
    found = figures("exact, fuzzy", told, {}, list(commands), FLOOR, dearer)
    for one in found:
        if one.wrong:
            one.best, one.ratio, one.absent = None, None, "it failed"
    return Measured("scoring", f"A migration's report, {pairs:,} pairs", READS, found, _goals(found))


def _goals(found: list[Figure]) -> list[Goal]:
    return [
        Goal(
            f"at most {MOST:.0f} x reading and json.loads, and {MOST_MIB:.0f} MiB",
            f"{one.ratio.median:.1f} and {one.facts['peak_mib']:.0f} MiB",
            one.ratio.median <= MOST and one.facts["peak_mib"] <= MOST_MIB and not one.wrong,
        )
        for one in found
        if one.contender == "ours" and one.ratio
    ]


def _taken(words: list[str], pairs: int) -> Sample:
    command = [sys.executable, *words]
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    child = os.posix_spawn(command[0], command, environment(Job("", "")), file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    facts = {"peak_mib": usage.ru_maxrss / 1024}
    return Sample(pairs, usage.ru_utime + usage.ru_stime, 0.0, wrong=status != 0, facts=facts)
