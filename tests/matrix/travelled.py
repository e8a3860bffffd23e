"""A column driven: its program without us, recorded, replayed with the server gone, and with nothing recorded.

Each leg is one process, and made once for all the tests that look at it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from loopback import LoopbackServer
from loopback_wire import Seen
from matrix.entries import HERE, Column
from processes import run

LIMIT_S = 240
KEYS = {
    **dict.fromkeys(
        "OPENAI_API_KEY ANTHROPIC_API_KEY GOOGLE_API_KEY MISTRAL_API_KEY GROQ_API_KEY CO_API_KEY TOGETHER_API_KEY "
        "FIREWORKS_API_KEY REPLICATE_API_TOKEN PORTKEY_API_KEY HF_TOKEN".split(),
        "sk-matrix-0123456789abcdefghijkl",
    ),
    "AWS_ACCESS_KEY_ID": "AKIAMATRIX0123456789",
    "AWS_SECRET_ACCESS_KEY": "matrix/0123456789abcdefghijklmnopq",
}


@dataclass(frozen=True)
class Leg:
    """What the cells of a program got, and what the server and the process saw of it."""

    told: dict[str, dict[str, Any]]
    stderr: str
    hits: tuple[str, ...]
    """Method and path of what arrived and was answered for good."""

    connections: tuple[str, ...]
    """What the program tried to connect to."""


@dataclass
class Travelled:
    """The legs of a column, in a folder of its own."""

    column: Column
    python: str
    folder: Path

    @cached_property
    def bare(self) -> Leg:
        """Without us."""
        return self._leg("bare")

    @cached_property
    def recorded(self) -> Leg:
        """Under ``agentrec run --mode record``."""
        return self._leg("record", mode="record", corpus=self.folder / "corpus")

    @cached_property
    def replayed(self) -> Leg:
        """The server gone, no key set."""
        assert self.recorded
        return self._leg("replay", mode="replay", corpus=self.folder / "corpus", gone=True)

    @cached_property
    def missed(self) -> Leg:
        """The server gone, and nothing recorded; every cell is asked twice, and tells of the second time."""
        empty = self.folder / "empty"
        empty.mkdir(exist_ok=True)
        return self._leg("missed", "--missing", mode="replay", corpus=empty, gone=True)

    @property
    def recordings(self) -> list[dict[str, Any]]:
        """What was recorded."""
        assert self.recorded
        return [
            json.loads(path.read_text("utf-8")) for path in sorted((self.folder / "corpus").glob("*.json"))
        ]

    def _leg(
        self, name: str, *words: str, mode: str = "", corpus: Path | None = None, gone: bool = False
    ) -> Leg:
        told, connections = (self.folder / f"{name}.{what}" for what in ("json", "connections"))
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        command = [self.python, str(HERE / "drive.py"), str(self.column.entry.path), *words]
        command += [cell.name for cell in self.column.cells]
        if mode:
            ours = [self.python, "-m", "agentrec_auto", "run", "--mode", mode, "--corpus", str(corpus), "--"]
            command = ours + command
        with LoopbackServer() as server:
            given = {
                "LLM": server.url,
                "HOME": str(home),
                "PYTHONPATH": str(HERE / "counting"),
                "MATRIX_TOLD": str(told),
                "MATRIX_CONNECTIONS": str(connections),
                "OPENAI_BASE_URL": server.url + "/v1",
                "ANTHROPIC_BASE_URL": server.url,
                "GATEWAY_URL": server.url,
                "AWS_DEFAULT_REGION": "us-east-1",
                **({} if gone and name == "replay" else KEYS),
                **{key: value.format(url=server.url) for key, value in self.column.entry.environment},
            }
            if gone:
                server.stop()
            ran = run(*command, env=given, cwd=self.folder, timeout=LIMIT_S)
        tried = connections.read_text().splitlines() if connections.exists() else []
        if told.exists():
            got = json.loads(told.read_text("utf-8"))
        else:
            ended = {"raised": f"exit code {ran.code}", "text": ran.stdout[-1000:] + ran.stderr[-2000:]}
            got = {cell.name: ended for cell in self.column.cells}
        return Leg(got, ran.stderr, tuple(_answered(server.requests)), tuple(tried))


def _answered(requests: list[Seen]) -> Iterator[str]:
    """The requests without those that were told to fail at first (control ``times``)."""
    failed: Counter[str] = Counter()
    for seen in requests:
        controls = seen.header("x-loopback") or ""
        times = int(controls.partition("times=")[2].partition(",")[0] or 0)
        if failed[controls] >= times:
            yield f"{seen.method} {seen.path}"
        failed[controls] += 1
