"""The page in a real browser: from the server, and as a file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from processes import called, clean_environment
from report.browsing import Opened
from report.conftest import chromium as chromium
from viewing import corpora

AGENTREC = (sys.executable, "-m", "agentrec_auto")


class Viewed:
    """``agentrec view`` in a process of its own."""

    def __init__(self, corpus: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [*AGENTREC, "view", "--no-open", "--json", "--corpus", str(corpus), *words],
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.ready: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.url: str = self.ready["url"]

    def end(self) -> tuple[int, str]:
        """Ctrl-C; its exit code and stderr."""
        self.process.send_signal(2)
        _, stderr = self.process.communicate(timeout=30)
        return self.process.returncode, stderr


class Shown(Opened):
    """The page, opened."""

    def __init__(self, page: Any, url: str) -> None:
        super().__init__(page, url)
        self.load()

    def load(self, hash: str = "") -> None:
        super().load(hash)
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.url, "about:blank", "data:,")):
            self.complaints.append(f"fetched: {url}")

    @property
    def questions(self) -> list[str]:
        """What the list shows, from the top; a text just drawn has no inner text before it is laid out."""
        return self.page.locator("#list .pick").all_text_contents()

    @property
    def reading(self) -> Any:
        return self.page.locator("#reading")

    @property
    def turns(self) -> list[str]:
        """The conversation that is open, each turn as a line."""
        return [" ".join(text.split()) for text in self.page.locator(".turn").all_inner_texts()]

    def open(self, question: str) -> None:
        """Open the recording whose question this is."""
        self.page.locator("#list .pick", has_text=question).first.click()
        self.page.wait_for_selector(".reading-head")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with something of everything."""
    return corpora.shop(tmp_path_factory.mktemp("shop") / "corpus")


@pytest.fixture
def view() -> Iterator[Callable[..., Viewed]]:
    """``view(corpus)``: a server, ended with the test."""
    started: list[Viewed] = []

    def start(corpus: Path, *words: str) -> Viewed:
        started.append(Viewed(corpus, *words))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end()


@pytest.fixture
def show(chromium: Any, view: Callable[..., Viewed], tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    """``show(corpus, served=True, **context)``: the page, in a browser.

    At the end, nothing was fetched from elsewhere, nothing refused by the policy, and no script has failed.
    """
    opened: list[Shown] = []

    def start(corpus: Path, *, served: bool = True, **context: Any) -> Shown:
        if served:
            url = view(corpus).url
        else:
            file = tmp_path / "corpus.html"
            ran = called("view", "--out", file, "--corpus", corpus, cwd=tmp_path)
            assert ran.code == 0, ran.stderr
            url = file.as_uri()
        opened.append(Shown(chromium.new_context(**context).new_page(), url))
        return opened[-1]

    yield start
    for one in opened:
        one.page.context.close()
        assert one.complaints == []
