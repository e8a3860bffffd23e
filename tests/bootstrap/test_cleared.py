"""A program that clears its environment (daemons do) stays in the run: replay must not go live by that."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from loopback import LoopbackServer
from processes import Run

PY = sys.executable

CLEARS = """
import os, sys
if sys.argv[2] == "early": os.environ.clear()
import httpx
if sys.argv[2] == "late": os.environ.clear()
body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
print(httpx.post(sys.argv[1] + "/v1/chat/completions", json=body, trust_env=False).status_code)
if len(sys.argv) > 3:
    import subprocess
    subprocess.run([sys.executable, sys.argv[0], sys.argv[1], "late"], check=True)
"""


@pytest.mark.parametrize("when", ["early", "late"])
def test_cleared(run_agentrec: Run, server: LoopbackServer, tmp_path: Path, when: str) -> None:
    """Before or after the HTTP library is imported, and with children that inherit what is left."""
    (tmp_path / "app.py").write_text(CLEARS)
    ran = run_agentrec("run", "--", PY, "app.py", server.url, when, cwd=tmp_path)
    assert "1 recorded" in ran.stderr and (server.hits, ran.code) == (1, 0)
    server.stop()
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "app.py", server.url, when, "child", cwd=tmp_path)
    assert ran.stdout.split() == ["200", "200"] and "2 replayed" in ran.stderr


def test_cleared_and_missed(run_agentrec: Run, server: LoopbackServer, tmp_path: Path) -> None:
    """What was not recorded is missed, and the run red."""
    (tmp_path / "app.py").write_text(CLEARS)
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "app.py", server.url, "late", cwd=tmp_path)
    assert (ran.stdout.strip(), ran.code, server.hits) == ("418", 3, 0)


CHILD = """
import httpx
def ask(url):
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
    return httpx.post(url + "/v1/chat/completions", json=body, trust_env=False).status_code
if __name__ == "__main__":
    import sys
    print(ask(sys.argv[1]))
"""
PARENT = """
import multiprocessing, os, sys
from child import ask
if __name__ == "__main__":
    os.environ.clear()
    if sys.argv[2] == "os.system":
        sys.exit(os.system(f"{sys.executable} child.py {sys.argv[1]}"))
    with multiprocessing.get_context(sys.argv[2]).Pool(1) as pool:
        print(pool.apply(ask, [sys.argv[1]]))
"""


@pytest.mark.parametrize("way", ["os.system", "spawn", "forkserver"])
def test_children_of_a_cleared_one(
    run_agentrec: Run, server: LoopbackServer, tmp_path: Path, way: str
) -> None:
    """Also those that are not started by ``subprocess``."""
    (tmp_path / "child.py").write_text(CHILD)
    (tmp_path / "parent.py").write_text(PARENT)
    ran = run_agentrec("run", "--", PY, "parent.py", server.url, way, cwd=tmp_path)
    assert "1 recorded" in ran.stderr and (server.hits, ran.code) == (1, 0)
    ran = run_agentrec("run", "--mode", "replay", "--", PY, "parent.py", server.url, way, cwd=tmp_path)
    assert (ran.stdout, server.hits) == ("200\n", 1) and "1 replayed" in ran.stderr
