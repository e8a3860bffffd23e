"""Workers take turns: short ones, in an order that changes, each contender in its own process.

What disturbs the machine for longer than a turn falls on all alike; ratios are taken within a round. A
process has its own luck (where its memory lies, say), so workers are made anew several times in a measure.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any

from benchmarks import ROOT
from benchmarks.contenders import CONTENDERS
from benchmarks.job import Job, Sample

PATIENCE_S = 240.0
"""How long a turn may take."""


class WorkerFailed(Exception):
    """A worker ended, or took too long."""


class Worker:
    """A contender at work on a job; a context manager."""

    def __init__(self, job: Job) -> None:
        contender = CONTENDERS[job.contender]
        self._contender = job.contender
        path = job.folder or (job.corpus.path if job.corpus else "")
        under = job.options.get("under", ())  # a program that is given our command
        command = [*contender.started(job.mode, path), *under, sys.executable, "-m", "benchmarks.worker"]
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 - closed in `stop`
        self.process = subprocess.Popen(
            command,
            env=environment(job),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=job.folder or tempfile.gettempdir(),
        )
        self._told(asdict(job))

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def turn(self, numbers: Sequence[int]) -> Sample:
        """What a turn took; `WorkerFailed`."""
        return Sample(**self._told(list(numbers)))

    def stop(self) -> None:
        """Let it end by itself, as it does for its users: some save only then."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.close()
            self.process.wait(PATIENCE_S)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._errors.close()

    def _told(self, said: Any) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(said).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass  # it ended; what it said is read below
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        if not ready:
            self.process.kill()
            raise WorkerFailed(f"took longer than {PATIENCE_S:.0f} s")
        told: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")
        if not told or "failed" in told:
            self.process.wait(PATIENCE_S)
            self._errors.seek(0)
            if self._contender == "ours":
                print(self._errors.read()[-400:], file=sys.stderr)
            raise WorkerFailed(told.get("failed") or f"ended with {self.process.returncode}")
        return told


def environment(job: Job) -> dict[str, str]:
    """What a worker's process finds: nothing of ours but where the code lies."""
    names = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "VIRTUAL_ENV", "SYSTEMROOT")
    environ = {name: os.environ[name] for name in names if name in os.environ}
    path = os.pathsep.join(filter(None, (job.tree, ROOT)))
    return {**environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}


def in_turns(
    jobs: Mapping[str, Job],
    numbers: Callable[[str, int], Sequence[int]],
    *,
    rounds: int,
    generations: int = 1,
    budget_s: float = 20.0,
    seed: int = 1,
) -> tuple[list[dict[str, Sample]], dict[str, str]]:
    """What each contender's turn took, round by round, and why one dropped out.

    ``numbers(name, round)``: what is asked in a turn; round -1 is to get warm, and not counted. A contender
    that has used up ``budget_s`` sits the remaining rounds out.
    """
    told: list[dict[str, Sample]] = []
    out: dict[str, str] = {}
    chance = random.Random(seed)
    spent = dict.fromkeys(jobs, 0.0)
    for generation in range(generations):
        workers: dict[str, Worker] = {}
        try:
            for name, job in jobs.items():
                if name in out or spent[name] >= budget_s:
                    continue
                with noted(out, name):
                    workers[name] = Worker(job)
                    workers[name].turn(numbers(name, -1))
            first, past = rounds * generation // generations, rounds * (generation + 1) // generations
            for place in range(first, past):
                order = [name for name in workers if name not in out and spent[name] < budget_s]
                chance.shuffle(order)
                took: dict[str, Sample] = {}
                for name in order:
                    with noted(out, name):
                        took[name] = workers[name].turn(numbers(name, place))
                        spent[name] += took[name].wall_s
                told.append(took)
        finally:
            for worker in workers.values():
                worker.stop()
    return told, out


@contextlib.contextmanager
def noted(out: dict[str, str], name: str) -> Iterator[None]:
    """Why ``name`` drops out, if it does."""
    try:
        yield
    except WorkerFailed as failed:
        out[name] = str(failed)
