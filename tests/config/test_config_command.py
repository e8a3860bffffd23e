"""``agentrec config`` as people type it."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from functools import partial

import pytest
from config.sample import FILE, tables_of
from processes import clean_environment


def rows(out):
    """First word of each line of a table → the rest."""
    lines = [line.split(None, 1) for line in out.splitlines() if not line.startswith(" ")]
    return {words[0]: words[1] for words in lines if len(words) == 2}


def test_show_defaults(command, project):
    """Without a file `show` says so, and every setting with its default."""
    code, out, err = command("show")
    assert (code, err) == (0, "")
    assert out.startswith("no agentrec.toml and no [tool.agentrec] in a pyproject.toml here or above")
    assert rows(out)["mode"].split() == ["auto", "default"]
    assert rows(out)["dummy_keys"].split() == ["true", "default"]
    assert rows(out)["corpus"].split() == [str(project.folder / "corpus"), "default"]


def test_show_origins(command, project, monkeypatch):
    """`show` says what said each value: file, variable, CI."""
    path = project.write(FILE)
    monkeypatch.setenv("AGENTREC_SCOPE", "all")
    monkeypatch.setenv("AGENTREC_TAGS", "team=search")
    monkeypatch.setenv("CI", "true")
    code, out, _err = command("show")
    assert code == 0
    assert out.splitlines()[0] == str(path)
    told = {name: rest.split(None, 1) for name, rest in rows(out).items()}
    assert told["mode"] == ["replay", "CI is set: auto replays"]
    assert told["scope"] == ["all", "AGENTREC_SCOPE"]
    assert told["speed"] == ["2.5", "agentrec.toml [agentrec]"]
    assert told["key.rule"] == ["*/chat/completions", "agentrec.toml [[key.rule]]"]
    assert "run_tags     team = search" in out


def test_show_is_complete(command, project):
    """Piped, `show` cuts and folds nothing: each line of a value is a line, with no colour and no blanks behind."""
    corpus = "x" * 150
    project.write(FILE.replace('mode = "auto"', f'corpus = "{corpus}"'))
    _, out, _ = command("show")
    lines = [line.strip() for line in out.splitlines()]
    assert any(str(project.folder / corpus) in line for line in lines)
    for line in (
        "ignore: metadata.run, user",
        r"replace: \d{4} -> <year>",
        "host: true",
        "category: support",
        "*/b",
    ):
        assert line in lines
    assert any(r"patterns: CUST-\d+ -> <customer>" in line for line in lines)
    assert "\x1b" not in out
    assert all(line == line.rstrip() for line in out.splitlines())


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
def test_show_on_a_terminal(project):
    """On a narrow terminal `show` is coloured and folded to its width, and still cuts nothing."""
    import fcntl
    import pty
    import termios

    corpus = "/srv/" + "recordings/" * 8 + "end"
    project.write(FILE.replace('mode = "auto"', f'corpus = "{corpus}"'))
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 60, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "agentrec_auto", "config", "show"],
        cwd=project.folder,
        env=clean_environment({"TERM": "xterm-256color"}),
        stdin=subprocess.DEVNULL,
        stdout=there,
    ):
        os.close(there)
        shown = b"".join(iter(partial(read_terminal, here), b"")).decode()
    os.close(here)
    table = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()[2:]
    assert "\x1b[" in shown
    assert max(map(len, table)) <= 60
    column = "".join(line[13:].split("   ")[0].strip() for line in table if line[13:14].strip())
    assert corpus in column


def read_terminal(descriptor):
    """What was written to a pseudo-terminal; empty once nobody holds its other end (Linux: EIO)."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def test_show_json(command, project):
    """`show --json` has every value as the file spells it, and its origin."""
    path = project.write(FILE)
    shown = json.loads(command("show", "--json")[1])
    assert shown["file"] == str(path)
    said = {name: entry["value"] for name, entry in shown["settings"].items()}
    written = tables_of(FILE)
    assert {name: said[name] for name in written["agentrec"]} == written["agentrec"]
    assert said["key.rule"] == written["key"]["rule"]
    assert said["redact"] == written["redact"]
    assert said["tag"] == written["tag"]
    assert said["threshold"] == 0.9
    assert shown["settings"]["threshold"]["origin"] == "default"
    assert shown["settings"]["tag"]["origin"] == "agentrec.toml [[tag]]"


def test_show_named_file(command, project):
    """`show --config` shows what holds with that file."""
    project.write("[agentrec]\nscope = 'all'\n", "other.toml")
    assert rows(command("show", "--config", "other.toml")[1])["scope"].startswith("all")


def test_show_reads_afresh(command, project, monkeypatch):
    """Inside `agentrec run`, too, `show` shows the file as it is, not as it was handed down."""
    project.write("[agentrec]\nscope = 'all'\n")
    for name, value in project.load().exports().items():
        monkeypatch.setenv(name, value)
    project.write("[agentrec]\ntakes = 'cycle'\n")
    told = rows(command("show")[1])
    assert told["takes"].split() == ["cycle", "agentrec.toml", "[agentrec]"]


@pytest.mark.parametrize("name", ["show", "check"])
def test_misspelt_variable(command, monkeypatch, name):
    """A variable that is nearly one of ours is pointed at: nothing would ever read it."""
    monkeypatch.setenv("AGENTREC_CORPSU", "x")
    code, out, err = command(name)
    assert code == 0
    assert "note: nothing reads AGENTREC_CORPSU: did you mean AGENTREC_CORPUS?" in out + err


def test_own_variables_are_not_misspelt(command, monkeypatch):
    """The variables that a run hands to its children are no misspellings."""
    for name in ("RUN_ID", "RUN_DIR", "RUN_OWNER", "HOME", "FOLLOW", "MODE"):
        monkeypatch.setenv(f"AGENTREC_{name}", "off" if name == "MODE" else "1")
    assert command("check") == (0, command("check")[1], "")


def test_broken_file(command, project):
    """`show` of a file that can't be followed says why, and exits with 2."""
    project.write("[agentrec]\nmode = 'replya'\n")
    code, out, err = command("show")
    assert (code, out) == (2, "")
    assert err.startswith("agentrec: unknown mode 'replya' in agentrec.toml [agentrec] mode")


def test_check_corpus(command, project):
    """`check` finds that no store can be where the file says."""
    project.write("[agentrec]\ncorpus = 'tape://x'\n")
    code, _, err = command("check")
    assert (code, err.splitlines()[1]) == (2, "1 problem")
    assert err.startswith(
        "unknown store 'tape' in agentrec.toml [agentrec] corpus: expected a folder, sqlite:///FILE"
    )


def test_check_well(command, project):
    """`check` of a good file exits with 0."""
    project.write(FILE)
    assert command("check") == (0, "agentrec.toml: no problems\n", "")


def test_check_ill(command, project, monkeypatch):
    """`check` tells every problem of file and environment, one a line, and exits with 2."""
    project.write("[agentrec]\nmode = 'x'\nspeed = 0\n")
    monkeypatch.setenv("AGENTREC_SCOPE", "y")
    code, out, err = command("check")
    assert (code, out) == (2, "")
    assert [line.partition(" in ")[0] for line in err.splitlines()] == [
        "unknown mode 'x'",
        "bad speed 0",
        "unknown scope 'y'",
        "3 problems",
    ]


def test_check_missing_file(command):
    """`check --config` of a file that isn't there is a problem."""
    code, _, err = command("check", "--config", "gone.toml")
    assert code == 2
    assert err.splitlines()[0].startswith("no such file, 'gone.toml', in --config")


def test_asked_wrongly(command):
    """A command that doesn't exist is exit code 2 and words, no traceback."""
    code, _, err = command("shwo")
    assert code == 2
    assert "No such command 'shwo'" in err


def test_init(command, project):
    """`init` writes a file that loads, is commented, and says what to do next."""
    code, out, _ = command("init")
    assert code == 0
    assert out.splitlines()[0] == "wrote agentrec.toml"
    assert "agentrec run" in out
    loaded = project.load()
    assert (loaded.settings.mode, loaded.settings.corpus) == ("auto", str(project.folder / "corpus"))


def test_init_shows_every_key(command, project):
    """Every key stands in the starter: uncommented it still loads, and nothing is left to a default."""
    command("init")
    path = project.folder / "agentrec.toml"
    lines = path.read_text().splitlines()
    bare = [line.removeprefix("# ") if line.startswith(("# [",)) or " = " in line else line for line in lines]
    path.write_text("\n".join(bare))
    assert project.load().origins == {
        name: "default" if name == "run_tags" else origin
        for name, origin in {
            **dict.fromkeys(project.load().origins, "agentrec.toml [agentrec]"),
            "key_rules": "agentrec.toml [[key.rule]]",
            "redact": "agentrec.toml [redact]",
            "tags": "agentrec.toml [[tag]]",
            "targets": "agentrec.toml [target]",
            "comparators": "agentrec.toml [[comparator]]",
            "prices": "agentrec.toml [[price]]",
        }.items()
    }
    from agentrec_auto.config.schema import ComparatorTable, PriceTable, RedactTable, RuleTable, TargetTable

    tables = tables_of(path.read_text())
    assert {*tables["key"]["rule"][0]} == {*RuleTable.model_fields}
    assert {*tables["redact"]} == {*RedactTable.model_fields}
    assert {*tables["target"]["cheap"]} == {*TargetTable.model_fields}
    assert {*tables["comparator"][0]} == {*ComparatorTable.model_fields}
    assert {*tables["price"][0]} == {*PriceTable.model_fields}


def test_init_twice(command, project):
    """`init` doesn't overwrite a file, unless forced."""
    project.write("# mine\n")
    code, _, err = command("init")
    assert code == 2
    assert "--force" in err
    assert (project.folder / "agentrec.toml").read_text() == "# mine\n"
    assert command("init", "--force")[0] == 0
    assert (project.folder / "agentrec.toml").read_text() != "# mine\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("ends_well", [True, False])
def test_init_pyproject(command, project, newline, ends_well):
    """`init --pyproject` adds the table at the end, and leaves every byte of what is there."""
    before = (
        newline.join(["# keep  me", "[project]", "name = 'x'", "", "[tool.ruff]", "line-length = 100"])
        + newline * ends_well
    )
    path = project.folder / "pyproject.toml"
    path.write_bytes(before.encode())
    code, out, _ = command("init", "--pyproject")
    assert (code, out.splitlines()[0]) == (0, "added [tool.agentrec] to pyproject.toml")
    after = path.read_bytes()
    assert after.startswith(before.encode())
    assert (b"\r\n" in after) == (newline == "\r\n")
    assert after.count(b"\n") == after.count(newline.encode())
    assert project.load().origins["mode"] == "pyproject.toml [tool.agentrec]"
    uncommented = after.decode().replace("# [", "[")
    assert {"key", "redact", "tag"} <= {*tables_of(uncommented)["tool"]["agentrec"]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "a file that can't be read (no such file or directory) in pyproject.toml"),
        ("[tool.agentrec]\n", "already a table [tool.agentrec] in pyproject.toml"),
        (
            "tool = { x = 1 }\n",
            "no room for a table [tool.agentrec] in pyproject.toml: expected [tool.…] tables",
        ),
        ("[project\n", "broken TOML"),
    ],
)
def test_init_pyproject_refused(command, project, text, problem):
    """`init --pyproject` changes nothing where the table can't be added."""
    if text is not None:
        project.write(text, "pyproject.toml")
    code, _, err = command("init", "--pyproject")
    assert code == 2
    assert err.startswith(f"agentrec: {problem}")
    if text is not None:
        assert (project.folder / "pyproject.toml").read_text() == text


def test_init_says_who_holds(command, project):
    """`init` says when another file stops holding, and when the new one doesn't."""
    project.write("[tool.agentrec]\n", "pyproject.toml")
    assert "from here on it holds, and pyproject.toml doesn't" in command("init")[1]
    project.write("", "pyproject.toml")
    assert "but agentrec.toml comes first" in command("init", "--pyproject")[1]
