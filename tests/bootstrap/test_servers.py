"""Servers and runners that start processes of their own, as people use them: under ``agentrec run``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from bootstrap.programs import counted, written
from loopback import LoopbackServer
from processes import Run, clean_environment

pytestmark = pytest.mark.slow
BIN = Path(sys.executable).parent
RUN = [sys.executable, "-m", "agentrec_auto", "run", "--"]

ASK = """
import os
import httpx

def ask(word):
    body = {"model": "m", "messages": [{"role": "user", "content": word}]}
    return httpx.post(os.environ["LLM"] + "/v1/chat/completions", json=body).json()["choices"][0]["message"]["content"]
"""


class Served:
    """A server under ``agentrec run``, its output read line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.said = ""

    def wait_for(self, word: str, times: int) -> None:
        """Read on until ``word`` was said so often."""
        assert self._process.stdout is not None
        while self.said.count(word) < times:
            line = self._process.stdout.readline()
            assert line, self.said
            self.said += line

    def end(self) -> dict[str, int]:
        """Send SIGTERM to the launcher, and give the figures of its summary."""
        self._process.send_signal(signal.SIGTERM)
        self.said += self._process.communicate(timeout=60)[0]
        return counted(self.said)


@contextmanager
def served(folder: Path, llm: str, *command: str | Path) -> Iterator[Served]:
    process = subprocess.Popen(
        [*RUN, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=clean_environment({"LLM": llm}),
        start_new_session=True,
    )
    try:
        yield Served(process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def command(name: str) -> Path:
    """A console script of our environment, or the test is skipped."""
    if not (BIN / name).exists():
        pytest.skip(f"{name} is not installed")
    return BIN / name


@pytest.mark.parametrize(
    "options", [[], ["--preload"], ["-k", "gthread"]], ids=["sync", "preload", "gthread"]
)
def test_gunicorn(tmp_path: Path, server: LoopbackServer, options: list[str]) -> None:
    """Two workers, each call recorded; a TERM to the launcher ends them, and the summary comes."""
    written(tmp_path, "conf.py", "def post_worker_init(worker):\n    print('READY', flush=True)\n")
    written(tmp_path, "app.py", ASK + """
def app(environ, start_response):
    start_response("200 OK", [])
    return [ask(environ["PATH_INFO"]).encode()]
""")  # fmt: skip
    words = ["-w", "2", "-c", "conf.py", "-b", "unix:app.sock", *options, "app:app"]
    with served(tmp_path, server.url, command("gunicorn"), *words) as gunicorn:
        gunicorn.wait_for("READY", 2)
        answers = ask_over(tmp_path / "app.sock", "/a", "/b", "/c")
        assert [answer.split(": ")[1] for answer in answers] == ["/a", "/b", "/c"]
        assert gunicorn.end() == {"replayed": 0, "recorded": 3, "missed": 0}, gunicorn.said


def test_uvicorn(tmp_path: Path, server: LoopbackServer) -> None:
    """Two spawned workers."""
    written(tmp_path, "app.py", ASK + """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        print("READY", flush=True)
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": ask(scope["path"]).encode()})
""")  # fmt: skip
    words = ["--workers", "2", "--uds", "app.sock", "app:app"]
    with served(tmp_path, server.url, command("uvicorn"), *words) as uvicorn:
        uvicorn.wait_for("READY", 2)
        ask_over(tmp_path / "app.sock", "/a", "/b")
        assert uvicorn.end() == {"replayed": 0, "recorded": 2, "missed": 0}, uvicorn.said


def test_celery(tmp_path: Path, server: LoopbackServer) -> None:
    """Prefork workers, which end by ``os._exit``."""
    written(tmp_path, "app.py", ASK + """
import celery

app = celery.Celery("app", broker="filesystem://")
app.conf.broker_transport_options = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}

@app.task
def asked(word):
    return ask(word)

if __name__ == "__main__":
    for word in ("a", "b", "c"):
        asked.delay(word)
""")  # fmt: skip
    (tmp_path / "queue").mkdir()
    words = [
        "-A",
        "app",
        "worker",
        "-P",
        "prefork",
        "-c",
        "2",
        "-l",
        "INFO",
        "--without-mingle",
        "--without-gossip",
    ]
    environ = clean_environment({"LLM": server.url})
    celery = command("celery")
    subprocess.run([sys.executable, "app.py"], cwd=tmp_path, env=environ, check=True)
    with served(tmp_path, server.url, celery, *words) as worker:
        worker.wait_for("succeeded in", 3)
        assert worker.end() == {"replayed": 0, "recorded": 3, "missed": 0}, worker.said


def test_jupyter(tmp_path: Path, server: LoopbackServer, run_agentrec: Run) -> None:
    """``jupyter nbconvert --execute``: the kernel is a child of a child."""
    command("jupyter-nbconvert")
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "a",
        "metadata": {},
        "outputs": [],
        "source": ASK + "\nask('hello')",
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    written(tmp_path, "book.ipynb", json.dumps(book))
    words = ["jupyter", "nbconvert", "--execute", "--to", "notebook", "--output", "done.ipynb", "book.ipynb"]
    env = {"LLM": server.url, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    ran = run_agentrec("run", "--", *words, env=env)
    assert "answer 1 to: hello" in (tmp_path / "done.ipynb").read_text()
    assert counted(ran.stderr) == {"replayed": 0, "recorded": 1, "missed": 0}, ran.stderr


def test_xdist(tmp_path: Path, server: LoopbackServer, run_agentrec: Run) -> None:
    """``pytest -n 2``: workers are started by execnet."""
    pytest.importorskip("xdist")
    written(tmp_path, "test_app.py", ASK + """
def test_one(): assert ask("one")
def test_two(): assert ask("two")
""")  # fmt: skip
    words = [sys.executable, "-m", "pytest", "-n", "2", "-q", "test_app.py"]
    ran = run_agentrec("run", "--", *words, env={"LLM": server.url})
    assert ran.code == 0, ran.stdout
    assert "agentrec: 0 replayed, 2 recorded, 0 missed" in ran.stderr, ran.stderr


def ask_over(socket: Path, *paths: str) -> list[str]:
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), timeout=30) as client:
        return [client.get(f"http://app{path}").text for path in paths]
