"""Calls to models that go past every seam: connections to LLM hosts, and programs that make such calls.

Loaded at the first name look-up or connection of a process. Any host passes that is no LLM host, and any
that a seam let a call go out to.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from agentrec_auto.bootstrap.hook import mode
from agentrec_auto.providers.hosts import is_llm_host

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
    if name not in active.reached:
        bypass.bypass("a connection", name)


def check_program(words: Sequence[Any]) -> None:
    """Judge a native program that asks a model (claude-agent-sdk brings one), about to be started.

    Nothing of ours runs in it.
    """
    if mode() == "off" or (len(words) > 1 and str(words[1]) in _ASKS_NOTHING):
        return
    from agentrec_auto.flow import bypass

    bypass.bypass(f"a call of the program {os.path.basename(os.fspath(words[0]))}", "its model")
