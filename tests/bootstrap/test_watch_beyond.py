"""Calls that no seam can record: WebSockets, gRPC, native programs. Told by name, and refused in replay."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from loopback import LoopbackServer
from processes import Run

PY = sys.executable

WEBSOCKETS = {
    "websockets": "import asyncio, websockets\nasync def main():\n async with websockets.connect(URL): pass\nasyncio.run(main())",
    "websockets-sync": "from websockets.sync.client import connect\nwith connect(URL): pass",
    "websockets-legacy": "import asyncio, websockets.legacy.client as ws\nasync def main():\n async with ws.connect(URL): pass\nasyncio.run(main())",
    "aiohttp": "import asyncio, aiohttp\nasync def main():\n async with aiohttp.ClientSession() as s, s.ws_connect(URL): pass\nasyncio.run(main())",
    "httpx2": "import httpx2\nwith httpx2.Client().websocket(URL): pass",
}
GRPC = {
    "grpc": "import grpc\nchannel = grpc.insecure_channel('dns:///api.x.ai:443')\n"
    "print('made')\nchannel.unary_unary('/a.B/C')(b'', timeout=0.2)",
    "grpc-aio": "import asyncio, grpc.aio\nasync def main():\n channel = grpc.aio.insecure_channel('api.x.ai:443')\n"
    " print('made')\n await channel.unary_unary('/a.B/C')(b'', timeout=0.2)\nasyncio.run(main())",
}


def tried(script: str) -> str:
    """A program that tells what stood in its way."""
    lines = "\n".join(f" {line}" for line in script.splitlines())
    return f"try:\n{lines}\nexcept Exception as error: print(type(error).__name__, error)"


@pytest.mark.parametrize("how", WEBSOCKETS)
def test_websocket(run_agentrec: Run, how: str) -> None:
    """Refused in replay, by name, though the host was reached by other calls, which are seen to."""
    reached = "from agentrec_auto.flow import active\nactive.reached.add('api.openai.com')\n"
    script = reached + WEBSOCKETS[how].replace("URL", "'wss://api.openai.com/v1/realtime?model=m'")
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "-c", tried(script))
    assert ran.code == 3
    assert "refused a WebSocket to api.openai.com" in ran.stdout
    assert "1 connection refused" in ran.stderr


@pytest.mark.parametrize("path", ["realtime?model=m", "responses"])
@pytest.mark.parametrize("how", WEBSOCKETS)
def test_websocket_on_a_gateway(run_agentrec: Run, server: LoopbackServer, how: str, path: str) -> None:
    """A gateway's is known by its path: replay doesn't go live there."""
    script = WEBSOCKETS[how].replace("URL", repr(f"ws://127.0.0.1:{server.port}/v1/{path}"))
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "-c", tried(script))
    assert (ran.code, server.hits) == (3, 0)
    assert "refused a WebSocket to 127.0.0.1" in ran.stdout


@pytest.mark.parametrize("how", ["websockets", "aiohttp"])
def test_websocket_elsewhere(run_agentrec: Run, server: LoopbackServer, how: str) -> None:
    """A WebSocket to any other host is none of our business: here its server doesn't speak the protocol."""
    script = WEBSOCKETS[how].replace("URL", repr(f"ws://127.0.0.1:{server.port}/hello"))
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "-c", tried(script))
    assert ran.code == 0 and server.hits == 1
    assert "Refused" not in ran.stdout


@pytest.mark.parametrize("how", GRPC)
def test_grpc(run_agentrec: Run, how: str) -> None:
    """The channel is made; the call is refused in replay."""
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "-c", tried(GRPC[how]))
    assert ran.stdout.startswith("made\nBypassRefusedError")
    assert "refused a gRPC call to api.x.ai" in ran.stderr
    assert ran.code == 3


@pytest.mark.parametrize("how", GRPC)
def test_grpc_told(run_agentrec: Run, how: str) -> None:
    """Where calls may go live it goes through (here to nowhere), and the summary names it."""
    ran = run_agentrec("run", "--mode", "record", "--", PY, "-c", tried(GRPC[how]))
    assert "BypassRefusedError" not in ran.stdout
    assert "a gRPC call to api.x.ai went past every seam and was not recorded" in ran.stderr


@pytest.fixture
def claude(tmp_path: Path) -> Path:
    """A native program, as far as its name goes."""
    program = tmp_path / "claude"
    program.write_text("#!/bin/sh\necho it ran\n")
    program.chmod(0o755)
    return program


STARTS = {
    "subprocess": "import subprocess; subprocess.run([PATH, '-p', 'hi'])",
    "shell": "import subprocess; subprocess.run(PATH + ' -p hi', shell=True)",
    "asyncio": "import asyncio\nasync def main():\n await (await asyncio.create_subprocess_exec(PATH, '-p')).wait()\nasyncio.run(main())",
}


@pytest.mark.parametrize("how", STARTS)
@pytest.mark.parametrize("mode", ["replay", "record"])
def test_native_program(run_agentrec: Run, claude: Path, how: str, mode: str) -> None:
    """claude-agent-sdk's program is refused in replay and told otherwise."""
    script = STARTS[how].replace("PATH", repr(str(claude)))
    ran = run_agentrec("run", "--mode", mode, "--", PY, "-c", tried(script))
    if mode == "replay":
        assert "refused a call of the program claude" in ran.stdout and "it ran" not in ran.stdout
        assert ran.code == 3
    else:
        assert ran.stdout == "it ran\n"
        assert "a call of the program claude to its model went past every seam" in ran.stderr


def test_native_program_that_asks_nothing(run_agentrec: Run, claude: Path) -> None:
    """Asking it for its version is no call."""
    script = f"import subprocess; subprocess.run([{str(claude)!r}, '-v'])"
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "-c", script)
    assert (ran.code, ran.stdout) == (0, "it ran\n")
