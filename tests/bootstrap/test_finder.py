"""The finder: whatever way a library comes to be imported, it is intercepted, and nothing else notices."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import httpx
import pytest
from bootstrap.programs import written
from processes import Ran, Run

from agentrec_auto.bootstrap import hook

SEEN = """
import sys

def seen(module):
    return hasattr(vars(module.Client)["_transport_for_url"], "__wrapped__")
"""

LIBRARIES = pytest.mark.parametrize("library", ["httpx", "httpx2"])


@pytest.fixture
def under_run(run_python: Run) -> Run:
    """``under_run(CODE)``: a script in a process as ``agentrec run`` starts it."""

    def start(code: str, mode: str = "auto", **env: str) -> Ran:
        return run_python("-c", SEEN + code, env={"AGENTREC_MODE": mode, "PYTHONPATH": hook.INJECT, **env})

    return start


@LIBRARIES
@pytest.mark.parametrize(
    "code",
    [
        "import LIBRARY; print(seen(LIBRARY))",
        "from LIBRARY import Client; print(seen(sys.modules['LIBRARY']))",
        "import importlib; print(seen(importlib.import_module('LIBRARY')))",
        "import LIBRARY; del sys.modules['LIBRARY']; import LIBRARY; print(seen(LIBRARY))",
        "import importlib, LIBRARY; importlib.reload(LIBRARY); print(seen(LIBRARY))",
        "import importlib.util; importlib.util.find_spec('LIBRARY'); import LIBRARY; print(seen(LIBRARY))",
        "import threading\ndef get():\n import LIBRARY\n"
        "threads = [threading.Thread(target=get) for _ in range(8)]\n[t.start() for t in threads]\n"
        "[t.join() for t in threads]\nprint(seen(sys.modules['LIBRARY']))",
        "import importlib.util\nspec = importlib.util.find_spec('LIBRARY')\n"
        "spec.loader = importlib.util.LazyLoader(spec.loader)\nmodule = importlib.util.module_from_spec(spec)\n"
        "sys.modules['LIBRARY'] = module\nspec.loader.exec_module(module)\nimport LIBRARY\nprint(seen(LIBRARY))",
    ],
    ids=["import", "from", "import_module", "again", "reload", "find_spec", "threads", "lazy"],
)
def test_intercepted(under_run: Run, library: str, code: str) -> None:
    """However it is imported."""
    ran = under_run(code.replace("LIBRARY", library))
    assert (ran.stdout, ran.stderr.splitlines()[:-1]) == ("True\n", [])


def test_both_in_one_process(under_run: Run) -> None:
    """httpx and httpx2 side by side."""
    assert under_run("import httpx, httpx2; print(seen(httpx), seen(httpx2))").stdout == "True True\n"


def test_alias(under_run: Run) -> None:
    """``httpx2.alias_httpx()`` still finds httpx not yet imported, and its one client is wrapped once."""
    code = """
import httpx2
httpx2.alias_httpx()
import httpx
print(httpx.Client is httpx2.Client, seen(httpx), hasattr(vars(httpx.Client)["_transport_for_url"].__wrapped__, "__wrapped__"))
"""
    assert under_run(code).stdout == "True True False\n"


@LIBRARIES
def test_imported_before_us(run_python: Run, library: str) -> None:
    """What is there when we start is intercepted at once."""
    code = f"import {library}{SEEN}\nfrom agentrec_auto.bootstrap import hook\nhook.start()\nhook.start()\nprint(seen({library}))"
    assert run_python("-c", code, env={"AGENTREC_MODE": "auto"}).stdout == "True\n"


def test_loader_stays_what_it_was(under_run: Run) -> None:
    """Type of loader, source and resources of the library are as without us."""
    code = """
import inspect, importlib.machinery, importlib.resources, httpx
print(type(httpx.__loader__) is importlib.machinery.SourceFileLoader, vars(httpx.__loader__).keys() <= {"name", "path"},
      "import" in inspect.getsource(httpx), importlib.resources.files("httpx").joinpath("py.typed").is_file())
"""
    assert under_run(code).stdout == "True True True True\n"


def test_from_a_zip(under_run: Run, tmp_path: Path) -> None:
    """A loader that serves many modules (zipimport) wakes us for the library, and for no other."""
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        for file in sorted(Path(httpx.__file__).parent.rglob("*.py")):
            bundle.write(file, Path("httpx") / file.relative_to(Path(httpx.__file__).parent))
        bundle.writestr("other.py", "")
    code = f"""
import importlib.util
sys.path.insert(0, {str(archive)!r})
importlib.util.find_spec("httpx")
import other, httpx
print("bundle.zip" in httpx.__file__, seen(httpx))
"""
    assert under_run(code).stdout == "True True\n"


STRANGE = {"httpx.py": "__version__ = '1.0.dev6'\nclass Client: pass\nclass AsyncClient: pass\n"}


def test_not_interceptable_in_auto(under_run: Run, tmp_path: Path) -> None:
    """A version without our target: one line on stderr, and the app goes on."""
    written(tmp_path, "httpx.py", STRANGE["httpx.py"])
    ran = under_run("import httpx; print('went on')")
    assert (ran.code, ran.stdout) == (0, "went on\n")
    assert (
        f"agentrec: can't intercept httpx 1.0.dev6 in {sys.executable} (Python {sys.version.split()[0]}): "
        in ran.stderr
    )


@pytest.mark.parametrize("mode", ["replay", "replya"])
def test_not_interceptable_in_replay(under_run: Run, tmp_path: Path, mode: str) -> None:
    """The import fails by a named error that no ``except ImportError`` swallows; so it does in an unknown mode."""
    written(tmp_path, "httpx.py", STRANGE["httpx.py"])
    ran = under_run("try:\n import httpx\nexcept ImportError: pass", mode)
    assert ran.code == 1
    assert "NotInterceptedError: can't intercept httpx 1.0.dev6 in " in ran.stderr


def test_a_failing_import_fails_as_without_us(under_run: Run, tmp_path: Path) -> None:
    """The library's own error comes through."""
    written(tmp_path, "httpx.py", "raise ZeroDivisionError('theirs')")
    assert "ZeroDivisionError: theirs" in under_run("import httpx").stderr


def test_no_library(under_run: Run) -> None:
    """Where a library isn't installed, its import fails as without us."""
    ran = under_run("sys.path[:] = [p for p in sys.path if 'site-packages' not in p]\nimport httpx2")
    assert "ModuleNotFoundError: No module named 'httpx2'" in ran.stderr


def test_loaded_twice(under_run: Run) -> None:
    """A program that throws modules away and imports them again gets two finders, and no endless search."""
    code = """
del sys.modules["agentrec_auto.bootstrap.hook"]
from agentrec_auto.bootstrap import hook
hook.start()
import httpx, subprocess
print(seen(httpx), subprocess.run(["true"], env={}).returncode)
"""
    assert under_run(code).stdout == "True 0\n"


def test_off_nothing_is_seen(under_run: Run) -> None:
    """The other tests see what is there: off, a library is as it was."""
    assert under_run("import httpx; print(seen(httpx))", "off").stdout == "False\n"
