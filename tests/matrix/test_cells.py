"""Every cell of the matrix, in environments made from the locks: ``nox -s matrix``, or by hand

    AGENTREC_MATRIX=all|sample|groq|openai-newest,… python -m pytest tests/matrix

``AGENTREC_MATRIX_ENVIRONMENTS`` is where environments are kept, ``AGENTREC_MATRIX_PYTHON`` what they are made of.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from journeys.test_sdk_facts import facts_of, holds
from matrix.entries import Column
from matrix.environments import make, uv
from matrix.table import chosen
from matrix.travelled import Travelled

ASKED = os.environ.get("AGENTREC_MATRIX", "")

if not ASKED:
    pytest.skip("AGENTREC_MATRIX is not set", allow_module_level=True)
if uv() is None:
    pytest.skip("no uv to make environments with", allow_module_level=True)

pytestmark = pytest.mark.slow
COLUMNS = chosen(ASKED)
TIMED_S = 1.0
"""What a miss may take: its first retry would wait at least half of it, the next as long again."""

each_column = pytest.mark.parametrize(
    "column", [pytest.param(one, marks=pytest.mark.xdist_group(str(one))) for one in COLUMNS], ids=str
)
each_cell = pytest.mark.parametrize(
    ("column", "cell"),
    [
        pytest.param(
            column, cell.name, marks=pytest.mark.xdist_group(str(column)), id=f"{column}-{cell.name}"
        )
        for column in COLUMNS
        for cell in column.cells
    ],
)
each_stainless = pytest.mark.parametrize(
    "column",
    [
        pytest.param(one, marks=pytest.mark.xdist_group(str(one)))
        for one in COLUMNS
        if one.entry.name in ("openai", "anthropic")
    ],
    ids=str,
)
Travel = Callable[[Column], Travelled]


@pytest.fixture(scope="session")
def travel(tmp_path_factory: pytest.TempPathFactory) -> Travel:
    """A column's legs, the same for all its tests."""
    told = os.environ.get("AGENTREC_MATRIX_ENVIRONMENTS")
    kept = Path(told) if told else tmp_path_factory.mktemp("environments")
    known: dict[str, Travelled] = {}

    def start(column: Column) -> Travelled:
        if str(column) not in known:
            known[str(column)] = Travelled(
                column, make(column.lock, kept), tmp_path_factory.mktemp(str(column))
            )
        return known[str(column)]

    return start


@each_cell
def test_recorded(travel: Travel, column: Column, cell: str) -> None:
    """Recording changes nothing: the cell gets what it got without us."""
    travelled = travel(column)
    assert "got" in travelled.bare.told[cell], travelled.bare.told[cell]
    assert travelled.recorded.told[cell] == travelled.bare.told[cell]


@each_cell
def test_replayed(travel: Travel, column: Column, cell: str) -> None:
    """With the server gone and no key set, the cell gets the same again, chunk by chunk."""
    travelled = travel(column)
    assert "got" in travelled.recorded.told[cell], travelled.recorded.told[cell]
    assert travelled.replayed.told[cell] == travelled.recorded.told[cell]


@each_column
def test_no_connection(travel: Travel, column: Column) -> None:
    """A replay connects to nothing, and looks no name up."""
    allowed = {f"look-up of {host!r}" for host in column.entry.passes}
    assert set(travel(column).replayed.connections) - allowed == set()


@each_column
def test_one_recording_a_call(travel: Travel, column: Column) -> None:
    """Each call is recorded once, whole, by the library that carries it."""
    travelled = travel(column)
    calls = sorted(path.partition("?")[0] for path in travelled.recorded.hits)
    assert sorted(_called(one) for one in travelled.recordings) == calls
    ends = {one["metadata"]["ending"] for one in travelled.recordings}
    assert ends <= {"complete", "abandoned"}
    over = {one["metadata"]["library"].split()[0] for one in travelled.recordings}
    assert over == set(column.edition.over)


@each_cell
def test_missed(travel: Travel, column: Column, cell: str) -> None:
    """A call that nobody recorded fails at once, by the SDK's own exception, in words."""
    told = travel(column).missed.told[cell]
    assert "agentrec: no recording" in told.get("text", ""), told
    assert told["took_s"] < TIMED_S * column.misses_of(cell), told
    assert not told["module"].startswith("agentrec"), told


@each_column
def test_misses_are_not_retried(travel: Travel, column: Column) -> None:
    """A cell that misses asks once, and not again; those that do are named in the table."""
    leg = travel(column).missed
    missed = int(re.findall(r"^agentrec: .*?([\d,]+) missed", leg.stderr, re.MULTILINE)[-1].replace(",", ""))
    most = 2 * sum(
        map(column.misses_of, leg.told)
    )  # of a batch, some may not have been begun when one failed
    assert 2 * len(leg.told) <= missed <= most, leg.stderr[-2000:]


@each_stainless
def test_facts(travel: Travel, column: Column) -> None:
    """What the design of a miss stands on holds for this version."""
    holds(facts_of(column.entry.name, travel(column).python))


def _called(recording: dict) -> str:
    request = recording["request"]
    return f"{request['method']} {urlsplit(request['url']).path}"
