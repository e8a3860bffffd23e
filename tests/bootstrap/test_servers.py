"""Servers and runners that start processes of their own, as people use them: under ``agentrec run``."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bootstrap.programs import counted, written
from bootstrap.serving import ASK, BIN, ask_over, command, served
from loopback import LoopbackServer
from processes import Run, clean_environment

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "options",
    [[], ["--preload"], ["-k", "gthread"], ["-k", "gevent"]],
    ids=["sync", "preload", "gthread", "gevent"],
)
def test_gunicorn(tmp_path: Path, server: LoopbackServer, options: list[str]) -> None:
    """Two workers, each call recorded; a TERM to the launcher ends them, and the summary comes."""
    if "gevent" in options and not importlib.util.find_spec("gevent"):
        pytest.skip("gevent is not installed")
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


ASGI = (
    ASK
    + """
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
"""
)


def test_uvicorn(tmp_path: Path, server: LoopbackServer) -> None:
    """Two spawned workers."""
    written(tmp_path, "app.py", ASGI)
    words = ["--workers", "2", "--uds", "app.sock", "app:app"]
    with served(tmp_path, server.url, command("uvicorn"), *words) as uvicorn:
        uvicorn.wait_for("READY", 2)
        ask_over(tmp_path / "app.sock", "/a", "/b")
        assert uvicorn.end() == {"replayed": 0, "recorded": 2, "missed": 0}, uvicorn.said


def test_uvicorn_reload(tmp_path: Path, server: LoopbackServer) -> None:
    """``--reload``: the worker that comes after a change is one of the run, too."""
    written(tmp_path, "app.py", ASGI)
    words = ["--reload", "--reload-dir", tmp_path, "--uds", "app.sock", "app:app"]
    with served(tmp_path, server.url, command("uvicorn"), *words) as uvicorn:
        uvicorn.wait_for("READY", 1)
        before = ask_over(tmp_path / "app.sock", "/a")
        written(tmp_path, "app.py", ASGI.replace('ask(scope["path"])', 'ask("again " + scope["path"])'))
        uvicorn.wait_for("READY", 2)
        after = ask_over(tmp_path / "app.sock", "/a")
        assert [one.split(": ")[1] for one in before + after] == ["/a", "again /a"]
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
