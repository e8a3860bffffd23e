"""`exact` and `fuzzy`: what two answers say, in words."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from agentrec_auto.comparators import ExactMatchComparator, FuzzyComparator, Pair, Side
from agentrec_auto.providers import DecodedResponse
from agentrec_auto.providers.conversation import ToolCall

EXACT, FUZZY = ExactMatchComparator(), FuzzyComparator()
PARIS = ToolCall("weather", {"city": "Paris", "days": 2}, "call_1")


def pair(baseline="", target="", *, calls=((), ())):
    return Pair("q", Side(text=baseline, tool_calls=calls[0]), Side(text=target, tool_calls=calls[1]))


@pytest.mark.parametrize(
    ("baseline", "target", "same"),
    [
        ("Hi  there\n", "hi there", True),
        ("Straße", "STRASSE", True),
        ("", "", True),
        ("a", "b", False),
        ("", "b", False),
    ],
)
def test_exact(baseline, target, same):
    """Whitespace and case don't count; all else does."""
    told = EXACT.score(pair(baseline, target))
    assert (told.passed, told.score) == (same, float(same))


@pytest.mark.parametrize("comparator", [EXACT, FUZZY])
def test_tool_calls_are_part_of_an_answer(comparator):
    """Two answers without text are only the same if they call the same; ids don't count."""
    same = ToolCall("weather", {"days": 2, "city": "Paris"}, "call_2")
    assert comparator.score(pair(calls=((PARIS,), (same,)))).score == 1
    assert comparator.score(pair(calls=((PARIS,), (ToolCall("delete_all", {}),)))).passed is False
    assert comparator.score(pair(calls=((PARIS,), ()))).passed is False


def test_a_refusal_is_an_answer():
    """A refusal without text is not the same as none."""
    refused = Pair("q", Side(text=""), Side(refusal="I can't help with that."))
    assert EXACT.score(refused).passed is False


def test_fuzzy_is_rapidfuzz():
    """The score is rapidfuzz's ratio of the normalised texts, and the threshold decides."""
    told = FUZZY.score(pair("hello world", "hello there"))
    assert told.score == fuzz.ratio("hello world", "hello there") / 100
    assert told.passed is False
    assert FuzzyComparator(0.6).score(pair("hello world", "hello there")).passed is True


def test_fuzzy_above_200_characters():
    """Long answers that are alike are found alike; difflib's autojunk says 0.44 of such."""
    words = "the order was shipped on monday and will arrive in three days at your address ".split()
    baseline, target = " ".join(words * 5), " ".join([*words[:9], "tomorrow", *words[10:]] * 5)
    told, turned = FUZZY.score(pair(baseline, target)), FUZZY.score(pair(target, baseline))
    assert told.score == turned.score > 0.85


@given(st.text(), st.text())
def test_fuzzy_is_symmetric(baseline, target):
    """For every two texts: the same score either way, 1 only for what `exact` finds the same."""
    told = FUZZY.score(pair(baseline, target))
    assert told.score == FUZZY.score(pair(target, baseline)).score
    assert 0 <= told.score <= 1
    assert (told.score == 1) == (EXACT.score(pair(baseline, target)).score == 1)


@pytest.mark.parametrize(
    ("baseline", "target"),
    [
        ("\ud800 a", "\udfff b"),
        ("\0", "\0a"),
        ("\u202e", "\u2066"),
        ("👩‍👩‍👧", "👩"),
        ("\x1b[31m", "\x1b[32m"),
    ],
)
def test_odd_characters(baseline, target):
    """Lone surrogates, NUL, direction marks and escapes are characters like others."""
    for comparator in (EXACT, FUZZY):
        assert comparator.score(pair(baseline, target)).error is False


def test_ten_megabytes():
    """Too long to be compared is an error in a moment; the same, or of another length, still has a verdict."""
    long = "ab" * 5_000_000
    before = time.process_time()
    told = FUZZY.score(pair(long, long[1:] + "c"))
    assert told.error and "too long to compare: 10,000,000 and 10,000,000 characters" in told.detail
    assert FUZZY.score(pair(long, long)).score == 1
    shorter = FUZZY.score(pair(long, long[:1_000_000]))
    assert shorter.passed is False and shorter.error is False
    assert time.process_time() - before < 15  # compared in full, hours


def test_near_rapidfuzz_speed():
    """Ten thousand pairs take at most a few times what rapidfuzz alone does."""
    answers = [
        f"The invoice {n} of {n % 31} May was paid by card, thank you for waiting. " * 6
        for n in range(10_000)
    ]
    others = [text.replace("paid", "settled") if n % 2 else text for n, text in enumerate(answers)]

    def is_near() -> bool:
        before = time.process_time()
        for one, other in zip(answers, others, strict=True):
            fuzz.ratio(one, other)
        alone, before = time.process_time() - before, time.process_time()
        for one, other in zip(answers, others, strict=True):
            both = pair(one, other)
            EXACT.score(both), FUZZY.score(both)
        return time.process_time() - before < 4 * alone + 0.3

    assert any(is_near() for _ in range(9)), (
        "a busy neighbour doesn't slow down one after the other for so long"
    )


@pytest.mark.parametrize(
    "wrap", [str, lambda text: Side(text=text), lambda text: DecodedResponse("openai", "m", text)]
)
def test_what_compare_takes(wrap):
    """`compare` takes texts, sides, and what `decode_interaction` gives."""
    told = asyncio.run(EXACT.compare("q", wrap("Hi"), wrap("hi ")))
    assert told.passed is True
