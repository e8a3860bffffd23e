"""``agentrec run``: what it says no to, what it passes through, and what it says at the end."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from bootstrap.programs import counted, written
from loopback import LoopbackServer
from processes import Run, run

PY = sys.executable


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_exit_code_is_the_commands(run_agentrec: Run, code: int) -> None:
    """What the command says, we say."""
    assert run_agentrec("run", "--", PY, "-c", f"raise SystemExit({code})").code == code


def test_output_and_input_are_the_commands(run_agentrec: Run) -> None:
    """Standard input goes to the command; on standard output there is nothing but its own."""
    ran = run_agentrec("run", "--", "cat", input="from the pipe")
    assert (ran.code, ran.stdout) == (0, "from the pipe")


def test_the_separator_may_be_left_out(run_agentrec: Run) -> None:
    """From the first word that is no option on, everything is the command's."""
    assert run_agentrec("run", "--mode=auto", "echo", "--mode", "x", "--").stdout == "--mode x --\n"


def test_one_line_where_nothing_was_called(run_agentrec: Run) -> None:
    """A run without any LLM call says so, in one line."""
    assert run_agentrec("run", "--", "true").stderr == "agentrec: no LLM call was seen · mode auto · corpus\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--mode", "replya", "--", "true"],
         "unknown mode 'replya' in --mode: expected off, record, replay, auto, refresh or verify"),
        (["--mode", "", "true"], "unknown mode '' in --mode: expected"),
        (["--corpus=", "true"], "bad corpus '' in --corpus: expected"),
        (["--on-miss=panic", "true"], "unknown on_miss 'panic' in --on-miss: expected fail, live or record"),
        (["--speed", "slow", "true"], "bad speed 'slow' in --speed: expected"),
        (["--tag", "a", "true"], "bad tag 'a' in --tag: expected name=value"),
        (["--mdoe", "auto", "--", "true"], "unknown option '--mdoe' of run: expected --mode, --corpus,"),
        (["--mode"], "--mode needs a value: --mode MODE"),
        (["--exec=1", "true"], "--exec takes no value, but was given '1'"),
        (["--mode", "auto"], "no command to run: expected agentrec run [OPTIONS] -- CMD"),
        (["--", ], "no command to run"),
        (["--config", "none.toml", "true"], "no such file, 'none.toml', in --config"),
        (["--config", ".", "true"], "a folder, '.', in --config: expected the path of a TOML file"),
        (["--corpus", "tape://x", "true"], "unknown store 'tape' in --corpus: expected a folder, sqlite:///"),
        (["--corpus", "sqlite:///.", "true"], "bad corpus 'sqlite:///"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrongly_asked(run_agentrec: Run, words: list[str], told: str) -> None:
    """Exit code 2, one line, and the command isn't started."""
    ran = run_agentrec("run", *words)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"agentrec: {told}")
    assert ran.stderr.count("\n") == 1


def test_a_corpus_that_is_a_file(run_agentrec: Run, tmp_path: Path) -> None:
    """Told before the command starts, which would run unrecorded; not where nothing is to be recorded."""
    written(tmp_path, "corpus", "")
    ran = run_agentrec("run", "--", "echo", "started")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(
        f"agentrec: bad corpus {str(tmp_path / 'corpus')!r} (a file) in the default: "
    )
    by_variable = run_agentrec("run", "--", "true", env={"AGENTREC_CORPUS": "corpus", "AGENTREC_SPEED": "1"})
    assert "(a file) in AGENTREC_CORPUS: expected a folder, or sqlite:///FILE" in by_variable.stderr
    assert run_agentrec("run", "--mode", "off", "--", "true").code == 0


def test_a_bad_config_ends_before_the_command_starts(run_agentrec: Run, tmp_path: Path) -> None:
    """Exit code 2, naming file, table, value and what is allowed."""
    written(tmp_path, "agentrec.toml", '[agentrec]\nmode = "replya"\n')
    ran = run_agentrec("run", "--", "echo", "started")
    assert (ran.code, ran.stdout) == (2, "")
    assert "unknown mode 'replya' in agentrec.toml [agentrec]" in ran.stderr


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (["nosuchcommand"], 127, "no command 'nosuchcommand'"),
        (["app.py"], 127, "no command 'app.py': did you mean `agentrec run -- python app.py`?"),
        (["./app.py", "-v"], 126, "can't execute './app.py' (permission denied): did you mean `agentrec run -- python ./app.py -v`?"),
        (["./script"], 126, "can't execute './script' (exec format error)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("option", [[], ["--exec"]], ids=["supervised", "exec"])
def test_not_started(
    run_agentrec: Run, tmp_path: Path, option: list[str], command: list[str], code: int, told: str
) -> None:
    """A shell's exit codes, and the cure where a script was meant."""
    written(tmp_path, "app.py", "")
    written(tmp_path, "script", "no shebang\0").chmod(0o755)
    ran = run_agentrec("run", *option, "--", *command)
    assert (ran.code, ran.stderr) == (code, f"agentrec: {told}\n")


TELL = [PY, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]


def environment(run_agentrec: Run, *options: str, **how: object) -> dict[str, str]:
    """What the command sees."""
    told: dict[str, str] = json.loads(run_agentrec("run", *options, "--", *TELL, **how).stdout)
    return told


@pytest.mark.parametrize(
    ("options", "env", "mode"),
    [
        ([], {}, "auto"),
        ([], {"CI": "true"}, "replay"),
        ([], {"CI": "false"}, "auto"),
        (["--mode", "auto"], {"CI": "true"}, "auto"),
        ([], {"CI": "1", "AGENTREC_MODE": "record"}, "record"),
        (["--mode", "verify"], {"AGENTREC_MODE": "record"}, "verify"),
        ([], {"AGENTREC_MODE": "off"}, "off"),
        ([], {"AGENTREC_MODE": ""}, "auto"),
        ([], {"AGENTREC_MODE": "replay "}, "replay"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("file", ["", "[agentrec]\nspeed = 3\n"], ids=["no file", "file"])
def test_mode(
    run_agentrec: Run, tmp_path: Path, file: str, options: list[str], env: dict[str, str], mode: str
) -> None:
    """Flag over environment over CI over ``auto``; the same with and without a config file."""
    if file:
        written(tmp_path, "agentrec.toml", file)
    assert environment(run_agentrec, *options, env=env)["AGENTREC_MODE"] == mode


def test_children_find_the_corpus_from_wherever_they_are(run_agentrec: Run, tmp_path: Path) -> None:
    """The corpus is handed on as an absolute path."""
    assert environment(run_agentrec, "--corpus", "tapes/a")["AGENTREC_CORPUS"] == str(tmp_path / "tapes/a")
    assert environment(run_agentrec)["AGENTREC_CORPUS"] == str(tmp_path / "corpus")


def test_a_folder_with_an_awkward_name(run_agentrec: Run, tmp_path: Path) -> None:
    """Quotes, blanks and accents in the working directory reach the settings whole."""
    folder = tmp_path / 'my "épreuves"\\n'
    folder.mkdir()
    told = environment(run_agentrec, cwd=folder)
    assert told["AGENTREC_CORPUS"] == str(folder / "corpus")
    assert json.loads(told["AGENTREC_SETTINGS"])["root"] == str(folder)


def test_the_file_is_read_once(run_agentrec: Run, tmp_path: Path) -> None:
    """What the config file says is handed on, checked, to every child."""
    written(tmp_path, "agentrec.toml", '[agentrec]\ncorpus = "tapes"\ntakes = "cycle"\n')
    told = environment(run_agentrec, "--tag", "team=search", "--tag", "ticket=7")
    assert json.loads(told["AGENTREC_SETTINGS"])["takes"] == "cycle"
    assert (told["AGENTREC_CORPUS"], told["AGENTREC_TAGS"]) == (
        str(tmp_path / "tapes"),
        "team=search,ticket=7",
    )


def test_pythonpath_is_kept(run_agentrec: Run) -> None:
    """Our folder comes first, what was there follows unchanged, and no entry is empty."""
    inject, *others = environment(run_agentrec, env={"PYTHONPATH": f"/a{os.pathsep}{os.pathsep}/b"})[
        "PYTHONPATH"
    ].split(os.pathsep)
    assert os.listdir(inject) in (
        ["sitecustomize.py"],
        ["sitecustomize.py", "__pycache__"],
        ["__pycache__", "sitecustomize.py"],
    )
    assert others == ["/a", "", "/b"]
    assert os.pathsep not in environment(run_agentrec)["PYTHONPATH"]


def test_off_is_off(run_agentrec: Run) -> None:
    """``--mode off`` runs the command without us, and without a word."""
    ran = run_agentrec(
        "run",
        "--mode",
        "off",
        "--",
        PY,
        "-c",
        "import sys; print('agentrec_auto.bootstrap.hook' in sys.modules)",
    )
    assert (ran.code, ran.stdout, ran.stderr) == (0, "False\n", "")


def test_exec_becomes_the_command(run_agentrec: Run) -> None:
    """``--exec``: the process is the command, and there is no summary."""
    script = "import os; print(os.getpid()); os.execvp('agentrec', ['agentrec', 'run', '--exec', '--', 'sh', '-c', 'echo $$'])"
    path = os.path.dirname(PY) + os.pathsep + os.environ["PATH"]
    ran = run_agentrec("run", "--mode", "off", "--", PY, "-u", "-c", script, env={"PATH": path})
    before, after = ran.stdout.split()
    assert (before, ran.stderr) == (after, "")


def test_records_then_replays(run_agentrec: Run, call: Path, server: LoopbackServer) -> None:
    """The main thing: the second run gives the same answer and makes no request."""
    first = run_agentrec("run", "--", PY, call, server.url, "hello")
    second = run_agentrec("run", "--", PY, call, server.url, "hello")
    assert (first.code, first.stdout) == (second.code, second.stdout) == (0, "answer 1 to: hello\n")
    assert server.hits == 1
    assert first.stderr == "agentrec: 0 replayed, 1 recorded, 0 missed · mode auto · corpus\n"
    assert counted(second.stderr) == {"replayed": 1, "recorded": 0, "missed": 0}


def test_a_miss_leaves_the_commands_own_code(run_agentrec: Run, call: Path, server: LoopbackServer) -> None:
    """Where the command failed itself, its code stands."""
    assert run_agentrec("run", "--mode", "replay", "--", PY, call, server.url, "x").code == 1


@pytest.mark.parametrize(
    ("flag", "told"), [("-I", "agentrec hook install"), ("-E", "agentrec hook install"), ("-S", "passes our")]
)
def test_a_python_that_passes_us_by_is_told(run_agentrec: Run, flag: str, told: str) -> None:
    """``python -I`` and its like don't run our sitecustomize."""
    ran = run_agentrec("run", "--", PY, flag, "-c", "pass")
    assert told in ran.stderr.splitlines()[0]


@pytest.mark.parametrize(
    "words", [["-c", "pass", "-I"], ["-W", "error", "-c", "pass"], ["-X", "dev", "-c", "0"]]
)
def test_a_python_that_does_not_is_left_in_peace(run_agentrec: Run, words: list[str]) -> None:
    """No warning where the flags are others, or the script's."""
    assert run_agentrec("run", "--", PY, *words).stderr.count("\n") == 1


@pytest.mark.parametrize("words", [["--help"], ["--mode", "auto", "--help"]], ids=" ".join)
def test_help(run_agentrec: Run, words: list[str]) -> None:
    """``--help`` shows each option of the table, and an example."""
    told = run_agentrec("run", *words, env={"COLUMNS": "120"}).stdout
    for flag in ("--mode", "--corpus", "--config", "--on-miss", "--tag", "--speed", "--no-follow", "--exec"):
        assert flag in told
    assert "agentrec run -- python app.py" in told


def test_without_a_working_directory(tmp_path: Path) -> None:
    """Removed under our feet: said in words, exit code 2."""
    (tmp_path / "gone").mkdir()
    script = f"cd gone && rmdir ../gone && exec {PY} -m agentrec_auto run -- true"
    ran = run("sh", "-c", script, cwd=tmp_path)
    assert (ran.code, ran.stderr.count("\n")) == (2, 1)
    assert "in the working directory, which was removed" in ran.stderr


@pytest.mark.parametrize("close", ["2>&-", "2>/dev/full"])
def test_without_stderr(tmp_path: Path, close: str) -> None:
    """Where nothing can be said, the exit code is still the command's."""
    script = f"{PY} -m agentrec_auto run -- sh -c 'exit 7' {close}"
    assert run("sh", "-c", script, cwd=tmp_path).code == 7


NEVER = "the command's Python never loaded agentrec: whatever it asked went live, past us"


@pytest.mark.parametrize("words", [(PY, "-I"), (PY, "-S"), ("env", "-i", PY), ("env", "PYTHONPATH=", PY)])
def test_a_python_that_never_loaded_us(run_agentrec: Run, words: tuple[str, ...]) -> None:
    """In replay nobody can say that it did not go live, so its run does not end well."""
    ran = run_agentrec("run", "--mode", "replay", "--", *words, "-c", "pass")
    assert ran.code == 3
    assert NEVER in ran.stderr
    assert NEVER not in run_agentrec("run", "--mode", "auto", "--", *words, "-c", "pass").stderr


@pytest.mark.parametrize(
    "words",
    [
        ("true",),
        (PY, "-c", "import os; os._exit(0)"),
        (PY, "-IV"),
        (PY, "-I", "--version"),
        (PY, "-Im", "venv", "--help"),
        ("env", "AGENTREC_MODE=off", PY, "-c", "pass"),
        (PY, "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', 'pass'])"),
    ],
    ids=" ".join,
)
def test_what_need_not_load_us(run_agentrec: Run, words: tuple[str, ...]) -> None:
    """What is no Python, makes no call, or was to be left alone, ends as it does."""
    ran = run_agentrec("run", "--mode", "replay", "--", *words)
    assert (ran.code, ran.stderr) == (0, "agentrec: no LLM call was seen · mode replay · corpus\n")


def test_a_python_that_never_loaded_us_and_may_go_live(run_agentrec: Run) -> None:
    """Where a miss may go live, so may this."""
    words = ("run", "--mode", "replay", "--on-miss", "live", "--", PY, "-I", "-c", "pass")
    assert run_agentrec(*words).code == 0


def test_its_own_code_stays(run_agentrec: Run) -> None:
    """A Python that never loaded us and fails has its own exit code."""
    assert run_agentrec("run", "--mode", "replay", "--", PY, "-I", "-c", "raise SystemExit(7)").code == 7


def test_no_key_is_shown(run_agentrec: Run) -> None:
    """Settings in front of a command that keeps us out are not told: they may be keys."""
    ran = run_agentrec("run", "--", "env", "-i", "OPENAI_API_KEY=sk-12345", PY, "-c", "pass")
    assert "`env -i OPENAI_API_KEY=… " in ran.stderr and "sk-12345" not in ran.stderr


@pytest.mark.parametrize(("mode", "code"), [("replay", 2), ("auto", 7)])
def test_no_place_for_the_ledger(run_agentrec: Run, tmp_path: Path, mode: str, code: int) -> None:
    """Where no folder can be made to count in, nothing is said to have been seen; replay doesn't begin."""
    deep = str(tmp_path)  # so deep that a folder in it has too long a path
    deep += "".join(f"/{'d' * 99}" for _ in range((4080 - len(deep)) // 100))
    deep += "/" + "d" * (4080 - len(deep) - 1)
    os.makedirs(deep)
    words = ("run", "--mode", mode, "--", PY, "-c", "raise SystemExit(7)")
    ran = run_agentrec(*words, env={"TMPDIR": deep})
    assert (ran.code, len(ran.stderr.splitlines())) == (code, 1)
    assert "no folder can be made in" in ran.stderr and "set TMPDIR to a folder" in ran.stderr
