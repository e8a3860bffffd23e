"""A pytest session that is on: what happens around each test, and at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterable
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from agentrec_auto.bootstrap.environment import settle
from agentrec_auto.bootstrap.hook import NotInterceptedError
from agentrec_auto.bootstrap.leave import leave
from agentrec_auto.errors import ConfigError
from agentrec_auto.flow import active, ledger
from agentrec_auto.flow.ledger import Event
from agentrec_auto.flow.tally import Tally
from agentrec_auto.pytest_plugin import summary
from agentrec_auto.pytest_plugin.fake_files import keep_real
from agentrec_auto.pytest_plugin.marks import overrides_of
from agentrec_auto.pytest_plugin.run import Run, temporary
from agentrec_auto.pytest_plugin.said import anything_said, said
from agentrec_auto.pytest_plugin.stages import Stages, start_lane
from agentrec_auto.pytest_plugin.tail import Tail
from agentrec_auto.pytest_plugin.unused import unused

NAME = "agentrec_auto.session"
RED = (ledger.MISSED, ledger.REFUSED, ledger.DRIFTED)
"""Events that a test can't end well with, even where the app caught the error."""

BY_MARKER = "off, but for marked tests"


def begin(config: pytest.Config, early: Run | None) -> None:
    """Switch on as flags, environment and ini keys say, or off what began ``early``."""
    run = early
    if run is None or anything_said(config):
        if run is not None:
            run.end()
        try:
            run = Run(*said(config, os.environ))
        except (ConfigError, NotInterceptedError) as error:
            raise pytest.UsageError(f"agentrec: {error}") from None
    _take_back_at_the_end(config, run)
    if run.mode != "off":
        _register(config, AgentrecSession(config, run.folder, run.mode, run.corpus))


def begin_for_marked(session: pytest.Session) -> None:
    """Switch on for the tests whose markers say a mode, and leave the others alone."""
    config = session.config
    if (worker := getattr(config, "workerinput", None)) is not None:
        os.environ.setdefault("AGENTREC_RUN_ID", worker["testrunuid"])
        os.environ.setdefault("AGENTREC_RUN_DIR", _folder_of_workers(worker["testrunuid"]))
    try:
        run = Run({**said(config, os.environ)[0], "mode": "auto"}, {})
    except ConfigError as error:
        raise pytest.UsageError(f"agentrec: {error}") from None
    _take_back_at_the_end(config, run)
    run.stand_by()
    plugin = AgentrecSession(config, run.folder, BY_MARKER, run.corpus)
    _register(config, plugin)
    plugin.pytest_collection_finish(session)


def gather_from_workers(node: Any) -> None:
    """In the xdist controller: count what workers noted that switched on for marked tests."""
    config: pytest.Config = node.config
    folder = _folder_of_workers(node.workerinput["testrunuid"])
    if os.path.isdir(folder) and not config.pluginmanager.hasplugin(NAME):
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        environ = dict(os.environ)
        settle(environ, {**said(config, environ)[0], "mode": "auto"}, {})
        _register(config, AgentrecSession(config, folder, BY_MARKER, environ["AGENTREC_CORPUS"]))


class AgentrecSession:
    """The hooks of a session that is on."""

    def __init__(self, config: pytest.Config, folder: str, mode: str, corpus: str) -> None:
        self._config = config
        self._mode = mode
        self._corpus = corpus
        self._tail = Tail(folder)
        self._tally = Tally()
        self._recorded: set[str] = set()
        self._stages = Stages()
        self._session: pytest.Session | None = None

    def pytest_report_header(self) -> str:
        """Mode, corpus, and what is intercepted."""
        return summary.header(self._mode, self._corpus)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Refuse wrong markers before any test runs; an xdist worker, which can't, fails their tests."""
        keep_real()
        if not hasattr(self._config, "workerinput"):
            for item in session.items:
                overrides_of(item)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None]:
        """Each test has its own settings."""
        self._news()  # what happened before is not this test's
        try:
            overrides = overrides_of(item)
        except pytest.UsageError:  # for the test's set-up to tell
            overrides = ()
        with self._stages.stage(overrides):
            yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Each attempt at a test counts takes from 1 (some plugins try a test again)."""
        start_lane()
        try:
            overrides_of(item)
        except pytest.UsageError as error:
            pytest.fail(str(error), pytrace=False)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None]:
        """A fixture of a class, module or session doesn't depend on which test needs it first, or last."""
        if fixturedef.scope == "function":
            yield
            return
        stage = partial(self._stages.stage, overrides_of(request.node))
        tearing_down = ExitStack()
        fixturedef.addfinalizer(tearing_down.close)  # finalizers run in reverse: the fixture's own is between
        with stage():
            yield
        fixturedef.addfinalizer(lambda: tearing_down.enter_context(stage()))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, Any]:
        """What was missed in this phase of a test fails it, also if the app, or an xfail, swallowed it."""
        outcome = yield
        if wrong := [str(event.get("text")) for event in self._news() if event.get("kind") in RED]:
            _blame(outcome.get_result(), "\n".join(dict.fromkeys(wrong)))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A run that missed anything, in a test or outside, does not end well."""
        self._session = session
        self._stages.finish()
        if not summary.saw_fakes():
            leave()
        self._news(below=True)
        if self._tally.is_red and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The section that says what the run did; none if it did nothing and nothing is wrong."""
        names: list[str] = []
        if self._session is not None and self._mode in ("replay", "auto") and not self._tally.is_empty:
            used = self._tally.used | self._recorded
            names = unused(self._session, terminalreporter, self._corpus, used)
        summary.write(terminalreporter, self._tally, names, mode=self._mode, corpus=self._corpus)

    def pytest_unconfigure(self) -> None:
        """Keep what is still open."""
        self._stages.finish()

    def _news(self, *, below: bool = False) -> Iterable[Event]:
        """What was noted since the last look, counted."""
        active.ledger.flush()
        events = self._tail.new(below=below)
        for event in events:
            self._tally.add(event)
            if event.get("kind") == ledger.RECORDED:
                self._recorded.add(str(event.get("name")))
        return events


def _register(config: pytest.Config, plugin: AgentrecSession) -> None:
    config.pluginmanager.register(plugin, NAME)


def _take_back_at_the_end(config: pytest.Config, run: Run) -> None:
    """An xdist worker leaves its ledger to the controller, which may be reading it already."""
    config.add_cleanup(lambda: run.end(hand_up=not hasattr(config, "workerinput")))


def _folder_of_workers(testrun: str) -> str:
    return os.path.join(temporary(), f"agentrec-run-{testrun}")


def _blame(report: pytest.TestReport, text: str) -> None:
    """Fail a report that isn't failed, and add the text to one that is."""
    if report.failed:
        if not summary.is_in(text, report.longreprtext):
            report.sections.append(("agentrec", text))
        return
    try:
        pytest.fail(text, pytrace=False)
    except pytest.fail.Exception:
        report.longrepr = pytest.ExceptionInfo.from_current().getrepr(style="value")
    report.outcome = "failed"
    vars(report).pop("wasxfail", None)
