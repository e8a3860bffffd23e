"""What the pages show is so: each fenced block is put to the test (see `blocks`)."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docs.blocks import ELSEWHERE, PAGES, ROOT, Block, blocks_of, commands_of, is_as_shown
from loopback import LoopbackServer
from processes import clean_environment, run

from agentrec_auto.bootstrap import options
from agentrec_auto.config.load import load

BLOCKS = [block for page in PAGES if page.exists() for block in blocks_of(page)]
STAND_INS = Path(__file__).with_name("stand_ins")
GIVEN = Path(__file__).with_name("given")


def each(language: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test for each block in a language that no comment says is tested otherwise."""
    plain = [block for block in BLOCKS if block.language == language and not block.marks.keys() & ELSEWHERE]
    return pytest.mark.parametrize("block", plain, ids=str)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[LoopbackServer]:
    """What answers for OpenAI and Anthropic."""
    with LoopbackServer() as started:
        yield started


@pytest.fixture(scope="module")
def environ(endpoint: LoopbackServer) -> dict[str, str]:
    """The environment of a reader who has keys, and agentrec on PATH."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "OPENAI_API_KEY": "sk-reader",
        "OPENAI_BASE_URL": f"{endpoint.url}/v1",
        "ANTHROPIC_API_KEY": "sk-ant-reader",
        "ANTHROPIC_BASE_URL": endpoint.url,
        "PYTEST_ADDOPTS": "-p no:langsmith_plugin",  # which a reader needn't have: a second a start
    }


@pytest.fixture(scope="module")
def recorded(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an app, a service, and a corpus in which their call is recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    shutil.copytree(STAND_INS, folder, dirs_exist_ok=True)
    ran = run("agentrec", "run", "--mode", "record", "--", "python", "app.py", cwd=folder, env=environ)
    assert ran.code == 0, ran.stderr
    return folder


@pytest.fixture
def reader(recorded: Path, tmp_path: Path) -> Path:
    """The reader's folder."""
    return shutil.copytree(recorded, tmp_path, dirs_exist_ok=True)


@each("toml")
def test_toml(block: Block, tmp_path: Path) -> None:
    """It loads, without a word of complaint."""
    name = "pyproject.toml" if "[tool." in block.text else "agentrec.toml"
    (tmp_path / name).write_text(block.text)
    assert load({}, cwd=str(tmp_path)).file == str(tmp_path / name)


@each("json")
def test_json(block: Block) -> None:
    """It is JSON."""
    json.loads(block.text)


def lay(block: Block, folder: Path) -> None:
    """Put the file or folder that the block is said to be given where it says."""
    if given := block.marks.get("given"):
        source, name = given.split(" as ")
        if (GIVEN / source).is_dir():
            shutil.copytree(GIVEN / source, folder / name, dirs_exist_ok=True)
        else:
            shutil.copy(GIVEN / source, folder / name)


@each("python")
def test_python(block: Block, reader: Path, environ: dict[str, str]) -> None:
    """It runs; what of it is tests, passes."""
    lay(block, reader)
    has_tests = re.search(r"^\s*(async )?def test_", block.text, re.MULTILINE)
    file = reader / ("test_block.py" if has_tests else "block.py")
    file.write_text(block.text)
    words = ["-m", "pytest", "-q", "--agentrec", "auto", file.name] if has_tests else [file.name]
    ran = run("agentrec", "run", "--", "python", *words, cwd=reader, env=environ)
    assert ran.code == 0, ran.stdout + ran.stderr


@each("console")
def test_console(block: Block, reader: Path, environ: dict[str, str]) -> None:
    """Its commands work, and print what is shown."""
    lay(block, reader)
    for command in commands_of(block):
        if "serves" in block.marks:
            serves(command.line, reader, environ)
            continue
        ran = run("bash", "-c", command.line, cwd=reader, env=environ)
        assert ran.code == int(block.marks.get("exits", 0)), ran.stdout + ran.stderr
        assert not command.shown or is_as_shown(command.shown, ran.stdout + ran.stderr), (
            ran.stdout + ran.stderr
        )


@each("dockerfile")
def test_dockerfile(block: Block) -> None:
    """`agentrec run` understands its CMD."""
    words = json.loads(re.search(r"^CMD (.*)$", block.text, re.MULTILINE)[1])
    assert words[:2] == ["agentrec", "run"]
    options.parse(words[2:])


def serves(line: str, folder: Path, environ: dict[str, str]) -> None:
    """The server of ``line`` starts, answers a request as the app does, and ends when it is told to."""
    variables = {**clean_environment(environ), "GUNICORN_CMD_ARGS": "--bind 127.0.0.1:0"}
    server = subprocess.Popen(
        ["bash", "-c", f"exec {line}"], cwd=folder, env=variables, stderr=subprocess.PIPE, text=True
    )
    said = []
    try:
        for told in server.stderr:
            said.append(told)
            if listening := re.search(r"Listening at: (http://\S+)", told):
                direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with direct.open(listening[1], timeout=30) as response:
                    assert response.status == 200
                    assert response.read()
                break
    finally:
        server.send_signal(signal.SIGTERM)
        said += server.stderr.readlines()
        server.wait(30)
    assert " 0 missed" in said[-1], "".join(said)


def test_other_tests_are_there() -> None:
    """Where a comment names the test of a block, there is such a test."""
    named = {str(block): block.marks["tested by"] for block in BLOCKS if "tested by" in block.marks}
    assert {block: file for block, file in named.items() if not (ROOT / file).exists()} == {}


@pytest.mark.parametrize(("mark", "command"), [("ci:test", "python -m pytest"), ("ci:demo", "agentrec demo")])
def test_readers_can_set_up(mark: str, command: str) -> None:
    """The README has the command that runs the tests, and the one that shows a demo; .ci/run reads them there."""
    (block,) = [block for block in BLOCKS if block.page.name == "README.md" and mark in block.marks]
    assert command in block.text
