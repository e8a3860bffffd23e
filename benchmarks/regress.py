"""``python -m benchmarks.regress --base REV``: is this tree slower than an earlier commit?

Both run in the same minutes on the same machine, in turns of some milliseconds, each in processes of its own
and from a copy of its package; what is judged is the ratio within a round. So the machine may be slow and
busy, as in CI. Exits with 1 if something is slower by more than the tolerance, the interval around the median
lies above equal, and both hold again when it is measured once more.
"""

from __future__ import annotations

import argparse
import compileall
import io
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from benchmarks import ROOT
from benchmarks.bench import say
from benchmarks.corpora import Corpora
from benchmarks.figures import Round
from benchmarks.job import Job
from benchmarks.server import serving
from benchmarks.turns import WorkerFailed, in_turns
from benchmarks.workload import Cell, Kind

TOLERANCE = 0.10
PACKAGE = "agentrec_auto"
SYNC, ASYNC = Cell("httpx2", "sync"), Cell("httpx2", "async")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is compared."""

    name: str
    module: str
    cell: Cell
    kind: Kind
    recorded: int
    """How many there are to replay; 0 to record."""

    calls: int
    rounds: int
    generations: int

    @property
    def is_cold(self) -> bool:
        """Whether each turn is a process of its own."""
        return self.module.endswith("cold")

    def numbers(self, name: str, place: int) -> Sequence[int]:
        """What is asked in a turn; round -1 gets warm."""
        if not self.recorded:  # never the same twice
            return range((place + 1) * self.calls, (place + 2) * self.calls)
        if place < 0:
            return range(0 if self.is_cold else self.recorded)
        if self.is_cold:
            return range(self.recorded)
        return [(place * 31 + number) % self.recorded for number in range(self.calls)]


CHECKS = (
    Check("replay, warm", "replaying", SYNC, "json", 300, 100, 45, 3),
    Check("replay, warm, async", "replaying", ASYNC, "json", 300, 100, 45, 3),
    Check("replay, first time", "measures.cold", SYNC, "json", 300, 300, 9, 9),
    Check("stream, warm", "replaying", SYNC, "stream", 30, 20, 36, 3),
    Check("stream, first time", "measures.cold", SYNC, "stream", 30, 30, 9, 9),
    Check("record", "recording", SYNC, "json", 0, 25, 24, 3),
    Check("record a stream", "recording", SYNC, "stream", 0, 3, 18, 3),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a check came out."""

    name: str
    ratio: float
    """This tree's processor time to the base's: the median of the rounds."""

    low: float
    high: float
    """Its interval at 95 %."""

    slower: bool
    wrong: int = 0
    failed: str = ""


def main(words: Sequence[str] | None = None) -> int:
    """Compare, print a line a check, and say 1 if one is slower or failed in this tree."""
    options = _parser().parse_args(words)
    chosen = [check for check in CHECKS if not options.checks or check.name in options.checks]
    with tempfile.TemporaryDirectory(prefix="regress-", ignore_cleanup_errors=True) as folder:
        trees = {name: os.path.join(folder, name) for name in ("base", "here")}
        try:
            taken_from_git(options.base, trees["base"])
        except subprocess.CalledProcessError as failed:
            print(f"can't take {options.base!r} from git: {failed.stderr.decode().strip()}", file=sys.stderr)
            return 2
        copied(ROOT, trees["here"])
        told = judge(trees, chosen, folder, options.tolerance)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"base": options.base, "checks": [asdict(one) for one in told]}, file, indent=1)
    return 1 if any(one.slower or one.wrong or one.failed for one in told) else 0


def judge(
    trees: dict[str, str], checks: Sequence[Check], folder: str, tolerance: float = TOLERANCE
) -> list[Verdict]:
    """A verdict for each check; ``trees``: base and here, each with a package."""
    corpora = Corpora(folder)
    told = []
    for check in checks:
        verdict = _judged(trees, check, corpora, folder, tolerance)
        if verdict.slower:
            say(f"{check.name}: {verdict.ratio:.2f} x, once more …")
            verdict = _judged(trees, check, corpora, folder, tolerance)
        told.append(verdict)
        says = verdict.failed or f"{verdict.ratio:.3f} x ({verdict.low:.3f}–{verdict.high:.3f})"
        says += f", {verdict.wrong} wrong" if verdict.wrong else ""
        print(f"{check.name:22} {says}{'  SLOWER' if verdict.slower else ''}", flush=True)
    return told


def _judged(trees: dict[str, str], check: Check, corpora: Corpora, folder: str, tolerance: float) -> Verdict:
    nothing = Verdict(check.name, 0, 0, 0, slower=False)
    try:
        told, out = _told(trees, check, corpora, folder)
    except WorkerFailed as failed:
        return replace(nothing, failed=str(failed))
    if out:
        return replace(nothing, failed=", ".join(f"{name}: {why}" for name, why in out.items()))
    ratios = [took["here"].cpu_s / took["base"].cpu_s for took in told if len(took) == 2]
    low, high = interval(ratios)
    middle = statistics.median(ratios)
    wrong = sum(took["here"].wrong for took in told if "here" in took)
    return Verdict(check.name, middle, low, high, slower=middle > 1 + tolerance and low > 1, wrong=wrong)


def _told(
    trees: dict[str, str], check: Check, corpora: Corpora, folder: str
) -> tuple[list[Round], dict[str, str]]:
    with serving() as url:
        jobs = jobs_of(check, trees, corpora, folder, url)
        return in_turns(jobs, check.numbers, rounds=check.rounds, generations=check.generations)


def jobs_of(check: Check, trees: dict[str, str], corpora: Corpora, folder: str, url: str) -> dict[str, Job]:
    """A job for each tree: to replay what it recorded itself, or to record from a server."""
    jobs = {}
    for name, tree in trees.items():
        if check.recorded:
            corpus = corpora.of("ours", check.kind, check.recorded, tree=tree)
            jobs[name] = Job(check.module, "ours", check.cell, corpus, tree=tree)
        else:
            where, options = tempfile.mkdtemp(dir=folder), {"kind": check.kind}
            jobs[name] = Job("recording", "ours", check.cell, None, url, where, "record", options, tree)
    return jobs


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Between which the median lies at 95 %: by resampling, from a fixed seed."""
    chance = random.Random(1)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(1000))
    return medians[25], medians[974]


def taken_from_git(revision: str, folder: str) -> None:
    """The package as of a commit, in a folder of its own."""
    packed = subprocess.run(
        ["git", "archive", revision, PACKAGE], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder)  # our own commit's files
    compileall.compile_dir(folder, quiet=2)


def copied(root: str, folder: str) -> None:
    """The package as it is now: edits that come while it runs don't count."""
    shutil.copytree(
        os.path.join(root, PACKAGE),
        os.path.join(folder, PACKAGE),
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    compileall.compile_dir(folder, quiet=2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regress", description=__doc__)
    parser.add_argument("--base", default="HEAD", metavar="REV", help="the commit to compare with (HEAD)")
    parser.add_argument("--tolerance", type=float, default=TOLERANCE, help="share that is let pass (0.10)")
    parser.add_argument("--json", metavar="FILE", help="write the verdicts there, too")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="; ".join(check.name for check in CHECKS))
    return parser


if __name__ == "__main__":
    sys.exit(main())
