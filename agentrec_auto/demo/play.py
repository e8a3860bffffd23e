"""A scene: a script live and recorded, the endpoint closed, the script again offline.

A `Scene` is filled in while it is played, so that whoever shows it can look at any time; at the end
`Scene.faults` says what was not as promised. Nothing is taken on trust: what the scripts printed is
compared, the endpoint's port is tried, the folder of recordings is looked at before and after.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from importlib.util import find_spec

from agentrec_auto.demo.endpoint import Endpoint

CORPUS = "corpus"
TIME_LIMIT_S = 60.0

_CALLS = 2
_ANSWERS = {
    "cassette": "One request and the response that answered it, chunk by chunk, in a file you can review.",
    "take": "One of several answers to the same question: recorded in order, replayed in order.",
    "corpus": "A folder of recordings. Commit it next to your tests, and they need no key and no network.",
    "miss": "A question that nobody recorded. In replay it fails at once, and names the nearest recording.",
}


@dataclass(frozen=True, slots=True)
class App:
    """An unmodified script, and the SDK it is written for."""

    sdk: str
    script: str

    @property
    def version(self) -> str:
        """The SDK's version; empty where it isn't installed."""
        return metadata.version(self.sdk) if find_spec(self.sdk) else ""


APPS = (App("openai", "openai_app.py"), App("anthropic", "anthropic_app.py"))


@dataclass(slots=True)
class Run:
    """One run of a script; filled in while it goes on."""

    text: str = ""
    """What the script printed so far."""

    errors: str = ""
    code: int | None = None
    """The exit code; None until it ended."""

    started: float | None = None
    ended: float | None = None
    waited_s: float = 0.0
    """Seconds of it that the endpoint took to answer."""

    @property
    def seconds(self) -> float:
        """How long it took, or takes so far; interpreter and imports included."""
        return 0.0 if self.started is None else (self.ended or time.monotonic()) - self.started

    @property
    def chunks(self) -> int | None:
        """How many chunks the script counted in its stream."""
        counted = re.search(r"\((\d+) chunks\)\s*$", self.text)
        return int(counted[1]) if counted else None

    @property
    def last_words(self) -> str:
        """The end of a traceback, where the script left one."""
        said = [line for line in self.errors.splitlines() if line and not line.startswith("agentrec: ")]
        return said[-1] if said else self.summary

    @property
    def summary(self) -> str:
        """What ``agentrec run`` said at the end."""
        said = re.search(r"^agentrec: (.* · mode .*)$", self.errors, re.MULTILINE)
        return said[1].partition(" · ")[0] if said else ""


@dataclass(frozen=True, slots=True)
class Cassette:
    """A file that was recorded."""

    name: str
    size: int
    chunks: int


@dataclass(slots=True)
class Scene:
    """One script: its run live, its run offline, and what the first left for the second."""

    app: App
    folder: str
    """Where script and corpus are."""

    live: Run = field(default_factory=Run)
    offline: Run = field(default_factory=Run)
    cassettes: list[Cassette] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    """Recordings that the offline run wrote or changed: there must be none."""

    port: int = 0
    """Where the endpoint listened."""

    is_closed: bool | None = None
    """Whether nothing listened there any more before the run offline; None until then."""

    def play(self) -> None:
        """Run it live, close the endpoint, run it offline."""
        _lay_out(self.app, self.folder)
        before = self._recorded()
        with Endpoint(_Model().speak) as endpoint:
            self.port = endpoint.port
            environ = _environment(endpoint)
            _run(self.app.script, self.folder, environ, into=self.live)
            self.live.waited_s = endpoint.busy_s
        self.is_closed = not _listens(self.port)
        recorded = self._recorded()
        self.cassettes = [_cassette(self._path(name)) for name in sorted(recorded.keys() - before.keys())]
        if not self.cassettes:
            return  # nothing to replay: a second run would only wait for an endpoint that is gone
        _run(self.app.script, self.folder, environ, into=self.offline)
        self.added = [name for name, when in self._recorded().items() if recorded.get(name) != when]

    def faults(self) -> Iterator[str]:
        """What was not as promised, a sentence each; none when all went well."""
        script = self.app.script
        if not self.is_closed:
            yield f"something still listened on 127.0.0.1:{self.port} when the endpoint was closed"
        if self.live.code != 0:
            yield f"{script} ended with exit code {self.live.code} live: {self.live.last_words}"
        elif len(self.cassettes) != _CALLS:
            yield f"{script} made {_CALLS} calls, but {len(self.cassettes)} were recorded"
        if not self.cassettes:
            return
        if self.offline.code != 0:
            yield f"{script} ended with exit code {self.offline.code} offline: {self.offline.last_words}"
        if self.live.text != self.offline.text:
            yield f"{script} printed another text offline than live"
        if self.live.chunks != self.offline.chunks:
            yield f"{script} got {self.live.chunks} chunks live, but {self.offline.chunks} offline"
        if not self.live.chunks:
            yield f"{script} got no chunks"
        if self.added:
            yield f"{script} recorded {', '.join(self.added)} when there was nothing to record"

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, CORPUS, name)

    def _recorded(self) -> dict[str, int]:
        """The files of the corpus, and when each was written."""
        folder = os.path.join(self.folder, CORPUS)
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return {name: os.stat(self._path(name)).st_mtime_ns for name in names if name.endswith(".json")}


class _Model:
    """The stand-in for a model: it never says quite the same again, so that a replay can't be mistaken."""

    def __init__(self) -> None:
        self.said = 0

    def speak(self, question: str) -> str:
        self.said += 1
        known = next((answer for word, answer in _ANSWERS.items() if word in question), "I don't know.")
        return f"{known} (Answer {self.said}, made up at {datetime.now():%H:%M:%S.%f}.)"


def _lay_out(app: App, folder: str) -> None:
    """Put the script there, and a config that says next to nothing, lest one from above be found."""
    os.makedirs(folder, exist_ok=True)
    shutil.copy(os.path.join(os.path.dirname(__file__), app.script), folder)
    with open(os.path.join(folder, "agentrec.toml"), "w", encoding="utf-8") as config:
        config.write(f'[agentrec]\ncorpus = "{CORPUS}"\n')


def _environment(endpoint: Endpoint) -> dict[str, str]:
    """The user's environment, pointed at the endpoint: all that a script needs to be told."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AGENTREC_")}
    direct = ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), "127.0.0.1")))
    return {
        **kept,
        "OPENAI_BASE_URL": endpoint.openai_url,
        "OPENAI_API_KEY": "demo-key",
        "ANTHROPIC_BASE_URL": endpoint.url,
        "ANTHROPIC_API_KEY": "demo-key",
        "PYTHONIOENCODING": "utf-8",  # as we read it
        "NO_PROXY": direct,
        "no_proxy": direct,
    }


def _run(script: str, folder: str, environ: dict[str, str], *, into: Run) -> None:
    """Run a script under ``agentrec run``, its output read as it comes."""
    command = [sys.executable, "-m", "agentrec_auto", "run", "--mode", "auto", "--", sys.executable, script]
    into.started = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        )
        limit = threading.Timer(TIME_LIMIT_S, process.terminate)  # passed on to the script
        limit.start()
        try:
            assert process.stdout is not None
            read = b""
            while more := os.read(process.stdout.fileno(), 65536):
                read += more
                into.text = read.decode(errors="replace").replace("\r\n", "\n")
            code = process.wait()
        finally:
            limit.cancel()
            process.stdout and process.stdout.close()
        into.ended = time.monotonic()
        errors.seek(0)
        into.errors = errors.read().decode(errors="replace")
    into.code = code


def _cassette(path: str) -> Cassette:
    with open(path, encoding="utf-8") as file:
        chunks = json.load(file).get("chunks", [])
    return Cassette(os.path.basename(path), os.path.getsize(path), len(chunks))


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
