"""`regex` and `contains`: what an answer must say, or must not."""

from __future__ import annotations

import pickle

import pytest

from agentrec_auto.comparators import ContainsComparator, Pair, RegexComparator, Side, patterns
from agentrec_auto.errors import ConfigError


def score(comparator, baseline, target):
    return comparator.score(Pair("q", Side(text=baseline), Side(text=target)))


@pytest.mark.parametrize(
    ("expect", "there", "absent"), [("present", True, False), ("absent", False, True), ("same", True, False)]
)
def test_expect(expect, there, absent):
    """Present, absent, or as it is in the baseline (which says so here)."""
    for comparator in (
        RegexComparator("x", r"(?i)\bsorry\b", expect),
        ContainsComparator("x", "Sorry,  I", expect),
    ):
        assert score(comparator, "sorry, I can't", "Sorry, I won't").passed is there
        assert score(comparator, "sorry, I can't", "Here you are").passed is absent


def test_detail():
    """Says what is, what must be, and how the baseline had it."""
    told = score(RegexComparator("no-apology", "sorry", "absent"), "fine", "sorry")
    assert (told.comparator, told.score) == ("no-apology", 0.0)
    assert told.detail == "present, and must be absent (absent in the baseline)"


def test_a_pattern_without_end(monkeypatch):
    """A pattern that takes for ever is stopped, and is an error; after three it isn't tried any more."""
    assert patterns.PATIENCE_S == 2
    monkeypatch.setattr(patterns, "PATIENCE_S", 0.2)
    comparator, tried = RegexComparator("slow", r"(a+a+)+y"), []
    monkeypatch.setattr(
        comparator, "finds", lambda text, finds=comparator.finds: tried.append(text) or finds(text)
    )
    told = [score(comparator, "", "a" * 5_000) for _ in range(100)]
    assert all(one.error for one in told)
    assert told[0].detail == "comparator failed: the pattern took longer than 2 s"
    assert told[-1].detail == "comparator failed: the pattern took longer than 2 s for 3 answers: given up"
    assert len(tried) == 3


def test_a_bad_pattern():
    """Is refused where the comparator is made."""
    with pytest.raises(ConfigError, match=r"bad pattern '\('"):
        RegexComparator("x", "(")
    with pytest.raises(ConfigError, match="unknown expectation 'never'"):
        ContainsComparator("x", "a", "never")


def test_picklable():
    """They can be sent to another process."""
    for comparator in (RegexComparator("x", "a"), ContainsComparator("x", "a")):
        assert score(pickle.loads(pickle.dumps(comparator)), "", "a").passed is True
