"""`toolcalls`: which, in which order, with what."""

from __future__ import annotations

import time

import pytest

from agentrec_auto.comparators import Pair, Side, ToolCallsComparator
from agentrec_auto.providers.conversation import ToolCall


def call(name, /, **arguments):
    return ToolCall(name, arguments, f"call_{id(arguments)}")


def score(baseline, target, *modes):
    pair = Pair("q", Side(tool_calls=tuple(baseline)), Side(tool_calls=tuple(target)))
    return ToolCallsComparator(modes).score(pair)


def test_the_same():
    """Ids and the order of arguments don't count."""
    told = score([call("find", a=1, b="x")], [ToolCall("find", {"b": "x", "a": 1.0}, "other")])
    assert (told.passed, told.score, told.detail) == (True, 1.0, "the same: find")


def test_none():
    """Two answers that call nothing agree; one that calls where the other doesn't, breaks."""
    assert score([], []).passed is True
    told = score([], [call("delete", all=True)])
    assert (told.passed, told.score, told.detail) == (False, 0.0, 'extra: delete({"all": true})')
    assert score([call("find", q="a")], []).detail == 'missing: find({"q": "a"})'


def test_other_arguments():
    """Differences are told by tool and argument; the score is the share of equal arguments."""
    told = score([call("book", city="Paris", days=2)], [call("book", city="Lyon", days=2)])
    assert (told.passed, told.score, told.detail) == (False, 0.5, 'book: city: "Paris" → "Lyon"')
    assert score([call("book", city="Paris")], [call("book", city="Lyon")], "names").passed is True


def test_order():
    """Order counts, unless it is said that it doesn't."""
    one, other = [call("a"), call("b"), call("c")], [call("b"), call("a"), call("c")]
    told = score(one, other)
    assert (told.passed, told.score, told.detail) == (False, pytest.approx(2 / 3), "order: a, b, c → b, a, c")
    assert score(one, other, "unordered").passed is True
    assert score(one, other, "names").passed is False
    assert score(one, other, "names", "unordered").passed is True


def test_parallel_calls_of_one_tool():
    """Calls of one tool are matched by their arguments, not by their place."""
    one, other = [call("get", n=1), call("get", n=2)], [call("get", n=2), call("get", n=1)]
    assert score(one, other, "unordered").passed is True
    assert "order" in score(one, other).detail
    assert score(one, [*one, call("get", n=1)]).detail == 'extra: get({"n": 1})'


@pytest.mark.parametrize("spelled", ['```json\n{"a": 1}\n```', '{"a": 1}}', 'Sure: {"a": 1}'])
def test_arguments_that_no_program_could_parse(spelled):
    """A fence or words around the arguments break the caller, whatever is inside of them."""
    told = score([call("find", a=1)], [ToolCall("find", spelled)])
    assert told.passed is False and told.detail.startswith("find: the whole: {…} → ")


def test_arguments_that_came_as_a_string():
    """A gateway's string of JSON is what it says; a torn one is a text."""
    assert score([call("f", a=1)], [ToolCall("f", '{"a": 1}')]).passed is True
    assert score([ToolCall("f", "")], [call("f")]).passed is True
    assert score([ToolCall("f", '{"a":')], [call("f", a=1)]).passed is False


def test_many():
    """Twenty thousand calls take a moment, and the detail stays a line."""
    before = time.process_time()
    told = score([call("f", n=n) for n in range(20_000)], [call("f", n=-n) for n in range(20_000)])
    assert len(told.detail) < 300 and told.detail.endswith("and 19,994 more")
    score([call("f", n=n) for n in range(20_000)], [call("f", n=n) for n in range(20_000)][::-1])
    assert time.process_time() - before < 30  # each with each would be minutes


def test_an_unknown_mode():
    """Is refused, with those there are."""
    with pytest.raises(ValueError, match="unknown mode 'name' of toolcalls: expected names or unordered"):
        ToolCallsComparator(["name"])
