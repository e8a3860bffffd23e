"""Recordings that no test replayed: told only where it is sure that every test had its chance."""

from __future__ import annotations

import os
from collections.abc import Iterator, Set
from fnmatch import fnmatch
from pathlib import Path

import pytest

from agentrec_auto.errors import AgentrecError

_NARROWING = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "pyargs")
"""Options by which a run leaves tests out."""


def unused(
    session: pytest.Session, reporter: pytest.TerminalReporter, corpus: str, used: Set[str]
) -> list[str]:
    """Names of the recordings in ``corpus`` that are not among ``used``; none where tests were left out."""
    if _left_tests_out(session, reporter):
        return []
    from agentrec_auto.store.base import OF_MIGRATION  # here: only where there was a call
    from agentrec_auto.store.location import open_store

    try:
        found = sorted(
            name for name in set(open_store(corpus).names()) - used if not name.startswith(OF_MIGRATION)
        )
    except AgentrecError:  # told by the calls that met it
        return []
    return [] if found and _leaves_files_out(session.config) else found


def _left_tests_out(session: pytest.Session, reporter: pytest.TerminalReporter) -> bool:
    """Whether tests were deselected, not collected, or not come to."""
    if any(getattr(session.config.option, name, None) for name in _NARROWING):
        return True
    stopped = session.exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    if stopped or session.shouldfail or session.shouldstop or reporter.stats.get("deselected"):
        return True
    return any(isinstance(report, pytest.CollectReport) for report in reporter.stats.get("error", ()))


def _leaves_files_out(config: pytest.Config) -> bool:
    """Whether the command line names paths, and there are test files elsewhere."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return False
    if any("::" in arg for arg in config.args):
        return True
    asked = [(config.invocation_params.dir / arg).resolve() for arg in config.args]
    return not all(any(file.is_relative_to(path) for path in asked) for file in _test_files(config))


def _test_files(config: pytest.Config) -> Iterator[Path]:
    """What a run without paths would look at."""
    patterns, skipped = config.getini("python_files"), config.getini("norecursedirs")
    roots = [path for given in config.getini("testpaths") for path in config.rootpath.glob(given)]
    for root in roots or [config.rootpath]:
        for place, folders, names in os.walk(root):
            folders[:] = [
                name
                for name in folders
                if not any(fnmatch(name, pattern) for pattern in skipped)
                and not os.path.exists(os.path.join(place, name, "pyvenv.cfg"))
            ]
            for name in names:
                if any(fnmatch(name, pattern) for pattern in patterns):
                    yield Path(place, name).resolve()
