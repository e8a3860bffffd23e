"""`json`: two answers, leaf by leaf."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrec_auto.comparators import JsonComparator, Pair, Side
from agentrec_auto.errors import ConfigError

JSON = JsonComparator()
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def score(baseline, target, *fields):
    return JsonComparator(fields).score(Pair("q", Side(text=baseline), Side(text=target)))


def test_equal():
    """Order of keys, spelling of numbers and space between don't count."""
    told = score('{"a": 1, "b": [true, null]}', '{"b":[true,null],\n"a":1.0}')
    assert (told.passed, told.score, told.detail) == (True, 1.0, "equal in 3 values")


def test_words_around_the_document_are_told():
    """They don't count, but break who parses the whole answer: where the baseline has none, that is said."""
    assert score('{"a": 1}', '```json\n{"a": 1}\n```').detail == (
        "equal in 1 value; in a fence or among words, where the baseline is bare"
    )
    assert score('Here: {"a": 1}', '```json\n{"a": 1}\n```').detail == "equal in 1 value"


def test_details():
    """What is missing, extra or different is listed by its path; the score is the share of equal leaves."""
    told = score(
        '{"category": "billing", "entities": [{"name": "Ann"}, {"name": "Bo"}], "due": 3, "tags": []}',
        '{"category": "refund", "entities": [{"name": "Ann"}], "tags": [], "note": "x"}',
    )
    assert told.passed is False
    assert told.score == pytest.approx(2 / 6)
    assert told.detail == (
        '2 of 6 values equal: category: "billing" → "refund"; entities[1]: missing (was {…}); '
        'due: missing (was 3); note: extra ("x")'
    )


@pytest.mark.parametrize(
    ("baseline", "target"),
    [
        ("1", "true"),
        ("0", "false"),
        ('"1"', "1"),
        ("null", "false"),
        ("[]", "{}"),
        ('{"a": {}}', '{"a": []}'),
        ('"a"', '"A"'),
    ],
)
def test_not_equal(baseline, target):
    """Numbers are no truths and no strings, empty objects no arrays; case counts."""
    assert score(baseline, target).passed is False


def test_fields():
    """Only the fields asked for count: members, elements, and all below them."""
    one = '{"category": "a", "entities": [{"id": 1, "x": 2}, {"id": 2, "x": 3}], "noise": 1}'
    other = '{"category": "a", "entities": [{"id": 1, "x": 9}, {"id": 2, "x": 9}], "noise": 2}'
    assert score(one, other, "category").passed is True
    assert score(one, other, "category", "entities.*.id").passed is True
    assert score(one, other, "entities[*].id").passed is True
    assert score(one, other, "entities.0.x").passed is False
    assert score(one, other, "**.id").passed is True
    told = score(one, other, "entities")
    assert (told.score, told.comparator) == (0.5, "json:entities")


def test_a_field_that_one_side_lacks():
    """Is a difference; one that neither has is an error, for it was misspelt or is no test."""
    assert score('{"a": 1, "b": 1}', '{"b": 1}', "a").detail == "0 of 1 value equal: a: missing (was 1)"
    assert score('{"a": 1}', '{"a": 1}', "a", "b").passed is True
    told = score('{"a": 1}', '{"a": 1}', "catgory")
    assert told.error and told.detail == "comparator failed: neither answer has catgory"


def test_a_bad_field():
    """A path that is none is refused where the comparator is made."""
    with pytest.raises(ConfigError, match="bad body path"):
        JsonComparator(["a..b"])


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"a": 1}\n```',
        '```\n{"a": 1}\n```',
        'Sure, here you are:\n\n```json\n{"a": 1}\n```\nAnything else?',
        'The result is {"a": 1}. I hope it helps [1].',
        'In [2] words, with {} in between: {"a": 1}',
        '\ufeff  {"a": 1}\n',
        '```json\n{"a": 1}',
        '```python\nprint({"b": 2})\n```\n```json\n{"a": 1}\n```',
    ],
)
def test_words_around_it(text):
    """Fences, prose, footnotes and other code around the document don't count."""
    assert score('{"a": 1}', text).passed is True


def test_not_json():
    """Where the baseline is JSON, an answer that isn't fails; where neither is, there is nothing to say."""
    told = score('{"a": 1}', "I'm sorry")
    assert (told.passed, told.score, told.error) == (False, 0.0, False)
    assert "the target is no JSON" in told.detail
    assert score("Paris", "paris").applies is False
    assert score("Paris", '{"a": 1}').error is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "it has the key 'a' twice in one object"),
        ('{"a": NaN}', "it has NaN, which JSON doesn't"),
        ('{"a": -Infinity}', "it has -Infinity"),
        ("[" * 100_000 + "]" * 100_000, "it is nested too deep"),
        ('{"a":' * 100_000, "it is nested too deep"),
    ],
)
def test_what_parsers_dont_agree_on(text, said):
    """Is an error with its reason, on either side."""
    for pair in ((text, '{"a": 1}'), ('{"a": 1}', text)):
        told = score(*pair)
        assert told.error and said in told.detail


@pytest.mark.parametrize(
    "text",
    [
        "{" * 5_000_000,
        "[{" * 2_000_000,
        '{"a":"' * 1_000_000,
        "```json\n" * 300_000,
        '{"a":[' + "1," * 2_000_000,
        "[1," * 900_000,
    ],
)
def test_ten_megabytes_of_brackets(text):
    """No text takes for ever."""
    before = time.process_time()
    told = score('{"a": 1}', text)
    assert told.passed is not True
    assert time.process_time() - before < 30


def test_thousands_of_digits():
    """A number longer than Python reads is told, not raised."""
    assert score('{"a": 1}', '{"a": ' + "9" * 10_000 + "}").passed is not True


@given(DOCUMENTS)
def test_a_document_is_itself(document):
    """For every document: equal to itself, in a fence, too."""
    text = json.dumps(document)
    assert score(text, text).passed is True
    assert score(text, f"```json\n{text}\n```").passed is True


@given(DOCUMENTS, DOCUMENTS)
def test_symmetric(one, other):
    """For every two documents: the same score either way, and no exception."""
    there, back = score(json.dumps(one), json.dumps(other)), score(json.dumps(other), json.dumps(one))
    assert (there.score, there.passed) == (back.score, back.passed)
    assert there.passed == (there.score == 1)


@given(st.text(alphabet='{}[]",:1a `\n\\'), st.text(alphabet='{}[]",:1a `\n\\'))
def test_any_text(one, other):
    """For every two texts there is a result."""
    assert 0 <= score(one, other).score <= 1
