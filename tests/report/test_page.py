"""The page in a real browser: what it shows, what can be done with it, and what can't be done to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from report import studies
from report.browsing import Opened

from agentrec_auto.migration.rows import Study
from agentrec_auto.report.lines import changed, deciding, outcome

Open = Callable[..., Opened]

FOUND = studies.study(150)
JUDGES = deciding(FOUND.first.comparator_names)


def numbers_where(holds: Callable[..., bool], found: Study = FOUND) -> list[int]:
    """The numbers of the rows of which something is true; the first page of them."""
    return [number for number, row in enumerate(found.first.rows, 1) if holds(row)][:100]


def test_the_first_screen_answers(open_report: Open) -> None:
    """The verdict and its three numbers are on the first screen, before anything is scrolled."""
    page = open_report(FOUND, viewport={"width": 1280, "height": 720}).page
    assert "prompts would break" in page.locator("h1").inner_text()
    figures = page.locator(".tile .figure")
    assert figures.count() == 3
    assert all(figures.nth(place).bounding_box()["y"] < 720 for place in range(3))


def test_all_rows_are_there(shown: Opened) -> None:
    """Rows come a hundred at a time, and the pages between them hold all of them."""
    assert shown.numbers == list(range(1, 101))
    shown.page.locator(".pager [data-go='1']").first.click()
    assert shown.numbers == list(range(101, 151))
    assert shown.hash == {"page": "2"}


@pytest.mark.parametrize(
    ("hash", "holds"),
    [
        ("show=breaks", lambda row: outcome(row, JUDGES) == "breaks"),
        ("show=skipped", lambda row: row.status == "skipped"),
        ("show=error", lambda row: row.status == "error"),
        ("changed=only", changed),
        ("changed=only&show=holds", lambda row: changed(row) and outcome(row, JUDGES) == "holds"),
        ("by=toolcalls", lambda row: any(r.comparator == "toolcalls" and not r.passed for r in row.comparisons)),
        ("category=%3Dapp%2Froute.py%3Aroute", lambda row: row.category == "app/route.py:route"),
        ("q=NOVAK", lambda row: "Novak" in row.prompt_text + row.baseline_text + (row.target_text or "")),
        ("q=search_orders", lambda row: bool(row.baseline and row.baseline.tool_calls)),
        ("show=nonsense&by=nobody&page=x&row=-4&sort=zzz", lambda row: True),
    ],
)  # fmt: skip
def test_a_filter_in_the_address(shown: Opened, hash: str, holds: Callable[..., bool]) -> None:
    """An address with a filter in it shows the rows that the filter means."""
    shown.go(hash)
    assert shown.numbers == numbers_where(holds)


def test_filters_go_into_the_address(shown: Opened) -> None:
    """What is chosen and typed can be sent to somebody as an address."""
    shown.page.get_by_role("button", name="Broken").click()
    shown.page.locator("#category").select_option("=app/agent.py:plan")
    shown.search("customer")
    assert shown.hash == {"show": "breaks", "category": "=app/agent.py:plan", "q": "customer"}
    numbers = shown.numbers
    assert numbers
    shown.load("&".join(f"{name}={value}" for name, value in shown.hash.items()))
    assert shown.numbers == numbers
    shown.page.locator("#clear").click()
    assert shown.hash == {} and len(shown.numbers) == 100


def test_search_is_for_words_not_patterns(open_report: Open) -> None:
    """What is a pattern to programs is searched for as it stands."""
    found = studies.report_of(studies.row("a.b(c"), studies.row("aXb(c"), studies.row("other"))
    assert open_report(found, "q=a.b(c").numbers == [1]


def test_the_lowest_score_first(shown: Opened) -> None:
    """Sorted by score, what is least alike comes first."""
    shown.go("sort=score&show=breaks")
    place = dict(enumerate(FOUND.first.rows, 1))
    lowest = [
        min(one.score for one in place[number].comparisons if one.comparator in JUDGES)
        for number in shown.numbers
    ]
    assert lowest == sorted(lowest)


def test_keys(shown: Opened) -> None:
    """j and k move, Enter opens, j goes on inside, Esc closes, / searches, ? tells."""
    shown.press("j", "j", "k", "j", "Enter")
    assert shown.hash == {"row": "2"} and shown.drawer.is_visible()
    shown.press("j")
    assert shown.hash == {"row": "3"}
    shown.press("Escape")
    assert not shown.drawer.is_visible() and shown.hash == {}
    assert shown.page.evaluate("document.activeElement.dataset.index") == "2"
    shown.press("/")
    assert shown.page.evaluate("document.activeElement.id") == "search"
    shown.press("Escape", "?")
    assert shown.page.locator("#help").is_visible()


def test_keys_pass_the_end_of_a_page(shown: Opened) -> None:
    """Inside the drawer, the row after the last of a page is the first of the next."""
    shown.go("row=100")
    shown.press("j")
    assert shown.hash == {"page": "2", "row": "101"}
    shown.press("k")
    assert shown.hash == {"page": "1", "row": "100"}


def test_letters_in_the_search_are_letters(shown: Opened) -> None:
    """j, k, / and ? are typed into the search, not obeyed."""
    shown.press("/")
    shown.page.keyboard.type("jk/?")
    assert shown.page.locator("#search").input_value() == "jk/?"


def test_the_words_that_differ(open_report: Open) -> None:
    """Side by side, the words that differ are marked, and no others."""
    old, new = "The refund takes 5 days, as ever.", "The reimbursement takes 5 working days, as ever."
    opened = open_report(studies.report_of(studies.row("How long?", old, new)), "row=1")
    assert opened.drawer.locator("del").all_inner_texts() == ["refund"]
    assert [text.strip() for text in opened.drawer.locator("ins").all_inner_texts()] == [
        "reimbursement",
        "working",
    ]
    assert opened.drawer.locator(".pane pre").all_inner_texts() == [old, new]


@pytest.mark.parametrize(
    ("old", "new"),
    [("", "all new"), ("all gone", ""), ("a b c d e", "e d c b a"), ("x " * 900, "y " * 900), ("same", "same")],
    ids=["from nothing", "to nothing", "turned around", "too much to compare", "the same"],
)  # fmt: skip
def test_a_diff_loses_no_word(open_report: Open, old: str, new: str) -> None:
    """However two texts differ, each side shows its own text, whole."""
    opened = open_report(studies.report_of(studies.row("Go", old, new)), "row=1")
    panes = opened.drawer.locator(".pane pre")
    assert [panes.nth(place).text_content() for place in (0, 1)] == [old or "nothing", new or "nothing"]


def test_tool_calls_differ_in_words(open_report: Open) -> None:
    """Of tool calls too, only what differs is marked: the order of members is no difference."""
    from agentrec_auto.comparators.base import Side
    from agentrec_auto.providers.conversation import ToolCall

    row = studies.row(
        "Look",
        baseline=Side("a", "", (ToolCall("find", {"limit": 3, "name": "x"}),)),
        target=Side("b", "", (ToolCall("find", {"name": "x", "limit": 5}),)),
        baseline_text="",
        target_text="",
    )
    opened = open_report(studies.report_of(row), "row=1")
    assert opened.drawer.locator("del").all_inner_texts() == ["3"]
    assert opened.drawer.locator("ins").all_inner_texts() == ["5"]


def test_several_targets(open_report: Open) -> None:
    """Targets stand side by side; a filter can mean one of them."""
    found = studies.study(40, ("claude-haiku-4-5", "gpt-5-mini", "gemini-2.5-flash"))
    opened = open_report(found, "show=breaks&target=1")
    judges = deciding(found.first.comparator_names)
    rows = found.reports[1].rows
    assert opened.numbers == [
        number for number, row in enumerate(rows, 1) if outcome(row, judges) == "breaks"
    ]
    opened.go("row=1")
    assert [head.split(" ")[0] for head in opened.drawer.locator(".pane h3").all_inner_texts()] == [
        "Baseline", "claude-haiku-4-5", "gpt-5-mini", "gemini-2.5-flash",
    ]  # fmt: skip


def test_hostile_texts_stay_texts(open_report: Open) -> None:
    """Whatever models, users and files say, nothing of it runs, loads or becomes an element."""
    opened = open_report(studies.hostile())
    for number in range(1, len(studies.HOSTILE) * 2 + 1):
        opened.go(f"row={number}")
        assert opened.drawer.is_visible()
        assert opened.page.evaluate("[typeof window.hacked, document.images.length]") == ["undefined", 0]


def test_control_characters_are_spelled_out(open_report: Open) -> None:
    """Escapes, NUL, turns of direction and halves of pairs are shown for what they are."""
    text = "\x1b[31m \x00 \u202e \ud800 \U0001f600"
    opened = open_report(studies.report_of(studies.row("Go", text, text)), "row=1")
    assert (
        opened.drawer.locator(".pane pre").first.inner_text()
        == r"\x1b[31m \x00 \u202e \ud800 " + "\U0001f600"
    )


def test_odd_numbers_break_nothing(open_report: Open) -> None:
    """A tool called with NaN, an endless score and an argument named __proto__ leave the page alive."""
    from agentrec_auto.comparators.base import ComparisonResult, Side
    from agentrec_auto.providers.conversation import ToolCall

    calls = (ToolCall("f", {"x": float("nan"), "__proto__": {"polluted": 1}}),)
    odd = studies.row(
        "Odd", comparisons=[ComparisonResult("exact", float("inf"), None)], target=Side("m", "", calls)
    )
    opened = open_report(studies.report_of(odd, studies.row()), "row=1")
    assert "polluted" in opened.drawer.inner_text()
    assert opened.page.evaluate("typeof ({}).polluted") == "undefined"


def test_dark_and_light(open_report: Open) -> None:
    """The page follows the system, and the button turns it over."""
    opened = open_report(FOUND, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = opened.page.evaluate(ground)
    opened.page.locator("#theme").click()
    assert opened.page.evaluate(ground) != dark
    opened.page.locator("#theme").click()
    assert opened.page.evaluate(ground) == dark


def test_without_scripts(open_report: Open) -> None:
    """With scripts off, verdict, numbers and the first rows can be read, and no dead control is shown."""
    page = open_report(FOUND, java_script_enabled=False).page
    assert "would break" in page.locator("h1").inner_text()
    assert page.locator("#rows tbody tr").count() == 25
    assert page.locator("button:visible:not(.tag), select:visible, input:visible").count() == 0
    page.locator("details summary").first.click()
    assert page.locator("details[open] pre").first.is_visible()


def test_print(open_report: Open) -> None:
    """On paper there are no controls, and dark ink on white whatever the screen was."""
    page = open_report(FOUND, color_scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".filters, .pager, #theme").locator("visible=true").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_phone(open_report: Open) -> None:
    """On a narrow screen nothing has to be scrolled sideways, two targets and the drawer included."""
    opened = open_report(
        studies.study(20, ("claude-haiku-4-5", "gpt-5-mini")), viewport={"width": 360, "height": 700}
    )
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360
    opened.go("row=1")
    for part in ("#drawer-body", "#drawer .panes"):
        assert opened.page.evaluate("part => document.querySelector(part).scrollWidth", part) <= 360


def test_everything_has_a_name(shown: Opened) -> None:
    """Each control has a name for whoever can't see it, and there is one main part and one headline."""
    shown.go("row=1")
    page = shown.page
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, svg, dialog")].filter((one) =>
            !(one.textContent.trim() || one.getAttribute("aria-label") || one.getAttribute("aria-labelledby")))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    assert page.locator("main").count() == page.locator("h1").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(open_report: Open, scheme: str) -> None:
    """Text is at least 4.5 times as bright or dark as what it stands on (WCAG 2.1, AA)."""
    page = open_report(FOUND, "changed=only", color_scheme=scheme).page
    assert page.evaluate(LOW_CONTRAST) == []


def test_print_a_row(open_report: Open) -> None:
    """With a row open, it is the row that is printed, all of it."""
    page = open_report(FOUND, "row=4").page
    page.emulate_media(media="print")
    assert page.locator("#drawer .panes").is_visible()
    assert not page.locator("h1").is_visible()
    cut = "[...document.querySelectorAll('#drawer, #drawer-body')].some((one) => one.scrollHeight > one.clientHeight + 1)"
    assert not page.evaluate(cut)


@pytest.mark.slow
def test_ten_thousand_rows(open_report: Open) -> None:
    """10,000 rows open and filter while somebody waits: in seconds and tenths of them, by the processor."""
    opened = open_report(studies.study(10_000))
    before = opened.busy_s()
    opened.load()
    loaded = opened.busy_s()
    opened.go("q=reimbursement")
    assert opened.page.locator("#rows tbody tr").count() == 100
    filtered = opened.busy_s()
    assert 0 < loaded - before < 5
    assert 0 < filtered - loaded < 2


LOW_CONTRAST = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const bright = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = new Set();
  for (const one of document.querySelectorAll("main *, header *, footer *")) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (!one.checkVisibility() || one.closest("svg, :disabled, option, script")) continue;
    const [a, b] = [bright(numbers(getComputedStyle(one).color)), bright(ground(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.add(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
  }
  return [...found];
}"""
"""What is too faint on the page."""
