"""Runs that are stopped, killed, or not alone: what is in the corpus afterwards, and what is asked again."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from processes import clean_environment

from .recorded import corpus, numbered
from .target import Target, answer

AGENTREC = [sys.executable, "-m", "agentrec_auto"]


def started(folder: Path, target: Target, *more: str) -> subprocess.Popen:
    words = ["migrate", "--corpus", folder, "--target", "m", "--target-url", target.url]
    words += ["--compare", "exact", "--out", folder.parent / "report", "--format", "json", *more]
    return subprocess.Popen(
        [*AGENTREC, *map(str, words)],
        env=clean_environment(),
        cwd=folder.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.fixture
def target():
    with Target() as server:
        yield server


class Halfway:
    """A script that lets so many through, then says so and waits until it may go on."""

    def __init__(self, count: int) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self.let_go = threading.Event()
        """Set once a call that had to wait was answered."""

        self._count = count

    def __call__(self, ask):
        if ask.number > self._count:
            self.reached.set()
            self.go.wait(120)
            self.let_go.set()
        return answer(ask)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_stopped_run_reports_and_goes_on_later(tmp_path, target, number):
    """Calls under way end, the rest is skipped with a reason; the second run asks the rest and no more."""
    folder = corpus(tmp_path / "corpus", numbered(30))
    target.script = halfway = Halfway(10)
    process = started(folder, target, "--concurrency", "4")
    assert halfway.reached.wait(60)
    process.send_signal(number)
    told = process.stderr.readline()
    assert "stopping" in told
    halfway.go.set()
    code, out, err = ended(process)
    assert code == 128 + number
    assert f"interrupted by {number.name}" in err
    assert "Report written" in out
    [report] = json.loads((tmp_path / "report.json").read_text())["reports"]
    reasons = {row.get("reason") for row in report["rows"] if row.get("status") == "skipped"}
    assert reasons == {f"not asked: interrupted by {number.name}; run again to go on"}

    target.script = answer
    code, out, err = ended(started(folder, target))
    assert code == 0, err
    assert target.repeated == {}
    assert len(target.asked) == 30


def test_a_second_ctrl_c_waits_for_nobody(tmp_path, target):
    """Calls that hang are dropped at once; the report is written all the same."""
    folder = corpus(tmp_path / "corpus", numbered(8))
    target.script = halfway = Halfway(4)
    process = started(folder, target)
    assert halfway.reached.wait(60)
    process.send_signal(signal.SIGINT)
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    code, out, _ = ended(process)
    assert code == 130 and "Report written" in out
    assert not halfway.let_go.is_set()
    halfway.go.set()


@pytest.mark.parametrize("asked", [1, 7, 19])
def test_a_killed_run_leaves_whole_answers_only(tmp_path, target, asked):
    """kill -9 at whatever moment: every file is whole, and only calls under way are asked again."""
    folder = corpus(tmp_path / "corpus", numbered(24))
    target.script = halfway = Halfway(asked)
    process = started(folder, target, "--concurrency", "3")
    assert halfway.reached.wait(60)
    process.kill()
    ended(process)
    halfway.go.set()
    for path in folder.glob("*.json"):
        json.loads(path.read_text())
    target.script = answer
    code, out, err = ended(started(folder, target))
    assert code == 0, err
    assert "24 prompts" in out
    assert len(target.asked) - 24 <= 3 and set(target.repeated.values()) <= {2}


def test_two_runs_at_once_ask_each_question_once(tmp_path, target):
    """They share the work: what one is asking, the other waits for."""
    folder = corpus(tmp_path / "corpus", numbered(40))
    begun = {"one": threading.Event(), "other": threading.Event()}

    def script(ask):
        begun[ask.headers["x-who"]].set()
        begun["other"].wait(60)  # which finds two questions claimed, and asks the next
        time.sleep(0.01)
        return answer(ask)

    target.script = script
    (tmp_path / "agentrec.toml").write_text(
        f'[target.m]\nmodel = "m"\nurl = "{target.url}"\nheaders = {{ x-who = "${{WHO}}" }}\n'
    )
    words = ["migrate", "--corpus", str(folder), "--target", "m", "--compare", "exact", "--format", "json"]
    runs = []
    for who, at_once in (("one", "2"), ("other", "8")):
        runs.append(
            subprocess.Popen(
                [*AGENTREC, *words, "--out", who, "--concurrency", at_once],
                env=clean_environment({"WHO": who}),
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        assert begun[who].wait(60)
    outcomes = [ended(run) for run in runs]
    assert [code for code, _, _ in outcomes] == [0, 0], outcomes
    assert all("40 prompts" in out for _, out, _ in outcomes)
    assert target.repeated == {}
    assert len(list(folder.glob("migration__*.json"))) == 40


def test_a_run_inside_a_replay_is_live_and_leaves_no_trace_there(tmp_path, target):
    """With AGENTREC_MODE set around it, a migration is neither replayed nor recorded as the app's."""
    folder = corpus(tmp_path / "corpus", numbered(3))
    words = [
        "migrate",
        "--corpus",
        str(folder),
        "--target",
        "m",
        "--target-url",
        target.url,
        "--compare",
        "exact",
    ]
    for mode in ("replay", "record", "auto"):
        code = subprocess.run(
            [*AGENTREC, "run", "--mode", mode, "--corpus", str(tmp_path / mode), "--", *AGENTREC, *words],
            env=clean_environment(),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert code.returncode == 0, code.stderr
        assert not (tmp_path / mode).exists()
        for path in folder.glob("migration__*.json"):
            os.unlink(path)
    assert len(target.asked) == 9


def test_a_made_up_key_is_no_key(tmp_path):
    """Replay's dummy keys don't go to a real provider: it is said which variable is missing."""
    folder = corpus(tmp_path / "corpus", ["hi"])
    words = ["migrate", "--corpus", str(folder), "--target", "gpt-5-nano", "--compare", "exact"]
    ran = subprocess.run(
        [*AGENTREC, "run", "--mode", "replay", "--corpus", str(folder), "--", *AGENTREC, *words],
        env=clean_environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "OPENAI_API_KEY is not set" in ran.stdout + ran.stderr
