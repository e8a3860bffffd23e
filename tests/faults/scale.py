"""How much of each kind of trouble is made: little in the daily run, much in ``nox -s faults``.

FAULTS=long          the long form                 FAULTS_SEED=7       what chance begins with
FAULTS_ROUNDS=200    rounds of ``kill -9``         FAULTS_FORKS=10000  children forked
FAULTS_EXAMPLES=2000 what Hypothesis tries of each property
"""

from __future__ import annotations

import os
import random

IS_LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("FAULTS_SEED") or 20261123)


def many(short: int, long: int, name: str = "") -> int:
    """How many: what the variable ``FAULTS_<name>`` says, else by the form of the run."""
    told = os.environ.get(f"FAULTS_{name}") if name else None
    return int(told) if told else long if IS_LONG else short


def chance(*parts: object) -> random.Random:
    """A source of chance of one's own, the same for the same seed and parts."""
    return random.Random(f"{SEED} {parts}")
