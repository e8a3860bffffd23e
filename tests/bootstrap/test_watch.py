"""A connection to an LLM host that came past every seam: refused in replay, told otherwise."""

from __future__ import annotations

import re
import sys

import pytest
from bootstrap.programs import written
from processes import Ran, Run

PY = sys.executable

# ``socket.connect`` is announced once the name is resolved; the look-up is left out here.
CONNECTS = {
    "socket": "import socket; socket.create_connection(('api.openai.com', 443))",
    "connect": "import socket, sys; sys.audit('socket.connect', None, ('api.anthropic.com', 443))",
    "http.client": "import http.client; http.client.HTTPSConnection('API.OPENAI.COM.').request('GET', '/v1/models')",
    "asyncio": "import asyncio; asyncio.run(asyncio.open_connection('generativelanguage.googleapis.com', 443))",
    "bytes": "import socket; socket.getaddrinfo(b'api.mistral.ai', 443)",
    "bedrock": "import socket; socket.getaddrinfo('bedrock-runtime.eu-west-1.amazonaws.com', 443)",
}


@pytest.mark.parametrize("how", CONNECTS)
def test_refused_in_replay(run_agentrec: Run, how: str) -> None:
    """Before any look-up, with a message that says why; the run ends red even if the app swallows it."""
    script = f"try:\n {CONNECTS[how]}\nexcept OSError as error: print(error)"
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "-c", script)
    assert ran.code == 3
    assert "refused a connection to " in ran.stdout
    assert re.search("1 connections? refused", ran.stderr)


def test_a_connection_refused(run_agentrec: Run) -> None:
    """The error is one that every client takes for a refused connection."""
    script = (
        f"try:\n {CONNECTS['socket']}\nexcept ConnectionRefusedError as error: print(type(error).__name__)"
    )
    assert run_agentrec("run", "--mode", "replay", "--", PY, "-c", script).stdout == "BypassRefusedError\n"


def test_retries_are_told_once(run_agentrec: Run) -> None:
    """A client that tries again and again is refused and counted each time; the words come once."""
    script = f"for _ in range(3):\n try:\n  {CONNECTS['socket']}\n except OSError: print('refused')"
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "-c", script)
    assert ran.stdout == "refused\n" * 3
    assert "3 connections refused" in ran.stderr
    assert ran.stderr.count("agentrec: refused a connection to api.openai.com") == 1


def audited(run: Run, mode: str, host: str = "api.openai.com", **how: object) -> Ran:
    """A look-up of ``host`` as the interpreter announces it, without one taking place."""
    script = f"import socket, sys; sys.audit('socket.getaddrinfo', {host!r}, 443, 0, 0, 0); print('went on')"
    return run("run", "--mode", mode, "--", PY, "-c", script, **how)


@pytest.mark.parametrize("mode", ["auto", "record", "verify"])
def test_told_otherwise(run_agentrec: Run, mode: str) -> None:
    """Where calls may go live it passes, and the summary says what was not recorded."""
    ran = audited(run_agentrec, mode)
    assert (ran.code, ran.stdout) == (0, "went on\n")
    assert "api.openai.com went past every seam and was not recorded" in ran.stderr


def test_passes_where_misses_go_live(run_agentrec: Run, tmp_path: object) -> None:
    """``on_miss = "live"`` says that replay may go live; so it may here, from a flag or from the file."""
    assert audited(run_agentrec, "replay", env={"AGENTREC_ON_MISS": "live"}).stdout == "went on\n"
    written(tmp_path, "agentrec.toml", '[agentrec]\non_miss = "live"\n')  # type: ignore[arg-type]
    assert audited(run_agentrec, "replay").stdout == "went on\n"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "::1", "example.org", "notapi.openai.com.evil.test", None]
)
def test_other_hosts_pass(run_agentrec: Run, host: str | None) -> None:
    """Anything else is none of our business."""
    ran = audited(run_agentrec, "replay", host)  # type: ignore[arg-type]
    assert (ran.code, ran.stdout, ran.stderr) == (
        0,
        "went on\n",
        "agentrec: no LLM call was seen · mode replay · corpus\n",
    )


LET_THROUGH = """
import asyncio, socket, sys
from agentrec_auto.flow import active
from agentrec_auto.seams.deciding import going_out
def look_up(): sys.audit("socket.getaddrinfo", "API.openai.com", 443, 0, 0, 0); return "went on"
was = going_out("api.openai.com")
try:
    active.inside.set(True)
    {inside}
finally:
    active.inside.set(was)
{after}
"""


@pytest.mark.parametrize(
    "inside",
    [
        "print(look_up())",
        # As the loop does it: a thread of its pool, which inherits no context, calls a function of `socket`'s
        "look_up.__code__ = look_up.__code__.replace(co_filename=socket.__file__)\n"
        "    async def main(): return await asyncio.get_running_loop().run_in_executor(None, look_up)\n"
        "    print(asyncio.run(main()))",
    ],
    ids=["same thread", "resolver"],
)
def test_a_call_that_a_seam_lets_out_passes(run_agentrec: Run, inside: str) -> None:
    """Its connections are known, wherever their names are looked up."""
    script = LET_THROUGH.format(inside=inside, after="")
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "-c", script)
    assert (ran.stdout, ran.code) == ("went on\n", 0), ran.stderr


@pytest.mark.parametrize(
    "after",
    ["print(look_up())", "import threading; thread = threading.Thread(target=look_up); thread.start()"],
)
def test_a_later_bypass_to_the_same_host(run_agentrec: Run, after: str) -> None:
    """That a seam let a call out to a host says nothing of what else goes there."""
    script = LET_THROUGH.format(inside="print(look_up())", after=after)
    ran = run_agentrec("run", "--mode", "auto", "--", PY, "-c", script)
    assert "api.openai.com went past every seam and was not recorded" in ran.stderr
    refused = run_agentrec("run", "--mode", "replay", "--", PY, "-c", script)
    assert refused.code and "refused a connection to api.openai.com" in refused.stderr


def test_a_child_that_dies_at_once_has_told(run_agentrec: Run) -> None:
    """What was refused is in the ledger even where the process ends by ``os._exit``."""
    script = f"import os\ntry:\n {CONNECTS['socket']}\nexcept OSError: os._exit(0)"
    assert run_agentrec("run", "--mode", "replay", "--", PY, "-c", script).code == 3
