"""What each step of starting up loads, asked of ``sys.modules`` in a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from loopback import LoopbackServer
from processes import Run

from agentrec_auto.seams.table import SEAMS

HEAVY = {"pydantic", "pydantic_core", "typer", "click", "rich", "rapidfuzz", "tomli_w"}
"""What an app's process never needs to answer a call that is recorded."""

AT_THE_FIRST_REQUEST = {
    f"agentrec_auto.{room}" for room in ("assemble", "config", "keying", "redaction", "store")
}

TELL = """
import json, sys
print(json.dumps(sorted(sys.modules)))
"""

LIBRARIES = pytest.mark.parametrize("library", ["httpx", "httpx2"])


def loaded(run: Run, program: str, **env: str) -> set[str]:
    """The modules that are there at the end of ``program``."""
    ran = run("-c", program + TELL, env=env)
    assert ran.code == 0, ran.stderr
    return set(json.loads(ran.stdout.splitlines()[-1]))


def under_run(run: Run, program: str, *flags: str, **env: str) -> set[str]:
    """The same, below ``agentrec run``."""
    ran = run("-m", "agentrec_auto", "run", *flags, "--", sys.executable, "-c", program + TELL, env=env)
    assert ran.code == 0, ran.stderr
    return set(json.loads(ran.stdout.splitlines()[-1]))


def ours(modules: Iterable[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "agentrec_auto"}


def rooms(modules: Iterable[str]) -> set[str]:
    """The top-level rooms of ours that modules are of."""
    return {".".join(name.split(".")[:2]) for name in ours(modules)}


def heavy(modules: Iterable[str]) -> set[str]:
    return HEAVY & {name.partition(".")[0] for name in modules}


@pytest.fixture
def theirs(run_python: Run, library: str) -> set[str]:
    """What the library loads by itself: the command line of httpx loads click and rich where they are."""
    return loaded(run_python, f"import {library}")


def test_the_package_alone(run_python: Run) -> None:
    """Importing the package loads nothing else of ours, nor of anybody's."""
    assert loaded(run_python, "import agentrec_auto") - loaded(run_python, "") == {"agentrec_auto"}


@pytest.mark.parametrize("mode", ["", "off"])
def test_the_pytest_plugin_when_off(run_python: Run, mode: str) -> None:
    """While no mode is set, pytest pays for nothing but a look at the environment."""
    modules = loaded(run_python, "import agentrec_auto.pytest_plugin", AGENTREC_MODE=mode)
    assert rooms(modules) <= {"agentrec_auto", "agentrec_auto.pytest_plugin"}
    assert not heavy(modules) | ({"httpx", "httpx2", "wrapt", "asyncio"} & modules)


@pytest.mark.parametrize("library", sorted({name.partition(".")[0] for name in SEAMS} - {"dspy"}))
def test_an_http_library(run_python: Run, library: str, theirs: set[str]) -> None:
    """Patching a library loads its seam and what decides; the parts wait for the first request."""
    watched = next(name for name in SEAMS if name.partition(".")[0] == library)
    modules = under_run(run_python, f"import {watched}")
    assert SEAMS[watched] in modules
    assert not {name for name in modules if name.endswith(("_exchange", "_transports", "wire"))} & ours(
        modules
    ) - {"agentrec_auto.seams.lm15_transports"}
    assert not AT_THE_FIRST_REQUEST & rooms(modules)
    assert not heavy(modules - theirs)


CALL = """
import {library}
with {library}.Client() as client:
    client.post("{url}/v1/chat/completions", json={{"model": "m", "messages": [{{"role": "user", "content": "hi"}}]}})
"""


@LIBRARIES
def test_the_first_request(run_python: Run, server: LoopbackServer, library: str, theirs: set[str]) -> None:
    """A call that is recorded loads the parts, but neither pydantic nor the command line, nor rapidfuzz."""
    modules = under_run(run_python, CALL.format(library=library, url=server.url))
    assert AT_THE_FIRST_REQUEST <= rooms(modules)
    assert not heavy(modules - theirs)


def test_a_request_with_a_config_file(run_python: Run, server: LoopbackServer, tmp_path: Path) -> None:
    """The file is read and checked once, by the launcher: the app's process gets it ready."""
    (tmp_path / "agentrec.toml").write_text('[agentrec]\nscope = "llm"\n')
    modules = under_run(run_python, CALL.format(library="httpx2", url=server.url))
    assert not heavy(modules) | ({"tomllib", "tomli"} & modules)


def test_a_miss(run_python: Run, server: LoopbackServer) -> None:
    """The first miss loads rapidfuzz, to name the nearest recording, and nothing else that is heavy."""
    run_python(
        "-m",
        "agentrec_auto",
        "run",
        "--",
        sys.executable,
        "-c",
        CALL.format(library="httpx2", url=server.url),
    )
    asked_otherwise = CALL.format(library="httpx2", url=server.url).replace("hi", "ho")
    ran = run_python(
        "-m", "agentrec_auto", "run", "--mode", "replay", "--", sys.executable, "-c", asked_otherwise + TELL
    )
    assert heavy(json.loads(ran.stdout.splitlines()[-1])) == {"rapidfuzz"}


PURE = {"httpx", "httpx2", "aiohttp", "requests", "asyncio", "anyio", "wrapt", "socket", "ssl"} | HEAVY


@pytest.mark.parametrize("room", ["flow", "keying", "store", "providers"])
def test_what_decides_is_pure(run_python: Run, room: str) -> None:
    """Rooms that decide load no HTTP library, no event loop and no pydantic, in any of their modules."""
    program = f"""
import importlib, pkgutil, agentrec_auto.{room} as room
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(module.name)
"""
    modules = loaded(run_python, program)
    assert f"agentrec_auto.{room}" in modules
    assert not PURE & {name.partition(".")[0] for name in modules}
