"""The page, as somebody uses it: what it lists, shows and compares, and what it never does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from report.test_page import LOW_CONTRAST
from viewing import corpora
from viewing.conftest import Shown

from agentrec_auto.store.file import FolderStore

Show = Callable[..., Shown]
WAYS = pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
QUESTIONS = [
    "Where is my refund?", "Tell me a joke.", "Tell me a joke.", "← 3 degrees", "Count to 1000.", "Hello?", "Bytes?",
    "openai_gpt-4o_0123456789abcdef",
]  # fmt: skip

HOSTILE = (
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "<!--<script>",
    "<img src=x onerror='window.hacked=1'>",
    "'><svg onload=window.hacked=1>",
    "javascript:window.hacked=1",
    "{{constructor.constructor('window.hacked=1')()}}",
    "]]></style><style>body{display:none}</style>",
    "\u2028window.hacked=1\u2029",
    "<a href='https://evil.example'>click</a>",
)


@WAYS
def test_list(show: Show, shop: Path, served: bool) -> None:
    """Everything is listed, newest first, and what can't be read is named with the reason."""
    shown = show(shop, served=served)
    assert shown.questions == QUESTIONS
    assert "can't be read" in shown.page.locator("#list li").last.text_content()
    assert shown.page.locator("#found").inner_text() == "8 recordings"


@WAYS
def test_a_conversation(show: Show, shop: Path, served: bool) -> None:
    """A recording is shown as a conversation: system, turns, tool call and result, answer."""
    shown = show(shop, served=served)
    shown.open("3 degrees")
    assert shown.turns == [
        "system You know the weather.",
        "user How is Oslo?",
        'assistant → get_weather call_1 { "city": "Oslo" }',
        "tool ← call_1 3 degrees",
        "answer stop Cold.",
    ]
    assert "app/agent.py:plan" in shown.reading.inner_text()


def test_filters(show: Show, shop: Path) -> None:
    """Model, category and ending narrow the list; Clear ends it."""
    shown = show(shop)
    page = shown.page
    page.locator("#model").select_option("gpt-9")
    assert shown.questions == ["Hello?"]
    page.locator("#clear").click()
    page.locator("#category").select_option("=support")
    assert shown.questions == ["Where is my refund?"]
    page.locator("#clear").click()
    page.locator("#ended").select_option("abandoned")
    assert shown.questions == ["Count to 1000."]
    page.locator("#clear").click()
    page.locator("#sort").select_option("oldest")
    assert shown.questions[1:] == ["Bytes?", "Hello?", "Count to 1000.", "← 3 degrees", "Tell me a joke.", "Tell me a joke.", "Where is my refund?"]  # fmt: skip
    page.locator("#clear").click()
    page.locator("#run").select_option("0b")
    assert shown.questions == ["Where is my refund?"]


def test_search(show: Show, shop: Path) -> None:
    """All words must be in question, answer or name; signs are signs, and the address keeps it."""
    shown = show(shop)
    shown.search("JOKE reel")
    assert shown.questions == ["Tell me a joke."]
    shown.search(".*")
    assert shown.questions == []
    assert shown.page.locator("#nothing").is_visible()
    shown.load("q=refund")
    assert shown.questions == ["Where is my refund?"]


def test_raw(show: Show, shop: Path) -> None:
    """Request and response are shown as they are stored, the body laid out or as it was sent."""
    shown = show(shop)
    shown.open("Where is my refund?")
    shown.page.locator("[data-tab=request]").click()
    assert "[REDACTED]" in shown.reading.inner_text()
    assert '  "model": "gpt-4o",' in shown.page.locator(".part pre").inner_text()
    shown.page.locator(".rest", has_text="As sent").click()
    assert shown.page.locator(".part pre").inner_text().startswith('{"model": "gpt-4o", "messages"')
    shown.page.locator("[data-tab=response]").click()
    assert "200 complete" in shown.page.locator(".line").inner_text()


def test_chunks(show: Show, shop: Path) -> None:
    """The pieces of the answer are listed, with when each came."""
    shown = show(shop)
    shown.open("Count to 1000.")
    shown.page.keyboard.press("4")
    rows = shown.page.locator(".chunks tbody tr")
    assert rows.count() == 2
    assert "20.0 ms" in rows.nth(1).inner_text() and "two" in rows.nth(1).inner_text()
    shown.page.keyboard.press("1")
    assert "The app stopped reading here." in shown.reading.inner_text()


def test_takes(show: Show, shop: Path) -> None:
    """The other answers to the same question are a click away."""
    shown = show(shop)
    shown.open("Tell me a joke.")
    assert shown.page.locator(".takes button").all_inner_texts() == ["1", "2"]
    shown.page.locator(".takes button").nth(1).click()
    shown.page.wait_for_selector("h2:text-matches('take2$')")
    assert "the reel" in shown.turns[-1]


@WAYS
def test_compare(show: Show, shop: Path, served: bool) -> None:
    """Two recordings side by side: the words of the answers that differ are marked."""
    shown = show(shop, served=served)
    shown.open("Tell me a joke.")
    shown.page.locator("[data-go=compare]").click()
    shown.page.locator("#list .pick", has_text="Tell me a joke.").nth(1).click()
    shown.page.wait_for_selector("[data-go=swap]")
    assert "The same." in shown.reading.inner_text()
    assert [text.strip() for text in shown.page.locator("del").all_inner_texts()] == ["tape stop"]
    assert [text.strip() for text in shown.page.locator("ins").all_inner_texts()] == ["reel spin"]
    shown.page.keyboard.press("Escape")
    shown.page.wait_for_selector(".tabs")


def test_compare_requests(show: Show, shop: Path) -> None:
    """Where two requests differ is told path by path."""
    shown = show(shop)
    shown.open("Where is my refund?")
    shown.page.keyboard.press("c")
    shown.page.locator("#list .pick", has_text="Hello?").click()
    paths = shown.page.locator(".paths th")
    paths.first.wait_for()
    assert paths.all_inner_texts() == ["model", "messages[0].content"]


def test_compare_conversations(show: Show, tmp_path: Path) -> None:
    """A message put in front is one difference; of long texts, what differs is shown, wherever it is."""
    hello, start = {"role": "user", "content": "hello"}, "word " * 3000
    store = FolderStore(tmp_path / "corpus")
    for question, messages in (
        ("short", [hello, {"role": "user", "content": f"{start}old"}]),
        (
            "long",
            [{"role": "system", "content": "Be brief."}, hello, {"role": "user", "content": f"{start}old"}],
        ),
        ("new", [hello, {"role": "user", "content": f"{start}new"}]),
    ):
        corpora.plant(store, question, corpora.plain(f"answer to {question}"), messages=messages)
    shown = show(tmp_path / "corpus")
    for left, right, told in (("short", "long", ["messages[0]"]), ("short", "new", ["messages[1].content"])):
        shown.page.locator("#list li", has_text=f"answer to {left}").click()
        shown.page.wait_for_selector(".turn")
        shown.page.keyboard.press("c")
        shown.page.locator("#list li", has_text=f"answer to {right}").click()
        shown.page.locator(".paths th").first.wait_for()
        assert shown.page.locator(".paths th").all_inner_texts() == told
    assert shown.page.locator("del").first.inner_text() == "old"
    assert shown.page.locator("ins").first.inner_text() == "new"


def test_keys(show: Show, shop: Path) -> None:
    """j and k go through the list, / searches, ? tells; letters in the search are letters."""
    shown = show(shop)
    page = shown.page
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    page.wait_for_selector(".takes [aria-pressed=true]")
    assert page.locator("#list li[aria-current]").count() == 1
    assert page.locator("#list li").nth(1).get_attribute("aria-current") == "true"
    page.keyboard.press("/")
    page.keyboard.type("j")
    assert page.locator("#search").input_value() == "j"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()


def test_the_way_back(show: Show, shop: Path) -> None:
    """The browser's way back leads from the recording to the list."""
    shown = show(shop)
    shown.open("Hello?")
    shown.page.go_back()
    shown.page.wait_for_selector(".empty")


def test_a_reload(show: Show, shop: Path, tmp_path: Path) -> None:
    """What is recorded meanwhile is there after a reload, and the address still shows what was open."""
    shown = show(corpora.shop(tmp_path / "mine"))
    shown.open("Hello?")
    corpora.plant(FolderStore(tmp_path / "mine"), "What is new?", corpora.plain("This."), at=9)
    shown.page.reload()
    shown.page.wait_for_selector("html[data-ready]", state="attached")
    assert shown.questions[0] == "What is new?"
    assert "no such model" in shown.reading.inner_text()


@WAYS
def test_hostile_texts_stay_texts(show: Show, tmp_path: Path, served: bool) -> None:
    """Whatever models, users and files say, nothing of it runs, loads or becomes an element."""
    store = FolderStore(tmp_path / "corpus")
    for number, text in enumerate(HOSTILE):
        call = {
            "id": text,
            "type": "function",
            "function": {"name": text, "arguments": json.dumps({text: text})},
        }
        corpora.plant(
            store, text, corpora.plain(text, tool_calls=[call], refusal=text), at=number, category=text, run=text,
            call_site=text, sdk=text, tags={text: text}, headers=[(b"x-" + text.encode("ascii", "ignore"), text.encode("latin-1", "ignore"))],
        )  # fmt: skip
    shown = show(tmp_path / "corpus", served=served)
    page = shown.page
    for _ in HOSTILE:
        page.keyboard.press("j")
        for tab in ("5", "4", "3", "2", "1"):
            page.keyboard.press(tab)
        page.wait_for_selector(".turn.is-answer")
        assert page.evaluate("[typeof window.hacked, document.images.length, document.querySelectorAll('a:not(.skip-link)').length]") == ["undefined", 0, 0]  # fmt: skip
    page.keyboard.press("c")
    page.locator("#list li").first.click()
    page.wait_for_selector("[data-go=swap]")
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.locator("body").is_visible()


def test_control_characters_are_spelled_out(show: Show, tmp_path: Path) -> None:
    """Escapes, NUL and turns of direction are shown for what they are."""
    text = "\x1b[31m \x00 \u202e \U0001f600"
    corpora.plant(FolderStore(tmp_path / "corpus"), text, corpora.plain(text))
    shown = show(tmp_path / "corpus")
    shown.page.locator("#list li").first.click()
    shown.page.wait_for_selector(".turn")
    spelled = r"\x1b[31m \x00 \u202e " + "\U0001f600"
    assert [turn.partition(" ")[2].removeprefix("stop ") for turn in shown.turns] == [spelled, spelled]


def test_a_very_long_text(show: Show, tmp_path: Path) -> None:
    """A megabyte is shown in part, and whole when somebody asks."""
    corpora.plant(FolderStore(tmp_path / "corpus"), "x" * 1_000_000, corpora.plain("Long."))
    shown = show(tmp_path / "corpus")
    shown.page.locator("#list li").first.click()
    shown.page.locator(".rest").click()
    assert len(shown.page.locator(".turn pre").first.text_content()) == 1_000_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(show: Show, shop: Path, scheme: str) -> None:
    """Text is at least 4.5 times as bright or dark as what it stands on (WCAG 2.1, AA)."""
    shown = show(shop, color_scheme=scheme)
    for question in ("3 degrees", "Hello?", "Count to 1000."):
        shown.open(question)
        for tab in "12345":
            shown.page.keyboard.press(tab)
            assert shown.page.evaluate(LOW_CONTRAST) == []
    shown.page.keyboard.press("c")
    shown.page.locator("#list li").first.click()
    shown.page.wait_for_selector("[data-go=swap]")
    assert shown.page.evaluate(LOW_CONTRAST) == []


def test_a_phone(show: Show, shop: Path) -> None:
    """On a narrow screen the list comes first, then the recording, and nothing is scrolled sideways."""
    shown = show(shop, viewport={"width": 360, "height": 700})
    sideways = "document.documentElement.scrollWidth > 360"
    assert not shown.page.evaluate(sideways) and not shown.reading.is_visible()
    shown.open("Where is my refund?")
    assert not shown.page.evaluate(sideways) and not shown.page.locator("#list").is_visible()
    shown.page.locator(".back").click()
    assert shown.page.locator("#list").is_visible()


def test_everything_has_a_name(show: Show, shop: Path) -> None:
    """Each control has a name for whoever can't see it."""
    shown = show(shop)
    shown.open("Count to 1000.")
    shown.page.keyboard.press("4")
    nameless = shown.page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, dialog, meter, progress")].filter((one) =>
            !(one.textContent.trim() || one.getAttribute("aria-label") || one.getAttribute("aria-labelledby")))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of 10,000 recordings."""
    folder = tmp_path_factory.mktemp("many") / "corpus"
    store = FolderStore(folder)
    for number in range(10_000):
        corpora.plant(store, f"Where is order {number}?", corpora.plain("On its way."), at=number)
    return folder


@pytest.mark.slow
@WAYS
def test_ten_thousand(show: Show, ten_thousand: Path, served: bool) -> None:
    """10,000 recordings are listed and searched while somebody waits, and the page is at work for less than a second."""
    shown = show(ten_thousand, served=served)
    before = shown.busy_s()
    assert shown.page.locator("#found").inner_text() == "10,000 recordings"
    assert len(shown.questions) == 100
    shown.search("order 77")
    assert len(shown.questions) == 100
    shown.page.locator("#list li").first.click()
    shown.page.wait_for_selector(".turn")
    assert 0 < shown.busy_s() - before < 1
