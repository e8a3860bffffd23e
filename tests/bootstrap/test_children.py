"""Every Python below ``agentrec run`` is one of the run, however it is started."""

from __future__ import annotations

import os
import sys
import zipapp
from pathlib import Path

import pytest
from bootstrap.programs import CALL, counted, written
from loopback import LoopbackServer
from processes import Run

PY = sys.executable

PARENT = f"""
import os, runpy, subprocess, sys

CALL = ["call.py", sys.argv[1], "hello"]
COMMAND = [{PY!r}, *CALL]
ALLOWED = {{name: os.environ[name] for name in ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER") if name in os.environ}}

def call():
    sys.argv = CALL
    runpy.run_path("call.py")

def spawned(how):
    import multiprocessing
    child = multiprocessing.get_context(how).Process(target=call)
    child.start()
    child.join()

async def awaited():
    import asyncio
    child = await asyncio.create_subprocess_exec(*COMMAND, env={{}})
    await child.wait()

def run(**how):
    return subprocess.run(COMMAND, check=True, **how)

if __name__ == "__main__":
    """
"""How a parent starts its child; it makes no call itself."""

WAYS = {
    "subprocess": "run()",
    "subprocess-shell": "subprocess.run(' '.join(COMMAND), shell=True, check=True)",
    "subprocess-empty-env": "run(env={})",
    "subprocess-bytes-env": "run(env={b'LANG': b'C'})",
    "subprocess-env-by-position": "subprocess.Popen(COMMAND, -1, None, None, None, None, None, True, False, None, {}).wait()",
    "subprocess-own-pythonpath": "run(env={'PYTHONPATH': '/nowhere'})",
    "subprocess-copied-env-own-pythonpath": "run(env={**os.environ, 'PYTHONPATH': '/nowhere'})",
    "subprocess-pythonpath-set-in-process": "os.environ['PYTHONPATH'] = '/nowhere'; run()",
    "subprocess-keys-only": "run(env={'OPENAI_API_KEY': 'x'})",
    "subprocess-elsewhere": "COMMAND[1] = os.path.abspath('call.py'); run(cwd='/')",
    "mcp-stdio-server": "run(env=ALLOWED)",
    "asyncio": "import asyncio; asyncio.run(awaited())",
    "system": "os.system(' '.join(COMMAND))",
    "execv": "os.execv(COMMAND[0], COMMAND)",
    "execve": "os.execve(COMMAND[0], COMMAND, {})",
    "execvpe": "os.execvpe(COMMAND[0], COMMAND, {'PATH': '/bin'})",
    "spawnve": "os.spawnve(os.P_WAIT, COMMAND[0], COMMAND, {})",
    "posix_spawn": "os.waitpid(os.posix_spawn(COMMAND[0], COMMAND, {}), 0)",
    "posix_spawnp": "os.waitpid(os.posix_spawnp(COMMAND[0], COMMAND, {}), 0)",
    "os-fork": "pid = os.fork()\n    if pid == 0: call(); sys.exit()\n    os.waitpid(pid, 0)",
    "fork": "spawned('fork')",
    "spawn": "spawned('spawn')",
    "forkserver": "spawned('forkserver')",
    "process-pool": "import concurrent.futures; concurrent.futures.ProcessPoolExecutor(1).submit(call).result()",
    "grandchild": "subprocess.run([sys.executable, '-c', 'import os, sys; os.execve(sys.argv[1], sys.argv[1:], {})', *COMMAND], env={})",
}


@pytest.mark.parametrize("way", WAYS)
def test_followed(run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, way: str) -> None:
    """The child's call is recorded, and counted by the run."""
    parent = written(tmp_path, "parent.py", PARENT + WAYS[way])
    ran = run_agentrec("run", "--", PY, parent, server.url)
    assert (ran.code, counted(ran.stderr)) == (0, {"replayed": 0, "recorded": 1, "missed": 0}), ran.stderr
    assert sorted(path.suffix for path in (tmp_path / "corpus").iterdir() if path.suffix) == [".json"]


@pytest.mark.parametrize(
    "way",
    [
        "run(env={**ALLOWED, 'AGENTREC_MODE': 'off'})",
        "run(env={**os.environ, 'AGENTREC_MODE': 'off'})",
        "os.execve(COMMAND[0], COMMAND, {'AGENTREC_MODE': ''})",
    ],
    ids=["cleared", "copied", "exec"],
)
def test_a_child_with_a_mode_of_its_own(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, way: str
) -> None:
    """A child that was told a mode is left alone."""
    parent = written(tmp_path, "parent.py", PARENT + way)
    ran = run_agentrec("run", "--", PY, parent, server.url)
    assert (ran.code, counted(ran.stderr), server.hits) == (0, {}, 1)


@pytest.mark.parametrize(
    "way",
    ["run(env=env)", "os.waitpid(os.posix_spawn(COMMAND[0], COMMAND, env), 0)"],
    ids=["subprocess", "posix_spawn"],
)
def test_not_followed(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, way: str
) -> None:
    """``--no-follow``: a child with an environment of its own is left alone, one that inherits ours is not."""
    script = f"{PARENT}run(); env = {{}}; COMMAND[-1] = 'cleared'; {way}"
    ran = run_agentrec("run", "--no-follow", "--", PY, written(tmp_path, "parent.py", script), server.url)
    assert (server.hits, counted(ran.stderr)["recorded"]) == (2, 1)
    assert "cleared" not in "".join(file.read_text() for file in (tmp_path / "corpus").glob("*.json"))


KEPT_OUT = {
    "-I": "run_python('-I')",
    "-Es": "run_python('-Es')",
    "after -W": "run_python('-W', 'error', '-I')",
    "-S": "run_python('-S')",
    "-Ic": "subprocess.run([COMMAND[0], '-Ic', 'pass'])",
    "shell": "subprocess.run(COMMAND[0] + ' -I -c pass', shell=True)",
    "os.system": "os.system(COMMAND[0] + ' -I -c pass')",
    "bytes": "subprocess.run([os.fsencode(COMMAND[0]), b'-I', b'-c', b'pass'])",
    "execve": "os.execve(COMMAND[0], [COMMAND[0], '-I', '-c', 'pass'], {})",
    "env -i": "subprocess.run(['env', '-i', 'A=b', *COMMAND])",
    "env PYTHONPATH": "subprocess.run(['env', 'A=b', 'PYTHONPATH=src', *COMMAND])",
    "env -u PYTHONPATH": "subprocess.run(['env', '-u', 'PYTHONPATH', *COMMAND])",
    "shell's PYTHONPATH": "subprocess.run('PYTHONPATH=src ' + COMMAND[0] + ' -c pass', shell=True)",
}


@pytest.mark.parametrize("way", KEPT_OUT)
def test_a_child_that_we_are_kept_out_of_is_told(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, way: str
) -> None:
    """A child in which nothing is intercepted might go live: that is said, and once for many of them."""
    helper = "run_python = lambda *flags: subprocess.run([COMMAND[0], *flags, '-c', 'pass'])\n    "
    parent = written(tmp_path, "parent.py", PARENT + helper + f"{KEPT_OUT[way]}; {KEPT_OUT[way]}")
    ran = run_agentrec("run", "--mode", "replay", "--", PY, parent, server.url)
    assert ran.stderr.count("nothing is intercepted there") == 2  # when it is started, and at the end


@pytest.mark.parametrize(
    "child",
    [
        "[COMMAND[0], '-Im', 'pip', '--version']",
        "[COMMAND[0], '-I', '-m', 'venv', '--help']",
        "[COMMAND[0], '-c', 'pass', '-I']",
        "[COMMAND[0], '-X', 'dev', '-W', 'error', '-c', 'pass']",
        "[COMMAND[0], '-I', '-c', 'pass'], env={'AGENTREC_MODE': 'off'}",
        "['env', 'A=b', COMMAND[0], '-c', 'pass']",
        "['env', '-i', 'true']",
        "['env', 'PYTHONPATH=src', 'true']",
        "'PYTHONPATH=src:$PYTHONPATH ' + COMMAND[0] + ' -c pass', shell=True",
    ],
)
def test_a_child_that_we_are_not_kept_out_of(run_agentrec: Run, tmp_path: Path, child: str) -> None:
    """No word of children that are followed, want none of us, or ask nothing."""
    parent = written(tmp_path, "parent.py", f"{PARENT}subprocess.run({child}, stdout=subprocess.DEVNULL)")
    ran = run_agentrec("run", "--", PY, parent, "-")
    assert "intercepted" not in ran.stderr


def test_a_bad_environment_is_the_apps_error(run_agentrec: Run, tmp_path: Path) -> None:
    """What Popen would say of it, it says."""
    script = "import subprocess\nsubprocess.run(['true'], env={'A': 1})"
    with_us, without = (
        run_agentrec("run", "--mode", mode, "--", PY, "-c", script) for mode in ("auto", "off")
    )
    assert with_us.stderr.splitlines()[-2] == without.stderr.splitlines()[-1]


def test_popen_is_what_it_was(run_agentrec: Run) -> None:
    """Subclasses, signature and pickling of the wrapped class go on working."""
    script = """
import inspect, pickle, subprocess
class Mine(subprocess.Popen):
    def __init__(self, *args, **named):
        super().__init__(*args, **named)
print(Mine(["true"], env={}).wait(), "env" in inspect.signature(subprocess.Popen).parameters,
      pickle.loads(pickle.dumps(subprocess.Popen)) is subprocess.Popen, subprocess.Popen.__init__.__name__)
"""
    assert run_agentrec("run", "--", PY, "-c", script).stdout == "0 True True __init__\n"


@pytest.mark.parametrize("how", ["script", "-c", "-m", "stdin", "zipapp", "package", "-P", "-s", "-OO"])
def test_ways_to_start_a_program(
    run_agentrec: Run, tmp_path: Path, call: Path, server: LoopbackServer, how: str
) -> None:
    """Script, ``-c``, ``-m``, standard input, archive."""
    arguments, stdin = [server.url, "hello"], ""
    match how:
        case "-c":
            words = ["-c", CALL]
        case "-m":
            words = ["-m", "call"]
        case "stdin":
            words, stdin = ["-"], CALL
        case "zipapp":
            source = tmp_path / "source"
            source.mkdir()
            written(source, "__main__.py", CALL)
            zipapp.create_archive(source, tmp_path / "app.pyz")
            words = ["app.pyz"]
        case "package":
            (tmp_path / "source").mkdir()
            written(tmp_path / "source", "__main__.py", CALL)
            words = ["source"]
        case "-P" if sys.version_info < (3, 11):
            pytest.skip("python -P is of 3.11")
        case flag if flag.startswith("-"):
            words = [flag, "call.py"]
        case _:
            words = ["call.py"]
    ran = run_agentrec("run", "--", PY, *words, *arguments, input=stdin)
    assert (ran.stdout, counted(ran.stderr).get("recorded")) == ("answer 1 to: hello\n", 1)


def test_console_script(run_agentrec: Run, tmp_path: Path, server: LoopbackServer) -> None:
    """A command as pip installs it, found on PATH."""
    written(tmp_path, "ask", f"#!{PY}\n{CALL}").chmod(0o755)
    env = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    ran = run_agentrec("run", "--", "ask", server.url, "hello", env=env, cwd="/")
    assert (ran.stdout, ran.code) == ("answer 1 to: hello\n", 0)


def test_env_carried_without_our_own_path(run_agentrec: Run) -> None:
    """A cleared child gets what is ours, and nothing else of the parent's."""
    script = "import subprocess, sys; subprocess.run(['env'], env={'A': 'b'})"
    ran = run_agentrec("run", "--", PY, "-c", script, env={"SECRET": "x", "PATH": os.environ["PATH"]})
    names = {line.split("=")[0] for line in ran.stdout.splitlines()}
    assert {name for name in names if not name.startswith("AGENTREC_")} == {"A", "PYTHONPATH"}
