"""Launchers and pools that people put around, or below, a program: recorded once, and replayed without a server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bootstrap.programs import counted, written
from bootstrap.serving import ASK, BIN, command
from loopback import LoopbackServer
from processes import Ran, Run, run

pytestmark = pytest.mark.slow
PY = sys.executable
PATH = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
QUIET = {
    "OTEL_TRACES_EXPORTER": "none",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    "DD_TRACE_ENABLED": "true",
    "DD_REMOTE_CONFIGURATION_ENABLED": "false",
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
    "DD_TRACE_STARTUP_LOGS": "false",
    "DD_CRASHTRACKING_ENABLED": "false",
}
"""Tracers on, what they would send off."""


def there_and_back(start: Callable[..., Ran], server: LoopbackServer, calls: int) -> None:
    """``start(mode)`` records so many calls, and replays them with the server gone."""
    recorded = start("auto")
    assert recorded.code == 0, recorded.stderr
    assert counted(recorded.stderr) == {"replayed": 0, "recorded": calls, "missed": 0}, recorded.stderr
    server.stop()
    replayed = start("replay")
    assert replayed.stdout == recorded.stdout
    assert counted(replayed.stderr) == {"replayed": calls, "recorded": 0, "missed": 0}, replayed.stderr


@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_joblib(tmp_path: Path, server: LoopbackServer, run_agentrec: Run, backend: str) -> None:
    """joblib's workers, which loky starts by ``fork_exec``."""
    pytest.importorskip("joblib")
    written(tmp_path, "asking.py", ASK)
    written(tmp_path, "app.py", f"""
from asking import ask
from joblib import Parallel, delayed

if __name__ == "__main__":
    print(sorted(Parallel(n_jobs=2, backend={backend!r})(delayed(ask)(word) for word in "abc")))
""")  # fmt: skip
    there_and_back(
        lambda mode: run_agentrec("run", "--mode", mode, "--", PY, "app.py", env={"LLM": server.url}),
        server,
        3,
    )


def test_uv_run(tmp_path: Path, server: LoopbackServer, run_agentrec: Run, call: Path) -> None:
    """``uv run``, which becomes the interpreter or starts it."""
    words = [command("uv"), "run", "--quiet", "--offline", "--no-project", "--python", PY, "call.py"]
    there_and_back(
        lambda mode: run_agentrec("run", "--mode", mode, "--", *words, server.url, "hello", env=PATH),
        server,
        1,
    )


@pytest.mark.parametrize("launcher", ["opentelemetry-instrument", "ddtrace-run"])
@pytest.mark.parametrize("order", ["inside", "outside"])
def test_tracers(tmp_path: Path, server: LoopbackServer, call: Path, launcher: str, order: str) -> None:
    """Launchers that put a sitecustomize of their own on the path, inside ours and around it."""
    tracer = [str(command(launcher))]
    app = [PY, str(call), server.url, "hello"]

    def start(mode: str) -> Ran:
        ours = [PY, "-m", "agentrec_auto", "run", "--mode", mode, "--"]
        words = [*ours, *tracer, *app] if order == "inside" else [*tracer, *ours, *app]
        return run(*words, env={**PATH, **QUIET}, cwd=tmp_path)

    there_and_back(start, server, 1)


def test_mcp(tmp_path: Path, server: LoopbackServer, run_agentrec: Run) -> None:
    """An MCP server over stdio: the mcp package starts it with an environment of its own making."""
    pytest.importorskip("mcp")
    written(tmp_path, "server.py", ASK.replace('os.environ["LLM"]', "sys.argv[1]") + """
import sys

try:
    from mcp.server import MCPServer
except ImportError:  # before 2.0
    from mcp.server.fastmcp import FastMCP as MCPServer

made = MCPServer("desk")

@made.tool()
def answer(word: str) -> str:
    return ask(word)

made.run()
""")  # fmt: skip
    written(tmp_path, "app.py", """
import asyncio, sys
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    told = StdioServerParameters(command=sys.executable, args=["server.py", sys.argv[1]])
    async with stdio_client(told) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        done = await session.call_tool("answer", {"word": "hello"})
        print(done.content[0].text)

asyncio.run(main())
""")  # fmt: skip
    there_and_back(
        lambda mode: run_agentrec("run", "--mode", mode, "--", PY, "app.py", server.url), server, 1
    )


def test_nbconvert_offline(tmp_path: Path, server: LoopbackServer, run_agentrec: Run) -> None:
    """A notebook that was recorded is executed again without a server."""
    command("jupyter-nbconvert")
    source = ASK + "\nprint(ask('hello'))"
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "a",
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    written(
        tmp_path,
        "book.ipynb",
        json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}),
    )
    words = ["jupyter", "nbconvert", "--execute", "--to", "markdown", "--stdout", "book.ipynb"]
    there_and_back(
        lambda mode: run_agentrec("run", "--mode", mode, "--", *words, env={"LLM": server.url, **PATH}),
        server,
        1,
    )
