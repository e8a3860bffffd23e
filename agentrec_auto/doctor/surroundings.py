"""Findings about what lies around a command: settings, the corpus, CI, and whose ``agentrec`` is called."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from importlib import metadata

from agentrec_auto import __version__
from agentrec_auto.bootstrap import startup_files
from agentrec_auto.config import keys, view
from agentrec_auto.config.load import CI, DEFAULT, Loaded
from agentrec_auto.doctor.finding import Finding, State
from agentrec_auto.errors import AgentrecError, ConfigError
from agentrec_auto.store.base import Store
from agentrec_auto.store.location import check, open_store, path_of, scheme_of

_IMPORT = re.compile(r"^\s*(?:from|import) (?!sys\b|re\b)(\w+)", re.MULTILINE)


def settings(loaded: Loaded, environ: Mapping[str, str]) -> Iterator[Finding]:
    """What holds, and who said it."""
    mode, said_by = loaded.settings.mode, loaded.origins["mode"]
    if mode == "off":
        yield Finding(
            State.IN_THE_WAY,
            "mode",
            f"the mode is off, says {said_by}",
            "say another: `agentrec run --mode auto -- CMD`",
        )
    elif said_by == CI:
        yield Finding(
            State.NOTE,
            "mode",
            f"replay, for CI={environ.get('CI', '')} is set: auto never records in CI",
            "to record all the same, say so: `agentrec run --mode record -- CMD`",
        )
    else:
        yield Finding(State.COVERED, "mode", _said(mode, said_by))
        if keys.is_true(environ.get("CI", "")):
            yield Finding(State.NOTE, "CI", f"set, but the mode was said by {said_by}: {mode} it stays")
    yield _corpus(loaded)
    if loaded.file:
        yield Finding(State.COVERED, "config", loaded.file)
    for note in view.notes(environ):
        yield Finding(State.NOTE, "environment", note)


def here() -> Iterator[Finding]:
    """The agentrec that is asked, and the commands of that name."""
    yield Finding(
        State.COVERED, "agentrec-auto", f"{__version__}, {os.path.dirname(os.path.dirname(__file__))}"
    )
    yield from _start_up_files()
    file = shutil.which("agentrec")
    owner = owner_of(file) if file else ""
    if file is None:
        yield Finding(State.NOTE, "agentrec", f"not on PATH: call it by `{sys.executable} -m agentrec_auto`")
    elif owner != "agentrec_auto":
        yield Finding(
            State.NOTE,
            "agentrec",
            f"{file} belongs to {_distribution_of(owner)}, not to agentrec-auto",
            "call us by our other name: `agentrec-auto`",
        )
    elif os.path.dirname(os.path.realpath(file)) != os.path.realpath(sysconfig.get_path("scripts")):
        yield Finding(State.NOTE, "agentrec", f"{file}, which is first on PATH, is of another environment")


def owner_of(script: str) -> str:
    """The package that a console script starts; empty where it can't be told."""
    try:
        with open(script, encoding="utf-8", errors="replace") as file:
            found = _IMPORT.search(file.read(10_000))
    except OSError:
        return ""
    return found[1] if found else ""


def _corpus(loaded: Loaded) -> Finding:
    """Whether recordings can be read or written where the mode needs it."""
    corpus, mode = loaded.settings.corpus, loaded.settings.mode
    told = _said(corpus, loaded.origins["corpus"])
    if corpus == "memory:":
        return Finding(State.NOTE, "corpus", f"{told}: kept by no process longer than it lives")
    try:
        check(corpus, loaded.origins["corpus"])
        store, path = open_store(corpus), path_of(corpus)
    except ConfigError as error:
        return Finding(State.IN_THE_WAY, "corpus", f"{told}: {error.problem}", f"name {error.expected}")
    if mode == "replay" and loaded.settings.on_miss == "fail" and _is_empty(store):
        return Finding(
            State.IN_THE_WAY,
            "corpus",
            f"nothing is recorded in {corpus}: every call would be a miss",
            "record first: `agentrec run --mode auto -- CMD`",
        )
    folder = os.path.dirname(path) if path and scheme_of(corpus) == "sqlite" else path
    if folder and mode in ("record", "auto", "refresh") and (obstacle := _unwritable(folder)):
        return Finding(
            State.IN_THE_WAY,
            "corpus",
            f"{obstacle} is not a folder that can be written to",
            "name another: `agentrec run --corpus DIR -- CMD`",
        )
    return Finding(State.COVERED, "corpus", told)


def _said(value: str, origin: str) -> str:
    return f"{value} (the default)" if origin == DEFAULT else f"{value}, says {origin}"


def _is_empty(store: Store) -> bool:
    try:
        return not any(True for _ in store.names())
    except AgentrecError:
        return True


def _unwritable(folder: str) -> str:
    """The nearest thing that is there and keeps ``folder`` from being written; empty where nothing does."""
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    return "" if os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK) else folder


def _start_up_files() -> Iterator[Finding]:
    folder = sysconfig.get_path("purelib")
    there = [name for name in startup_files.FILES if os.path.exists(os.path.join(folder, name))]
    if there:
        yield Finding(State.COVERED, "start-up files", f"{', '.join(there)} in {folder}")


def _distribution_of(package: str) -> str:
    """``agentrec 1.0.0`` for a package of this environment, else its bare name."""
    names = metadata.packages_distributions().get(package, [])
    return f"{names[0]} {metadata.version(names[0])}" if names else package or "another program"
