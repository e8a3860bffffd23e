"""A user's test suite in a folder of its own, run by a pytest of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from shutil import rmtree
from textwrap import dedent
from typing import Any

from loopback import LoopbackServer
from processes import Ran, run

APP = '''
"""The app under test: one call to a model, by a plain client of httpx2."""

import os

import httpx2

URL = os.environ.get("URL", "")


def ask(text="hi"):
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    answer = httpx2.post(URL + "/v1/chat/completions", json=body).raise_for_status()
    return answer.json()["choices"][0]["message"]["content"]


def swallow(text="unheard of"):
    try:
        return ask(text)
    except httpx2.HTTPStatusError as error:
        return str(error.response.status_code)
'''


class Suite:
    """``suite.write("test_app.py", "…")``, ``suite.pytest("-k", "one", AGENTREC_MODE="auto")``."""

    def __init__(self, folder: Path, server: LoopbackServer) -> None:
        self.folder = folder
        self.server = server
        self.write("pytest.ini", "[pytest]")
        self.write("app.py", APP)

    def write(self, name: str, text: str) -> Path:
        """A file of the suite."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        rmtree(path.parent / "__pycache__", ignore_errors=True)  # tells files apart by the second
        return path

    def pytest(self, *words: str, plugins: str = "", cwd: str = ".", **env: str) -> Ran:
        """Run it with our plugin, those named in ``plugins``, and no other."""
        loaded = [word for plugin in ("agentrec_auto", *plugins.split()) for word in ("-p", plugin)]
        return self.python("-m", "pytest", *loaded, *words, cwd=cwd, **env)

    def python(self, *words: str, cwd: str = ".", **env: str) -> Ran:
        """Run a Python where `pytest` would, under the same environment."""
        environ = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "URL": self.server.url, **env}
        return run(sys.executable, *words, cwd=self.folder / cwd, env=environ)

    def asked(self, corpus: str = "corpus") -> list[str]:
        """What the recorded questions were, in order of asking."""
        recordings = sorted(self.recordings(corpus), key=lambda one: one["metadata"]["recorded_at"])
        return [json.loads(one["request"]["content"])["messages"][0]["content"] for one in recordings]

    def recordings(self, corpus: str = "corpus") -> list[dict[str, Any]]:
        """The recordings in a corpus."""
        return [json.loads(path.read_bytes()) for path in sorted((self.folder / corpus).glob("*.json"))]


def section(ran: Ran) -> list[str]:
    """The lines of our section of a terminal summary; empty if there is none."""
    lines = ran.stdout.splitlines()
    heads = [index for index, line in enumerate(lines) if line.strip("= ") == "agentrec" and "==" in line]
    if not heads:
        return []
    rest = lines[heads[-1] + 1 :]
    end = next(index for index, line in enumerate(rest) if line.startswith("=="))
    return rest[:end]
