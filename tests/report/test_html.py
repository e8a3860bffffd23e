"""The page as a text: what holds before any browser has looked at it."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report import studies

import agentrec_auto.report.html as home
from agentrec_auto.report import render_html

FOUND = studies.study(40, ("claude-haiku-4-5",))


class Elements(HTMLParser):
    """Every element, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "there",
    [
        "<!doctype html>",
        "class='pass'",
        "class='fail'",
        "class='tag'",
        "class='verdict'",
        "By category",
        "refund",
    ],
)
def test_what_is_in_it(there: str) -> None:
    """What programs look for in `agentrec`'s page is in ours."""
    assert there in render_html(FOUND)
    assert render_html(FOUND).startswith("<!doctype html>")


def test_the_policy_names_what_is_there() -> None:
    """The policy allows the page's one script and one style by their hashes, and nothing else at all."""
    page = render_html(FOUND)
    policy = re.search('Content-Security-Policy\' content="([^"]+)"', page)
    assert policy is not None
    allowed = dict(part.strip().split(" ", 1) for part in policy[1].split(";"))
    script = re.search("<script>(.*?)</script>", page, re.DOTALL)
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert script is not None and style is not None
    assert allowed == {
        "default-src": "'none'",
        "script-src": hashed(script[1]),
        "style-src": hashed(style[1]),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("found", [FOUND, studies.hostile(), studies.study(9, ("a", "b", "c"))])
def test_nothing_refers_to_elsewhere(found: studies.Study) -> None:
    """No element loads or leads anywhere but within the page, and none has a handler or a style of its own."""
    for tag, attributes in Elements(render_html(found)).found:
        assert tag not in ("img", "iframe", "link", "object", "embed", "form", "base")
        assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in attributes)
        assert attributes.get("href", "#").startswith("#")


def test_hostile_texts_make_no_element() -> None:
    """A hostile study has the elements of a tame one: no script more."""
    tags = [tag for tag, _ in Elements(render_html(studies.hostile())).found]
    assert tags.count("script") == 3  # facts, rows, ours


def test_it_can_be_written() -> None:
    """No control character, no half of a pair: the page is UTF-8 and a text file."""
    page = render_html(studies.hostile())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\u2066]", page.encode().decode())


def test_rows_as_text_are_few() -> None:
    """As many rows as asked for are written out for where scripts are off."""
    page = render_html(FOUND, max_detail_rows=3)
    assert page.count("<tr><td class='number'>") == 3


def test_the_scripts_use_no_markup() -> None:
    """Nothing in the page's scripts takes a text for HTML, or for code."""
    for path in Path(home.__file__).with_name("page").glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", path.read_text()
        )


def test_an_empty_report() -> None:
    """A run that asked nothing has a page, too."""
    assert "There was nothing to ask." in render_html(studies.report_of())
