"""Commands that are scripts: whether they keep us out of the Python they start is said beforehand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from processes import Run

PY = sys.executable
KEPT_OUT = {
    "-E": f"#!{PY} -E\n",
    "-sI": f"#! {PY} -sI\n",
    "env -S": f"#!/usr/bin/env -S PYTHONPATH=lib {PY}\n",
    "a service's start": "#!/bin/sh\ncd .\nexport PYTHONPATH=/srv/app\nexec true\n",
    "relative to a variable": '#!/usr/bin/env bash\nPYTHONPATH="$HOME/src"; export PYTHONPATH\ntrue\n',
    "unset": "#!/bin/sh\nset -e && unset PYTHONPATH\n",
    "before one command": f"#!/bin/sh\nexec env -i A=b {PY} -c pass\n",
    "a flag": f"#!/bin/sh\nexec {PY} -I -c pass\n",
}
IN = {
    "plain": f"#!{PY} -s\n",
    "env": "#!/usr/bin/env python3\n",
    "added to": '#!/bin/sh\nexport PYTHONPATH="src:${PYTHONPATH}"\nPYTHONPATH=lib:$PYTHONPATH true\n',
    "another's": "#!/bin/sh\nPYTHONPATH=src true\n# PYTHONPATH=src\necho PYTHONPATH=src\n",
    "installing": f"#!/bin/sh\n{PY} -I -m pip --version >/dev/null\n",
    "no script": "",
}


def script(folder: Path, text: str) -> Path:
    """An executable file; a program, if there is no text."""
    if not text:
        return Path("/bin/true")
    path = folder / "start"
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("way", ["by its path", "by its name", "by its shell", "by env"])
@pytest.mark.parametrize("what", KEPT_OUT)
def test_told(run_agentrec: Run, tmp_path: Path, what: str, way: str) -> None:
    """Before it is started, and with the place."""
    path = script(tmp_path, KEPT_OUT[what])
    if way == "by its shell" and "sh\n" not in KEPT_OUT[what]:
        pytest.skip("a Python's script")
    words = {"by its shell": ["sh", "-e", path], "by its name": ["start"], "by env": ["env", "A=b", path]}
    search = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    ran = run_agentrec("run", "--", *words.get(way, [path]), cwd=tmp_path, env={"PATH": search})
    assert ran.stderr.startswith(f"agentrec: {path}"), ran.stderr
    assert ran.stderr.count("nothing is intercepted") == 1


def test_told_of_a_text(run_agentrec: Run) -> None:
    """``sh -c`` likewise."""
    ran = run_agentrec("run", "--", "sh", "-ec", f"export PYTHONPATH=src; {PY} -c pass")
    assert "`PYTHONPATH=src` takes our PYTHONPATH away" in ran.stderr


@pytest.mark.parametrize("what", IN)
def test_not_told(run_agentrec: Run, tmp_path: Path, what: str) -> None:
    """No word of scripts that leave us where we are, or start nothing that we miss."""
    ran = run_agentrec("run", "--", script(tmp_path, IN[what]))
    assert (ran.code, ran.stderr) == (0, "agentrec: no LLM call was seen · mode auto · corpus\n")
