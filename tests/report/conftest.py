"""A real browser, where the machine has one."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from report.browsing import Opened

from agentrec_auto.migration.rows import MigrationReport, Study
from agentrec_auto.report import render_html

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")  # its event loop runs for as long: no test of another module could have one
def chromium() -> Iterator[Any]:
    """Chromium, driven by playwright; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium on PATH: on Debian, `apt-get install chromium`")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is in the `test` extra")
    with playwright.sync_playwright() as driver:
        # Root, as in containers, has no sandbox to be in.
        flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


def opened_in(
    browser: Any, folder: Path, found: Study | MigrationReport, hash: str, **context: Any
) -> Opened:
    """A report in a page of its own."""
    path = folder / f"{uuid.uuid4().hex}.html"
    path.write_text(render_html(found), encoding="utf-8")
    page = Opened(browser.new_context(**context).new_page(), path.as_uri())
    page.load(hash)
    return page


@pytest.fixture(scope="module")
def one_page(
    chromium: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    """The module's `FOUND`, opened once for all tests that only look at it."""
    page = opened_in(chromium, tmp_path_factory.mktemp("report"), request.module.FOUND, "")
    yield page
    page.close()
    assert page.complaints == []


@pytest.fixture
def shown(one_page: Opened) -> Opened:
    """The same, as nobody has touched it."""
    one_page.go("")
    one_page.page.evaluate("""() => {
        for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
        document.activeElement.blur();
        scrollTo(0, 0);
    }""")
    return one_page


@pytest.fixture
def open_report(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """``open_report(study, "show=breaks", **context)``: the report in a page of its own.

    At the end, nothing was fetched, nothing was refused by the policy, and no script has failed.
    """
    opened: list[Opened] = []

    def start(found: Study | MigrationReport, hash: str = "", **context: Any) -> Opened:
        opened.append(opened_in(chromium, tmp_path, found, hash, **context))
        return opened[-1]

    yield start
    for page in opened:
        page.close()
        assert page.complaints == []
