"""Runs in the Python that is asked about, and writes down what it sees.

Started by `inside` by its path, for agentrec-auto need not be installed there; standard library only, but
for what the start-up hook itself brings in. Its first argument is a file of JSON that says what to look
for; the answer goes to the second.
"""

from __future__ import annotations

import json
import os
import re
import sys
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

HOOK = "agentrec_auto.bootstrap.hook"
FLAGS = {"isolated": "-I", "ignore_environment": "-E", "no_site": "-S"}
"""Names in ``sys.flags`` of what keeps start-up files or the environment out."""


def look(wanted: dict[str, Any]) -> dict[str, Any]:
    """Everything the doctor wants to know about this interpreter.

    ``wanted``: ``folder`` (what the program has first on ``sys.path``), ``libraries`` (the modules we
    intercept), ``distributions`` (whose versions and needs to tell), ``start_up`` (names of files) and
    ``module`` (what is to be run by ``-m``).
    """
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        sys.path.insert(0, wanted["folder"])
    return {
        "executable": sys.executable,
        "version": list(sys.version_info[:3]),
        "implementation": sys.implementation.name,
        "flags": _flags(),
        "mode": os.environ.get("AGENTREC_MODE", ""),
        "waits": _waits(),
        "lacks": _lacks(wanted["module"]),
        "sitecustomizes": _on_path("sitecustomize.py"),
        "start_up": [file for name in wanted["start_up"] for file in _on_path(name)],
        "us": _us(),
        "wrapt": _distribution("wrapt"),
        "libraries": {name: _library(name) for name in wanted["libraries"]},
        "distributions": {name: found for name in wanted["distributions"] if (found := _distribution(name))},
    }


def _flags() -> list[str]:
    given = [letter for name, letter in FLAGS.items() if getattr(sys.flags, name)]
    return [letter for letter in given if letter != "-E" or "-I" not in given]  # -I implies -E


def _waits() -> bool:
    """Whether our finder is in place: whether an HTTP library would be intercepted when it is imported."""
    hook = sys.modules.get(HOOK)
    return hook is not None and hook.Watcher in sys.meta_path


def _lacks(module: str) -> str:
    """The part of a module's name that isn't there; packages are not imported to look further."""
    package = module.partition(".")[0]
    try:
        return package if package and find_spec(package) is None else ""
    except Exception:  # a module without a spec, a finder that fails: it is there, or can't be told
        return ""


def _on_path(name: str) -> list[str]:
    """The files of this name, in the order in which Python would find them."""
    pythonpath = [] if sys.flags.ignore_environment else os.environ.get("PYTHONPATH", "").split(os.pathsep)
    folders = dict.fromkeys([*filter(None, pythonpath), *sys.path])
    return [file for folder in folders if os.path.isfile(file := os.path.join(folder, name))]


def _us() -> dict[str, str]:
    """Which agentrec_auto an import finds here; empty where none is."""
    try:
        package = import_module("agentrec_auto")
    except Exception:
        return {}
    return {"version": package.__version__, "file": str(package.__file__)}


def _library(name: str) -> dict[str, Any]:
    """A library that we intercept: whether it is there, its version, and whether it is intercepted."""
    package = name.partition(".")[0]
    try:
        if find_spec(package) is None or find_spec(name) is None:
            return {}
    except ModuleNotFoundError:  # a version that has no such module
        return {}
    except Exception as error:
        return {"version": _version(package), "intercepted": False, "why": f"{error}"}
    try:
        module = import_module(name)
    except Exception as error:  # in replay, the refusal of our hook
        return {"version": _version(package), "intercepted": False, "why": f"{error}"}
    patches: Any = sys.modules.get("agentrec_auto.bootstrap.patches")
    intercepted = patches is not None and name in patches.patched
    version = str(getattr(module, "__version__", "")) or _version(package)
    return {"version": version, "intercepted": intercepted, "why": ""}


def _distribution(name: str) -> dict[str, Any]:
    """The version of a distribution, and what it needs unless an extra is asked for."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return {}
    needs = [line for line in found.requires or () if "extra ==" not in line]
    names = (re.match(r"[\w.-]+", line) for line in needs)
    return {"version": found.version, "needs": [_normal(name[0]) for name in names if name]}


def _version(name: str) -> str:
    return str(_distribution(name).get("version", ""))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as asked:
        answer = look(json.load(asked))
    with open(sys.argv[2], "w", encoding="utf-8") as told:
        json.dump(answer, told)
