"""Calls to models that go past every seam: connections to LLM hosts, and programs that make such calls.

Loaded at the first name look-up or connection of a process. Any host passes that is no LLM host. An LLM
host passes where a seam has let a call go out: inside that call, and in the threads that event loops resolve
names in, which know nothing of the call.
"""

from __future__ import annotations

import os
import sys

from agentrec_auto.bootstrap.hook import mode
from agentrec_auto.providers.hosts import is_llm_host

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing would be most of what a process pays that talks to its database and to nobody else
    from collections.abc import Sequence
    from types import FrameType
    from typing import Any

_ASKS_NOTHING = frozenset({"-v", "--version", "-h", "--help", "mcp", "config", "doctor", "install", "update"})


def check(address: Any) -> None:
    """Judge the host of a look-up, or the address of a connection."""
    host = address[0] if isinstance(address, tuple) and address else address
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("latin-1")
    if not isinstance(host, str) or not is_llm_host(host) or mode() == "off":
        return
    from agentrec_auto.flow import active, bypass  # here: most processes never meet an LLM host

    name = host.lower().rstrip(".")
    if name in active.reached and (active.inside.get() or _in_a_resolver(sys._getframe(1))):
        return
    bypass.bypass("a connection", name)


def _in_a_resolver(frame: FrameType | None) -> bool:
    """Whether this look-up is all that a thread of a pool was told to do: no frame of the app, or of an HTTP
    library, is then between the pool's and ours.

    asyncio resolves in its loop's executor, gevent in its hub's thread pool.
    """
    while frame is not None:
        name = frame.f_code.co_filename.replace(os.sep, "/")
        if name.endswith(_POOLS):
            return True
        if not name.endswith(_ON_THE_WAY):
            return False
        frame = frame.f_back
    return False


_POOLS = ("/concurrent/futures/thread.py", "/gevent/threadpool.py", "/gevent/_threading.py")
_ON_THE_WAY = ("/bootstrap/hook.py", "/bootstrap/watch.py", "/socket.py", "/gevent/_socket3.py")


def check_program(words: Sequence[str]) -> None:
    """Judge a native program that asks a model (claude-agent-sdk brings one), about to be started.

    Nothing of ours runs in it.
    """
    if mode() == "off" or (len(words) > 1 and words[1] in _ASKS_NOTHING):
        return
    from agentrec_auto.flow import bypass

    bypass.bypass(f"a call of the program {os.path.basename(words[0])}", "its model")
