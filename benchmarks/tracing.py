"""Counts, in a worker, the bytecode that our functions run."""

from __future__ import annotations

import sys
from collections import Counter
from math import inf
from types import FrameType
from typing import Any

from benchmarks.job import Sample, Work

BYTECODE = "bytecode"
"""The option of a job by which its turns are `traced`, and the fact that tells the counts."""


def traced(work: Work, numbers: list[int]) -> Sample:
    """What a turn took, and the instructions of bytecode that our functions ran."""
    counts: Counter[str] = Counter()
    # Replays are told to the ledger's file together, as many as there were in 5 ms: so many calls on a quick
    # machine, one on a slow one. Left to the end of the process, that is in no count.
    if (ledger := sys.modules.get("agentrec_auto.flow.ledger")) is not None:
        ledger.__dict__["_BATCH_S"] = inf

    def entered(frame: FrameType, event: str, about: Any) -> Any:
        room = str(frame.f_globals.get("__name__"))
        if not room.startswith("agentrec_auto"):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        name = f"{room.removeprefix('agentrec_auto.')} {frame.f_code.co_name}"

        def ran(frame: FrameType, event: str, about: Any) -> Any:
            if event == "opcode":
                counts[name] += 1
            return ran

        return ran

    sys.settrace(entered)
    try:
        sample = work(numbers)
    finally:
        sys.settrace(None)
    sample.facts[BYTECODE] = dict(counts)
    return sample
