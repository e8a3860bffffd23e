"""What being on costs a process that never makes an HTTP call, and one that imports an SDK."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import pytest
from processes import Run, clean_environment

from agentrec_auto import settings
from agentrec_auto.bootstrap import environment, hook
from agentrec_auto.config import keys
from agentrec_auto.providers import hosts
from agentrec_auto.seams.table import SEAMS

FORBIDDEN = (
    "wrapt importlib.util importlib.metadata logging json pathlib re ssl socket threading asyncio subprocess "
    "typing dataclasses warnings"
).split()
OURS = {"sitecustomize", "agentrec_auto.bootstrap.hook"}
"""What is loaded in any process; Debian's Python has a sitecustomize of its own."""

TELL = "import sys; print(*sorted(sys.modules)); print(*sys.path, sep='|')"
COUNTED = """
import atexit, sys
bare, count = set(sys.modules), 0
def called(frame, event, about):
    if str(frame.f_globals.get("__name__")).startswith(("agentrec_auto", "sitecustomize")):
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return ran
def ran(frame, event, about):
    global count
    count += event == "opcode"
    return ran
atexit.register(lambda: print(count, *sorted(set(sys.modules) - bare)))
"""
"""From ``sys.settrace(called)`` on, what of our bytecode runs is counted; the end prints it, and what was loaded."""

LAUNCHER = """
sys.argv = ["agentrec", "run", "--", "true"]
sys.settrace(called)
from agentrec_auto.cli import main
main()
"""

ON = pytest.mark.parametrize("mode", ["auto", "replay", "record"])


def inherited(mode: str, folder: Path) -> dict[str, str]:
    """The environment of a process below ``agentrec run``."""
    said = {
        "AGENTREC_MODE": mode,
        "AGENTREC_CORPUS": str(folder),
        "AGENTREC_KEYS_SET": "",
        "TMPDIR": str(folder),
    }
    environ = clean_environment(said)
    hook.begin_run(environ)
    return environ


@ON
def test_two_modules(run_python: Run, tmp_path: Path, mode: str) -> None:
    """A process gains sitecustomize and the hook, no entry of sys.path, and says nothing."""
    bare = run_python("-c", TELL)
    on = run_python("-c", TELL, env=inherited(mode, tmp_path))
    before, after = (set(told.stdout.splitlines()[0].split()) for told in (bare, on))
    assert (after - before) | OURS == OURS and "agentrec_auto.bootstrap.hook" in after
    assert on.stdout.splitlines()[1] == bare.stdout.splitlines()[1]
    assert (on.code, on.stderr) == (0, "")


@ON
@pytest.mark.parametrize("what", ["socket", "asyncio, subprocess, ssl, logging", "sqlite3, http.client"])
def test_two_modules_to_the_end(run_python: Run, tmp_path: Path, mode: str, what: str) -> None:
    """Nor does one that imports what sockets are made of gain more by the time it ends."""
    script = f"import atexit, sys; atexit.register(lambda: print(*sorted(sys.modules))); import {what}"
    bare = run_python("-c", script)
    on = run_python("-c", script, env=inherited(mode, tmp_path))
    gained = set(on.stdout.split()) - set(bare.stdout.split())
    assert gained | OURS == OURS and "agentrec_auto.bootstrap.hook" in gained


def test_a_connection_loads_no_typing(run_python: Run, tmp_path: Path) -> None:
    """A process that talks to its database and to nobody else looks the host up, and loads little for it."""
    script = (
        "import atexit, socket, sys; atexit.register(lambda: print(*sorted(sys.modules))); "
        "server = socket.create_server(('127.0.0.1', 0)); socket.create_connection(server.getsockname())"
    )
    bare = run_python("-c", script)
    on = run_python("-c", script, env=inherited("auto", tmp_path))
    gained = set(on.stdout.split()) - set(bare.stdout.split())
    assert "agentrec_auto.bootstrap.watch" in gained
    assert not gained & set(FORBIDDEN)


@ON
def test_nothing_heavy(run_python: Run, tmp_path: Path, mode: str) -> None:
    """None of the modules that cost milliseconds is loaded at the start."""
    told = run_python("-S", "-c", f"import sys; before = set(sys.modules); sys.path.insert(0, {hook.INJECT!r}); "
                      "import sitecustomize; print(*set(sys.modules) - before)", env=inherited(mode, tmp_path))  # fmt: skip
    assert "agentrec_auto.bootstrap.hook" in told.stdout
    assert not set(told.stdout.split()) & set(FORBIDDEN)


@ON
def test_nothing_heavy_in_the_first_process(run_python: Run, tmp_path: Path, mode: str) -> None:
    """Nor is one where no command began the run, and dummy keys are to be found before anything asks."""
    environ = {"AGENTREC_MODE": mode, "PYTHONPATH": hook.INJECT, "TMPDIR": str(tmp_path)}
    told = run_python("-c", TELL, env=environ, cwd=tmp_path)
    assert "agentrec_auto.bootstrap.hook" in told.stdout
    assert ("agentrec_auto.bootstrap.keys" in told.stdout) == (mode == "replay")
    assert not set(told.stdout.splitlines()[0].split()) & set(FORBIDDEN)


def test_a_start_writes_and_starts_nothing(run_python: Run, tmp_path: Path) -> None:
    """No file is written, no thread and no process started."""
    script = (
        "import sys; told = []; sys.addaudithook(lambda event, facts: told.append((event, facts)) if event in "
        "('subprocess.Popen', 'os.posix_spawn', 'os.fork', '_thread.start_new_thread') "
        "or event == 'open' and facts[1] not in ('r', 'rb', None) else None); "
        f"sys.path.insert(0, {hook.INJECT!r}); import sitecustomize; print(told)"
    )
    assert run_python("-S", "-B", "-c", script, env=inherited("replay", tmp_path)).stdout == "[]\n"


def test_off_is_two_looks(run_python: Run) -> None:
    """Off, a process has sitecustomize and nothing else of ours."""
    told = run_python("-c", TELL, env={"AGENTREC_MODE": "off", "PYTHONPATH": hook.INJECT})
    assert "agentrec" not in told.stdout.splitlines()[0]


@ON
def test_start_runs_little(run_python: Run, tmp_path: Path, mode: str) -> None:
    """So few instructions of ours as keep a start within a millisecond more than bare, counted as the launcher's."""
    script = f"{COUNTED}sys.path.insert(0, {hook.INJECT!r}); sys.settrace(called)\nimport sitecustomize"
    count, *_ = run_python("-S", "-c", script, env=inherited(mode, tmp_path)).stdout.split()
    assert 500 < int(count) < 1_800 or sys.version_info >= (3, 12)


def test_launcher_loads_and_runs_little(run_python: Run, tmp_path: Path) -> None:
    """``agentrec run -- true`` loads a few small modules, none of the library, and runs little of them.

    It is as much as keeps it within the time of a bare interpreter (a third to a half of it, by the processor's
    time), counted: on a busy machine the time itself says too little.
    """
    told = run_python("-c", COUNTED + LAUNCHER, cwd=tmp_path)
    count, *loaded = told.stdout.split()
    ours = [name for name in loaded if name.startswith("agentrec_auto")]
    assert "agentrec_auto.bootstrap.supervise" in ours and len(ours) <= 16, ours
    assert set(loaded) - set(ours) <= {"__future__"}
    assert 500 < int(count) < 7_000 or sys.version_info >= (3, 12)  # which count otherwise, or not at all


def test_a_library_wakes_its_seam_and_no_more(run_python: Run, tmp_path: Path) -> None:
    """The parts that key, redact, store and read settings are loaded at the first request."""
    script = "import httpx, sys; print(*(name for name in sys.modules if 'agentrec_auto' in name or name == 'pydantic'))"
    loaded = run_python("-c", script, env=inherited("auto", tmp_path)).stdout.split()
    assert "agentrec_auto.seams.httpx_family" in loaded
    heavy = (
        "pydantic",
        *(f"agentrec_auto.{room}" for room in ("assemble", "config", "keying", "redaction", "store")),
    )
    assert not [name for name in loaded if name.startswith(heavy)]


@pytest.mark.slow
def test_an_sdk_costs_little_more(run_python: Run, tmp_path: Path) -> None:
    """What we add to a process that imports openai: a few modules, instructions for some ms of CPU, and 2 MiB."""
    script = (
        "import openai, os\nresident = lambda: int(open('/proc/self/statm').read().split()[1])\n"
        f"{COUNTED}\nbefore = resident()\nfrom agentrec_auto.bootstrap import hook\n"
        f"os.environ.update({inherited('auto', tmp_path)!r})\nsys.settrace(called)\nhook.start()\n"
        "sys.settrace(None)\nprint(resident() - before)"
    )
    pages, count, *loaded = run_python("-c", script).stdout.split()
    assert 1_000 < int(count) < 5_500 or sys.version_info >= (3, 12)
    ours = [name for name in loaded if name.startswith("agentrec_auto")]
    assert len(ours) <= 24, ours
    assert {name.partition(".")[0] for name in set(loaded) - set(ours)} <= {"wrapt"}
    assert int(pages) * resource.getpagesize() <= 2 * 2**20


def test_names_are_the_tables() -> None:
    """What start-up spells out for itself is what the tables say."""
    assert set(hook.LIBRARIES) == set(SEAMS)
    assert set(hook.SDKS) == set(hosts.LLM_SDKS)
    assert hook.MODES == settings.MODES


@pytest.mark.parametrize("said", ["", " ", "0", "no", "Off", "false", "1", "true", " TRUE ", "woodpecker"])
def test_ci_means_the_same(said: str) -> None:
    """The launcher, which spares the import, takes CI for what the configuration takes it for."""
    assert environment._in_ci({"CI": said}) == keys.is_true(said)
