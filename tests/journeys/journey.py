"""One unmodified app: run bare, recorded against a server, and replayed with the server gone."""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from loopback import LoopbackServer
from processes import TIMEOUT_S, Ran, run

APPS = Path(__file__).parent / "apps"
INJECT = Path(__file__).parents[2] / "agentrec_auto" / "bootstrap" / "inject"
KEYS = {
    "OPENAI_API_KEY": "sk-journey-0123456789abcdefghijkl",
    "ANTHROPIC_API_KEY": "sk-ant-journey-0123456789abcdefghijkl",
    "AWS_ACCESS_KEY_ID": "AKIAJOURNEY012345678",
    "AWS_SECRET_ACCESS_KEY": "journey/0123456789abcdefghijklmnopqrstuv",
}


@dataclass(frozen=True)
class Leg(Ran):
    """What the app did, and what the server saw of it."""

    hits: int = 0
    connections: int = 0

    @property
    def printed(self) -> Any:
        """The JSON that the app printed."""
        assert self.code == 0, f"exit code {self.code}\n{self.stdout[-2000:]}\n{self.stderr[-4000:]}"
        return json.loads(self.stdout)

    @property
    def summary(self) -> str:
        """The last line of ours on stderr that says what the run did."""
        told = [
            line for line in self.stderr.splitlines() if line.startswith("agentrec: ") and " · mode " in line
        ]
        return told[-1].removeprefix("agentrec: ") if told else ""


@dataclass
class Journey:
    """An app with its words, and a folder of its own."""

    words: tuple[str, ...]
    folder: Path
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)
    limit_s: float = TIMEOUT_S

    @cached_property
    def bare(self) -> Leg:
        """Without us, against a server of its own."""
        with LoopbackServer() as server:
            return self._leg(server, self.python, *self.command, **KEYS)

    @cached_property
    def recorded(self) -> Leg:
        """Under ``agentrec run --mode auto``, against a fresh server that is stopped afterwards."""
        return self.run("auto")

    @cached_property
    def replayed(self) -> Leg:
        """Under ``agentrec run --mode replay``, without a key, the port of the server closed."""
        assert self.recorded.code == 0, self.recorded.stderr
        return self.run("replay", gone=True, keys={})

    @cached_property
    def replayed_by_variable(self) -> Leg:
        """By AGENTREC_MODE and the start-up file alone; a server listens, to see who calls."""
        assert self.recorded.code == 0, self.recorded.stderr
        told = {"AGENTREC_MODE": "replay", "AGENTREC_CORPUS": str(self.corpus), "PYTHONPATH": str(INJECT)}
        with LoopbackServer() as server:
            return self._leg(server, self.python, *self.command, **told)

    @property
    def corpus(self) -> Path:
        """Where the recordings are."""
        return self.folder / "corpus"

    @property
    def files(self) -> list[Path]:
        """The recordings."""
        return sorted(self.corpus.glob("*.json"))

    @property
    def command(self) -> tuple[str, ...]:
        """The app and its words."""
        return (str(APPS / self.words[0]), *self.words[1:])

    def run(
        self,
        mode: str,
        *words: str,
        gone: bool = False,
        changed: bool = False,
        keys: dict[str, str] = KEYS,
        **more: str,
    ) -> Leg:
        """Under ``agentrec run``; ``words`` in place of the app's own.

        The server is ``gone``, or has ``changed``: it numbers its answers from another number on.
        """
        command = (self.command[0], *words) if words else self.command
        flags = ("--mode", mode, "--corpus", str(self.corpus))
        line = (sys.executable, "-m", "agentrec_auto", "run", *flags, "--", self.python, *command)
        with LoopbackServer() as server:
            if changed:
                urllib.request.urlopen(f"{server.url}/hello").close()
            if gone:
                server.stop()
            return self._leg(server, *line, **keys, **more)

    def _leg(self, server: LoopbackServer, *line: str, **environment: str) -> Leg:
        told = {
            "OPENAI_BASE_URL": server.url + "/v1",
            "ANTHROPIC_BASE_URL": server.url,
            "GATEWAY_URL": server.url,
            **self.environment,
            **environment,
        }
        done = run(*line, env=told, cwd=self.folder, timeout=self.limit_s)
        return Leg(done.code, done.stdout, done.stderr, server.hits, server.connections)
