"""What is said at the end of a run: everything once, wherever it happened, and the exit code that goes with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bootstrap.programs import counted, written
from loopback import LoopbackServer
from processes import Run

PY = sys.executable


def test_a_swallowed_miss_ends_red(run_agentrec: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """The command catches the error and says 0; the run says 3, and each miss is told in words, once."""
    app = written(tmp_path, "app.py", f"""
import httpx
for word in ("a", "a", "b"):
    body = {{"model": "m", "messages": [{{"role": "user", "content": word}}]}}
    assert httpx.post("{server.url}/v1/chat/completions", json=body).status_code == 418
""")  # fmt: skip
    ran = run_agentrec("run", "--mode", "replay", "--", PY, app)
    assert (ran.code, server.hits) == (3, 0)
    assert counted(ran.stderr) == {"replayed": 0, "recorded": 0, "missed": 3}
    text, _, pointer = ran.stderr.splitlines()
    assert "answers POST /v1/chat/completions (model m, from app.py:module); " in text
    assert pointer == "agentrec: what was missed is told above"


IN_SILENCE = """
import subprocess, sys
subprocess.run([sys.executable, *sys.argv[1:]], capture_output=True)
"""


def test_what_nobody_saw_is_told_at_the_end(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer
) -> None:
    """Misses in children whose output is captured are told by the summary, in words, with one cure for all."""
    assert run_agentrec("run", "--", PY, call, server.url, "hello").code == 0
    silent = written(tmp_path, "silent.py", IN_SILENCE)
    script = "; ".join(f"{PY} {silent} {call} {server.url} {word}" for word in ("hallo", "hullo"))
    ran = run_agentrec("run", "--mode", "replay", "--", "sh", "-c", script)
    counts, one, other, cure = ran.stderr.splitlines()
    assert (ran.code, "2 missed" in counts) == (3, True)
    assert {one[-17:], other[-17:]} == {'"hello" → "hallo"', '"hello" → "hullo"'}
    assert cure.startswith("agentrec: Record it with AGENTREC_MODE=auto")


def test_one_of_two_was_seen(run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer) -> None:
    """What the terminal shows already is pointed to, the rest is told."""
    assert run_agentrec("run", "--", PY, call, server.url, "hello").code == 0
    silent = written(tmp_path, "silent.py", IN_SILENCE)
    script = f"{PY} {call} {server.url} hallo; {PY} {silent} {call} {server.url} hullo; true"
    ran = run_agentrec("run", "--mode", "replay", "--", "sh", "-c", script)
    summary = ran.stderr[ran.stderr.index("agentrec: 0 replayed") :].splitlines()
    assert (ran.code, len(summary)) == (3, 3)
    assert '"hello" → "hullo"' in summary[1] and "AGENTREC_MODE=auto" in summary[1]
    assert summary[2] == "agentrec: what else was missed is told above"


def test_the_whole_tree_is_summed_up(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer
) -> None:
    """Calls of every process below count; the ledger leaves nothing behind."""
    script = f"{PY} {call} {server.url} a & {PY} {call} {server.url} b; wait"
    ran = run_agentrec("run", "--", "sh", "-c", script, env={"TMPDIR": str(tmp_path)})
    assert counted(ran.stderr)["recorded"] == 2
    assert not list(tmp_path.glob("agentrec-run-*"))


RUN = f"{PY} -m agentrec_auto run"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (f"{RUN} -- {{a}}", ["0 replayed, 1 recorded, 0 missed · mode auto · corpus"]),
        (f"{RUN} -- {RUN} -- {{a}}", ["0 replayed, 1 recorded, 0 missed · mode auto · corpus"]),
        (f"{RUN} -- true", ["no LLM call was seen · mode auto · corpus"]),
        (
            f"{RUN} -- {{a}}; {{a}}",
            [
                "0 replayed, 1 recorded, 0 missed · mode auto · corpus",
                "in all: 1 replayed, 1 recorded, 0 missed · mode auto · corpus",
            ],
        ),
        (
            f"{RUN} -- {{a}}; {RUN} --mode replay -- {{a}}",
            [
                "0 replayed, 1 recorded, 0 missed · mode auto · corpus",
                "1 replayed, 0 recorded, 0 missed · mode replay · corpus",
                "in all: 1 replayed, 1 recorded, 0 missed",
            ],
        ),
        (f"{RUN} -- {{a}} 2>/dev/null", ["0 replayed, 1 recorded, 0 missed · mode auto · corpus"]),
    ],
    ids=["one", "of three", "nothing", "and calls of its own", "two modes", "that nobody saw"],
)
def test_a_run_inside_a_run(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, command: str, told: list[str]
) -> None:
    """Each sums up what is below it; the outer counts all, and doesn't say again what the inner has said."""
    script = command.format(a=f"{PY} {call} {server.url} a")
    ran = run_agentrec("run", "--", "sh", "-c", script, env={"TMPDIR": str(tmp_path)})
    assert ran.stderr.splitlines() == [f"agentrec: {line}" for line in told]
    assert not list(tmp_path.glob("agentrec-run-*"))


def test_a_miss_of_a_run_inside_a_run(run_agentrec: Run, call: Path, server: LoopbackServer) -> None:
    """Both end red, though each command ended well, and the words come once."""
    script = f"{RUN} -- sh -c '{PY} {call} {server.url} a 2>/dev/null; true'; echo inner: $?"
    ran = run_agentrec("run", "--mode", "replay", "--", "sh", "-c", script)
    assert (ran.code, ran.stdout) == (3, "inner: 3\n")
    assert ran.stderr.count("1 missed") == ran.stderr.count("no recording in") == 1


STAND_INS = "import sys; sys.path.insert(0, 'stand_ins')"
"""What makes ``import openai`` take a millisecond: that it was imported is all that is looked at."""


def stand_ins(folder: Path) -> None:
    (folder / "stand_ins").mkdir()
    for name in ("anthropic", "openai"):
        written(folder, f"stand_ins/{name}.py", "import socket")


@pytest.mark.parametrize(
    ("script", "env", "told"),
    [
        ("import openai; openai.OpenAI()", {}, "OPENAI_API_KEY is not set, and without a key"),
        (f"{STAND_INS}; import anthropic, openai", {}, "ANTHROPIC_API_KEY, OPENAI_API_KEY are not set,"),
        (
            f"{STAND_INS}; import openai",
            {"AZURE_OPENAI_API_KEY": "k"},
            "no LLM call was seen: `agentrec doctor",
        ),
        (
            f"{STAND_INS}; import openai, os; os.environ['OPENAI_API_KEY'] = 'k'",
            {},
            "was seen: `agentrec doctor",
        ),
        ("import litellm_stand_in", {}, "no LLM call was seen · mode auto · corpus"),
    ],
    ids=["made a client", "two", "of Azure", "set later", "none of ours"],
)
def test_a_missing_key_is_told(
    run_agentrec: Run, tmp_path: Path, script: str, env: dict[str, str], told: str
) -> None:
    """An SDK that found no key makes no call, and the summary says which variable is missing."""
    written(tmp_path, "litellm_stand_in.py", "import socket")
    stand_ins(tmp_path)
    assert told in run_agentrec("run", "--", PY, "-c", script, env=env).stderr


def test_a_key_in_one_process_is_enough(run_agentrec: Run, tmp_path: Path) -> None:
    """Where one of the processes had a key, that is not what was in the way."""
    stand_ins(tmp_path)
    one = f'{PY} -c "{STAND_INS}; import openai"'
    ran = run_agentrec("run", "--", "sh", "-c", f"{one}; OPENAI_API_KEY=k {one}; {one}")
    assert "openai was imported, but no LLM call" in ran.stderr and "is not set" not in ran.stderr


def test_an_sdk_without_a_call_is_told(run_agentrec: Run, tmp_path: Path) -> None:
    """An LLM SDK was imported, over whatever library, and nothing was seen: that is worth an alarm."""
    written(tmp_path, "xai_sdk.py", "import socket")
    ran = run_agentrec("run", "--", PY, "-c", "import xai_sdk")
    assert "xai_sdk was imported, but no LLM call was seen" in ran.stderr


def test_a_pytest_that_was_killed_has_told(run_agentrec: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """Its ledger lies in a folder of its own; what it noted before it died counts."""
    written(tmp_path, "test_app.py", f"""
import os, httpx

def test_it():
    body = {{"model": "m", "messages": [{{"role": "user", "content": "a"}}]}}
    httpx.post("{server.url}/v1/chat/completions", json=body)
    os.kill(os.getpid(), 9)
""")  # fmt: skip
    ran = run_agentrec(
        "run", "--mode", "replay", "--", PY, "-m", "pytest", "-q", env={"TMPDIR": str(tmp_path)}
    )
    assert counted(ran.stderr) == {"replayed": 0, "recorded": 0, "missed": 1}
    assert not list(tmp_path.glob("agentrec-*"))


def test_a_call_that_never_ended_was_seen(run_agentrec: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """A program that is killed while it reads its only answer is not told that it made no call."""
    app = written(tmp_path, "app.py", f"""
import os, httpx, openai
body = {{"model": "m", "messages": [{{"role": "user", "content": "a"}}], "stream": True}}
with httpx.stream("POST", "{server.at(stall_after=1)}/v1/chat/completions", json=body) as answer:
    next(answer.iter_raw())
    os._exit(0)
""")  # fmt: skip
    ran = run_agentrec("run", "--mode", "record", "--", PY, app)
    told = "agentrec: an LLM call was made, and none came to its end · mode record · corpus\n"
    assert (ran.code, ran.stderr) == (0, told)
