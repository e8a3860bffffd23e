"""What SDKs do at the points our design stands on; `sdk_facts.py` finds it out, here for the SDKs installed.

The same is asked of openai 1.10 to 3.54 and anthropic 0.39 to 2.12 by the matrix.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from processes import run

Facts = dict[str, Any]


def facts_of(sdk: str, python: str = sys.executable) -> Facts:
    """What `sdk_facts.py` finds out about an SDK under an interpreter."""
    done = run(python, Path(__file__).with_name("sdk_facts.py"), sdk)
    assert done.code == 0, done.stderr
    read: Facts = json.loads(done.stdout)
    return read


def holds(facts: Facts) -> None:
    """What must hold for every version: else the design of a miss is wrong for it."""
    for way in ("sync", "async"):
        for kind in ("miss", "miss_streamed"):
            told = facts[way][kind]
            assert (told["tries"], told["slept"], told["text_kept"]) == (1, 0, True), (way, kind, told)
        assert facts[way]["busy"]["tries"] == 3
        assert facts[way]["busy"]["slept"] < 0.1
        assert facts[way]["ending"]["raised"] is None
        assert facts[way]["connect_error"]["tries"] == 3
        assert not facts[way]["connect_error"]["text_kept"]
    assert facts["without_key"]["tries"] == 0


@pytest.fixture(scope="module")
def openai() -> Facts:
    return facts_of("openai")


@pytest.fixture(scope="module")
def anthropic() -> Facts:
    return facts_of("anthropic")


@pytest.fixture(params=["openai", "anthropic"])
def facts(request: pytest.FixtureRequest) -> Facts:
    found: Facts = request.getfixturevalue(request.param)
    return found


WAYS = pytest.mark.parametrize("way", ["sync", "async"])


@WAYS
@pytest.mark.parametrize("kind", ["miss", "miss_streamed"])
def test_418(facts: Facts, way: str, kind: str) -> None:
    """A 418 with ``x-should-retry: false`` is raised at the first try, with its text (openai 1 to 3, anthropic 0 to 2).

    So a miss is one.
    """
    told = facts[way][kind]
    assert (told["raised"], told["tries"], told["slept"], told["text_kept"]) == ("APIStatusError", 1, 0, True)


@WAYS
def test_connect_error(facts: Facts, way: str) -> None:
    """The library's ConnectError is retried twice, after 1.2 to 1.5 s of sleep in all, and its text lost.

    So a miss isn't one.
    """
    told = facts[way]["connect_error"]
    assert (told["raised"], told["tries"], told["text_kept"]) == ("APIConnectionError", 3, False)
    assert told["slept"] > 1


@WAYS
def test_exception(anthropic: Facts, openai: Facts, way: str) -> None:
    """Any exception is retried by anthropic 2 (and openai 1, 2) and its text lost; openai 3 lets it through.

    So a miss is none.
    """
    assert (anthropic[way]["exception"]["tries"], anthropic[way]["exception"]["text_kept"]) == (3, False)
    assert (openai[way]["exception"]["tries"], openai[way]["exception"]["text_kept"]) == (1, True)


@WAYS
def test_busy(facts: Facts, way: str) -> None:
    """``retry-after-ms: 1`` is obeyed: a kept 503 is retried without sleeping. So we add it to replayed failures."""
    assert facts[way]["busy"]["tries"] == 3
    assert facts[way]["busy"]["slept"] < 0.01


def test_done(openai: Facts) -> None:
    """openai 2.54 and 3 stop at ``[DONE]`` with the stream unread behind it, and openai 3's async client goes over it again.

    So a recording is whole at the last event, and only the first pass is shown to the tap.
    """
    assert openai["sync"]["ending"] == {"raised": None, "passes": 1, "taken": 2, "closed": True}
    assert openai["async"]["ending"] == {"raised": None, "passes": 2, "taken": 2, "closed": True}


@WAYS
def test_message_stop(anthropic: Facts, way: str) -> None:
    """anthropic 0.39 to 2 read on behind ``message_stop`` to the end."""
    assert anthropic[way]["ending"] == {"raised": None, "passes": 1, "taken": 3, "closed": True}


def test_without_key(openai: Facts, anthropic: Facts) -> None:
    """Without a key openai 1 to 3 can't be constructed, and anthropic 0 to 2 raise before the transport is asked.

    So replay sets dummies, and before the app starts.
    """
    assert openai["without_key"] == {"stops": "constructor", "raised": "OpenAIError", "tries": 0}
    assert anthropic["without_key"] == {"stops": "call", "raised": "TypeError", "tries": 0}


def test_all_hold(facts: Facts) -> None:
    """What the matrix asks of every version."""
    holds(facts)
