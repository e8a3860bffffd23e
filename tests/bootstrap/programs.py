"""Small programs for tests to start, and what their runs said."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

CALL = '''
"""python call.py URL WORD [LIBRARY]: one chat request, its answer printed."""
import importlib
import sys

sys.modules["click"] = None  # half of what httpx imports is for its own command line, where there is a click
library = importlib.import_module(sys.argv[3] if len(sys.argv) > 3 else "httpx")
body = {"model": "m", "messages": [{"role": "user", "content": sys.argv[2]}]}
answer = library.post(sys.argv[1] + "/v1/chat/completions", json=body)
print(answer.json()["choices"][0]["message"]["content"])
'''

COUNTS = re.compile(r"agentrec: (\d+) replayed.*?, (\d+) recorded, (\d+) missed")


def counted(stderr: str) -> dict[str, int]:
    """The figures of the summary line; a run has one at most."""
    found = COUNTS.findall(stderr)
    if not found:
        return {}
    (figures,) = found
    return dict(zip(("replayed", "recorded", "missed"), map(int, figures), strict=True))


def written(folder: Path, name: str, text: str) -> Path:
    """A file of the test's."""
    path = folder / name
    path.write_text(text)
    return path


def interpreter(version: str) -> Path:
    """A Python of this version (``3.12``), not ours; the test is skipped where there is none."""
    managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for found in (*sorted(managed.glob(f"{version}.*/bin/python")), shutil.which(f"python{version}")):
        if found and subprocess.run([found, "-c", "pass"], capture_output=True).returncode == 0:
            return Path(found)
    pytest.skip(f"no Python {version} on this machine")


def libraries(folder: Path) -> Path:
    """httpx and what it needs, from our environment, in a folder without agentrec-auto and wrapt."""
    import httpx

    site = Path(httpx.__file__).parent.parent
    folder.mkdir()
    for name in ("httpx", "httpcore", "h11", "certifi", "idna", "anyio", "sniffio", "typing_extensions.py"):
        if (site / name).exists():
            (folder / name).symlink_to(site / name)
    return folder
