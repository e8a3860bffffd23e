"""The benchmarks run, notice a wrong answer, and are written down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # the benchmarks are no part of what is installed

from benchmarks import figures, page, report, workload  # noqa: E402
from benchmarks.job import Sample  # noqa: E402


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """A module of the benchmarks, as a command."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AGENTREC_")}
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a quick run of two contenders wrote."""
    file = tmp_path_factory.mktemp("run") / "run.json"
    done = run("benchmarks", "replay", "stream", "--quick", "--contender", "mock,ours", "--json", str(file))
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(file.read_text())
    return read | {"printed": done.stdout}


def test_every_figure_is_there_and_right(told: dict[str, Any]) -> None:
    """Both contenders have a figure in each cell, with its ratio and its spread, and no answer was wrong."""
    found = [one for measure in told["measures"] for one in measure["figures"]]
    assert {one["contender"] for one in found} == {"mock", "ours"}
    assert [one for one in found if one["absent"] or one["wrong"] or not one["calls"]] == []
    assert all(one["ratio"]["low"] <= one["ratio"]["median"] <= one["ratio"]["high"] for one in found)


def test_chunks_are_counted(told: dict[str, Any]) -> None:
    """A replayed stream comes in as many chunks as were recorded."""
    (stream,) = (measure for measure in told["measures"] if measure["name"] == "stream")
    assert {one["chunks"] for one in stream["figures"]} == {workload.EVENTS}


def test_circumstances_are_told(told: dict[str, Any]) -> None:
    """A run says when, where and of what it was made."""
    assert told["schema"] == report.SCHEMA
    assert {"date", "commit", "python", "machine", "load", "versions", "contenders"} <= set(told)


def test_goals_are_judged(told: dict[str, Any]) -> None:
    """Next to each table stands what is met; what lacks a contender is not judged."""
    (replay,) = (measure for measure in told["measures"] if measure["name"] == "replay")
    verdicts = {goal["wanted"]: goal["met"] for goal in replay["goals"]}
    assert verdicts.pop("no cell under 0.80 x") in (True, False)
    assert verdicts["rate at least 2.2 x agentrec's"] is None
    assert "- no cell under 0.80 x: httpx sync " in told["printed"]


def test_page_is_the_table(told: dict[str, Any]) -> None:
    """What is printed can be written again from the JSON."""
    written = "\n".join(page.lines(told))
    assert all(line in written for line in told["printed"].splitlines())


def test_unknown_contender() -> None:
    """A name that nobody has is refused, with those that there are."""
    done = run("benchmarks", "--contender", "ours,betamax")
    assert (done.returncode, "unknown contender betamax: expected mock" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (workload.answer(3), (0, 0)),
        (json.dumps(json.loads(workload.answer(3)), indent=1).encode(), (0, 1)),
        (workload.answer(4), (1, 0)),
        (workload.answer(3)[:-1], (1, 0)),
        (b"", (1, 0)),
    ],
    ids=["right", "written anew", "another's", "cut short", "empty"],
)
def test_wrong_answers_show(body: bytes, verdict: tuple[int, int]) -> None:
    """Another question's answer is wrong, and so is half of one; the same JSON in other bytes is told apart."""
    found = workload.judged("json", [3], [[body]])
    assert (found.wrong, found.changed) == verdict


def test_lost_answer_shows() -> None:
    """An answer that never came counts as wrong."""
    assert workload.judged("json", [1, 2], [[workload.answer(1)]]).wrong == 1


def test_question_and_answer_belong_together() -> None:
    """A server tells from a body which answer to give, and no two are alike."""
    assert workload.number_in(workload.question(17, "stream")) == 17
    chunks = workload.events(17)
    assert {len(chunk) for chunk in chunks} == {workload.EVENT_BYTES}
    assert len(set(chunks)) == workload.EVENTS


def test_ratio_is_of_one_round() -> None:
    """A round in which the machine was slow for all changes no ratio."""
    rounds = [
        {"mock": Sample(10, cpu * 1.0, 0.0), "ours": Sample(10, cpu * 2.0, 0.0)} for cpu in (1, 9, 1, 1)
    ]
    _, ours = figures.figures("c", rounds, {}, ["mock", "ours"], "mock")
    assert ours.ratio == figures.Spread(0.5, 0.5, 0.5)


def test_absent_is_a_dash() -> None:
    """Who can't take part has a reason in place of a figure."""
    (one,) = figures.figures("c", [], {"vcrpy": "vcr not installed"}, ["vcrpy"], "mock")
    assert (one.best, one.absent) == (None, "vcr not installed")
