"""Small programs for tests to start, and what their runs said."""

from __future__ import annotations

import re
from pathlib import Path

CALL = '''
"""python call.py URL WORD [LIBRARY]: one chat request, its answer printed."""
import importlib
import sys

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
