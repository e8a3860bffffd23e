"""A changed prompt in replay: told at once, in words, and not to be swallowed.

openai 3.54, anthropic 2.12, langchain-openai 1.7, langchain-anthropic 1.7. An app that retried (openai and
anthropic do twice, with 0.5 to 8 s between) would show as more misses than it has ways to ask.
"""

from __future__ import annotations

import json

import pytest
from journeys.conftest import Start
from journeys.journey import Leg

SDKS = ["openai", "anthropic", "langchain"]
WORDS = ("swallowing_app.py", "What happens next Monday?", *SDKS)


@pytest.fixture(scope="session")
def leg(journey: Start) -> Leg:
    """Recorded on Monday, replayed with a question about Tuesday."""
    one = journey(*WORDS)
    assert one.recorded.code == 0, one.recorded.stderr
    return one.run("replay", "What happens next Tuesday?", *SDKS, gone=True, keys={})


def answers(leg: Leg, *sdks: str) -> dict[str, dict[str, str]]:
    """What each way of asking got, for all SDKs or some."""
    read = json.loads(leg.stdout)
    return {f"{sdk} {way}": answer for sdk in sdks or SDKS for way, answer in read[sdk].items()}


@pytest.mark.parametrize("sdk", SDKS)
def test_in_words(leg: Leg, sdk: str) -> None:
    """Each error's text names what was asked, the nearest recording and the place that differs."""
    for way, answer in answers(leg, sdk).items():
        text = answer["text"]
        assert "agentrec: no recording in" in text, way
        assert 'messages[0].content: "…Monday?" → "…Tuesday?"' in text, way
        assert "the nearest, " in text, way
        assert "AGENTREC_MODE=auto" in text, way


def test_at_once(leg: Leg) -> None:
    """No retry, and so no back-off: as many misses as ways to ask."""
    got = answers(leg)
    assert f", {len(got)} missed" in leg.summary and len(got) == 13


def test_red(leg: Leg) -> None:
    """The app swallowed every error and ended well; the run ends with 3."""
    assert answers(leg)
    assert leg.code == 3


def test_on_stderr(leg: Leg) -> None:
    """The sentence is on stderr, too, for apps that keep errors to themselves."""
    assert leg.stderr.count('"…Monday?" → "…Tuesday?"') >= 1


def test_apps_own_code(journey: Start) -> None:
    """A command that fails by itself keeps its own exit code."""
    one = journey("legacy_app.py")
    assert one.recorded.code == 0
    one_more = journey("legacy_app.py", "unused")
    failed = one_more.run("replay", gone=True, keys={})
    assert failed.code == 1
    assert "0 replayed, 0 recorded, 1 missed" in failed.summary
    assert "418" in failed.stderr


def test_on_miss_live(journey: Start) -> None:
    """``--on-miss live`` lets a miss through, unrecorded, and the run is green."""
    one = journey(*WORDS)
    assert one.recorded.code == 0
    files = one.files
    leg = one.run("replay", "What happens next Wednesday?", "openai", AGENTREC_ON_MISS="live")
    assert [answer.get("error") for answer in answers(leg, "openai").values()] == [None] * 4
    assert (leg.hits, one.files) == (4, files)
    assert "4 live, unrecorded" in leg.summary


def test_on_miss_record(journey: Start) -> None:
    """``--on-miss record`` records it."""
    one = journey(*WORDS)
    before = len(one.files) if one.recorded.code == 0 else 0
    leg = one.run("replay", "What happens next Thursday?", "openai", AGENTREC_ON_MISS="record")
    assert leg.code == 0
    assert (leg.hits, len(one.files)) == (4, before + 4)
