"""The door of the pytest plugin: looks whether a mode is said and, if not, does nothing more.

pytest imports this in every run of every project that has agentrec-auto installed, so it imports `os` and
nothing of ours. A mode is said by ``--agentrec``, ``AGENTREC_MODE``, the ini key ``agentrec``, or the marker
of a test. `run` switches on and off, `session` holds the hooks of a run that is on, `stages` is what a
marker (`marks`) changes, `fake_files` keeps recordings real under pyfakefs, `environ` takes changes back,
`tail` reads the ledger as it grows, and `summary` and `unused` are what is told at the end.
"""

from __future__ import annotations

import os
from weakref import WeakKeyDictionary

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrec_auto.pytest_plugin.run import Run

MARKER = (
    "agentrec(mode=, corpus=, category=, on_miss=): settings of agentrec for this test (a class, a module) "
    "alone; category is a tag on what it records, mode='off' leaves it alone."
)
OPTIONS = (
    ("agentrec", "MODE", "replay; auto: replay what is recorded, record the rest; record; verify; or off"),
    ("agentrec_corpus", "DIR", "where recordings lie (default: corpus)"),
    ("agentrec_on_miss", "POLICY", "what replay does with a call nobody recorded: fail, live or record"),
)
"""Ini key (and, with dashes, flag), what its value is called, and what it is for."""

_decided: WeakKeyDictionary[pytest.Config, str] = WeakKeyDictionary()
"""The mode that was said, ``""`` for none; with pytest 6, which has no `pytest.StashKey`, too."""


def _mode_of_environment() -> str:
    return os.environ.get("AGENTREC_MODE", "").strip()


def _begin_early() -> Run | None:
    """With AGENTREC_MODE set: begin before any conftest, and most plugins, import anything."""
    if _mode_of_environment() in ("", "off"):
        return None
    from agentrec_auto.bootstrap.hook import NotInterceptedError
    from agentrec_auto.errors import ConfigError
    from agentrec_auto.pytest_plugin.run import Run

    try:
        return Run({}, {})
    except (ConfigError, NotInterceptedError):  # usage errors, once pytest is there to show them: `_decide`
        return None


_early = _begin_early()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--agentrec``, and what can be said with it; the same as ini keys."""
    group = parser.getgroup("agentrec", "recording and replaying LLM calls (agentrec)")
    for name, metavar, told in OPTIONS:
        group.addoption("--" + name.replace("_", "-"), dest=name, metavar=metavar, help=told)
        parser.addini(name, f"{told}; a flag or AGENTREC_… wins", default="")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """As early as flags and ini keys are known."""
    _decide(early_config)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name the marker; begin here where we were loaded too late for earlier (``pytest_plugins``)."""
    config.addinivalue_line("markers", MARKER)
    _decide(config)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Nobody said a mode, but a test's marker may."""
    if _decided[session.config] == "":
        marks = (mark for item in session.items for mark in item.iter_markers("agentrec"))
        if any(mark.kwargs.get("mode", "off") != "off" for mark in marks):
            from agentrec_auto.pytest_plugin.session import begin_for_marked

            begin_for_marked(session)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """An xdist worker is done, and may have found marked tests; only workers see tests."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    if _decided[config] == "":
        from agentrec_auto.pytest_plugin.session import gather_from_workers

        gather_from_workers(node)


def _decide(config: pytest.Config) -> None:
    """Switch on if a mode is said: flag over environment over ini key."""
    global _early
    if config in _decided:
        return
    early, _early = _early, None
    mode = flag(config, "agentrec") or _mode_of_environment() or config.getini("agentrec")
    if config.pluginmanager.is_blocked("agentrec"):  # what we are called everywhere else
        mode = "off"
        if early is not None:
            early.end()
            early = None
    _decided[config] = mode
    if mode in ("", "off") and early is None:
        return
    if not hasattr(pytest, "StashKey"):
        raise pytest.UsageError(f"agentrec needs pytest 7 or later; this is {pytest.__version__}")
    from agentrec_auto.pytest_plugin.session import begin

    begin(config, early)


def flag(config: pytest.Config, name: str) -> str:
    """What was given on the command line; empty for nothing."""
    for namespace in (config.known_args_namespace, config.option):  # the latter is filled after the former
        if given := getattr(namespace, name, None):
            return str(given)
    return ""
