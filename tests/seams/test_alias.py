"""``httpx2.alias_httpx()`` (httpx2 from 2.9): one library under two names, patched once, recorded once."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx2
import pytest
from loopback import LoopbackServer
from processes import run

pytestmark = pytest.mark.skipif(not hasattr(httpx2, "alias_httpx"), reason="httpx2 before 2.9 has no alias")

APP = """
import os, sys
{first}
import httpx, httpx2
assert httpx.Client is httpx2.Client
url = os.environ["URL"] + "/v1/chat/completions"
for module, question in ((httpx, "one?"), (httpx2, "two?")):
    with module.Client() as client:
        answer = client.post(url, json={{"model": "m", "messages": [{{"role": "user", "content": question}}]}})
        print(answer.json()["choices"][0]["message"]["content"])
"""
FIRST = {
    "before httpx2 is used": "import httpx2; httpx2.alias_httpx()",
    "by an SDK that imports httpx": "import httpx2; httpx2.alias_httpx(); import httpx._client, httpx._models",
}


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
def test_alias(tmp_path: Path, server: LoopbackServer, first: str) -> None:
    """Under ``agentrec run`` the alias works (we import neither library first), and each call is one recording."""
    (tmp_path / "app.py").write_text(APP.format(first=first))
    line = [sys.executable, "-m", "agentrec_auto", "run", "--mode", "auto", "--", sys.executable, "app.py"]
    recorded = run(*line, env={"URL": server.url}, cwd=tmp_path)
    assert recorded.code == 0, recorded.stderr
    assert "2 recorded, 0 missed" in recorded.stderr
    replayed = run(*line, env={"URL": "http://127.0.0.1:9"}, cwd=tmp_path)
    assert (replayed.code, replayed.stdout) == (0, recorded.stdout)
    assert server.hits == 2
