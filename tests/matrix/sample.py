"""A part of the matrix that fits into a push: another one with each commit, the same one for the same commit."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from datetime import date

from matrix.entries import HERE, Column

SIZE = 2
"""Columns: with environments to make, about a minute on two cores."""


def sample(columns: Sequence[Column], of: str | None = None) -> tuple[Column, ...]:
    """`SIZE` columns of different entries, none of them heavy; ``of`` is what decides, by default the commit."""
    seed = os.environ.get("AGENTREC_MATRIX_SEED") or _commit() if of is None else of
    light = [column for column in columns if not column.entry.heavy]
    shuffled = sorted(light, key=lambda one: hashlib.sha256(f"{seed} {one}".encode()).digest())
    first_of_each = {column.entry.name: column for column in reversed(shuffled)}
    return tuple([one for one in shuffled if first_of_each[one.entry.name] is one][:SIZE])


def _commit() -> str:
    """The commit that is checked out; outside a checkout, the day."""
    try:
        told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True)
    except OSError:
        return str(date.today())
    return told.stdout.strip() or str(date.today())
