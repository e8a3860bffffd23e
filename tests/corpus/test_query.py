"""The query language: what each filter means, and what is said of one that means nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from agentrec_auto.corpus.facts import Facts
from agentrec_auto.corpus.query import _TESTS, fields, parse
from agentrec_auto.errors import ConfigError

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc).astimezone()
FACTS = Facts(
    name="openai_gpt-4o_5dde0f9fe3faeee4.take2",
    key="openai_gpt-4o_5dde0f9fe3faeee4",
    take=2,
    provider="openai",
    dialect="openai",
    model="gpt-4o-2024-08-06",
    stream=True,
    method="POST",
    url="https://api.openai.com/v1/chat/completions",
    status=404,
    ending="abandoned",
    recorded_at=NOW - timedelta(days=3),
    latency_s=2.5,
    latency_first_chunk_s=0.5,
    category="extract",
    tags={"team": "search"},
    call_site="app/extract.py:extract_invoice",
    library="httpx2 2.16.2",
    sdk="OpenAI/Python 3.54.0",
    run="058735d603d825bf",
    imported_from=None,
    synthesised=False,
    request_bytes=10,
    response_bytes=20,
    chunk_count=2,
)


class Asked:
    """A recording of these facts."""

    facts = FACTS
    text = "where is my refund, please?\nit is on its way"


def means(*words: str, facts: Facts = FACTS) -> bool:
    asked = Asked()
    asked.facts = facts
    return parse(words, now=NOW).means(asked)


@pytest.mark.parametrize(
    "term",
    [
        "provider:openai",
        "provider:OpenAI",
        "provider:anthropic,openai",
        "dialect:openai",
        "model:gpt-4o*",
        "model:claude*,gpt*",
        "status:404",
        "status:4xx",
        "status:>=400",
        "status:200,404",
        "stream:true",
        "ending:abandoned",
        "ending:complete,abandoned",
        "category:extract",
        "tag:category=extract",
        "tag:team=search",
        "tag:team",
        "tag:team=s*",
        "since:7d",
        "since:2026-11-20",
        "until:2d",
        "until:2026-11-20",
        "until:2026-11-20T23:00",
        "take:2",
        "take:>1",
        "run:0587*",
        "latency:>2",
        "latency:<=2.5s",
        "url:/v1/chat",
        "site:extract_invoice",
        "sdk:openai",
        "library:httpx2",
        "name:openai_gpt-4o_*",
        "name:openai_gpt-4o_5dde0f9fe3faeee4",
        "refund",
        "REFUND",
        "text:refund",
        'text:"refund, please"',
        "text:refund, please",
        "5dde0f9f",
        "!status:200",
        "!refunds",
        "!model:claude*,o3*",
    ],
)
def test_means(term: str) -> None:
    """It holds for the recording."""
    assert means(term)


@pytest.mark.parametrize(
    "term",
    [
        "provider:open",
        "model:gpt-4o",
        "status:200",
        "status:2xx",
        "status:<400",
        "stream:false",
        "ending:complete",
        "category:extra",
        "tag:team=desk",
        "tag:other",
        "since:2d",
        "since:yesterday",
        "until:7d",
        "until:2026-11-19",
        "take:1",
        "latency:>3",
        "url:/v1/messages",
        "text:refunds",
        "!refund",
        "!provider:anthropic,openai",
    ],
)
def test_does_not_mean(term: str) -> None:
    """It doesn't hold for the recording."""
    assert not means(term)


def test_all_must_hold() -> None:
    """Terms are joined by and."""
    assert means("status:404", "refund")
    assert not means("status:404", "status:200")


@pytest.mark.parametrize(
    ("word", "terms"),
    [
        ("provider:openai status:404", ["provider:openai", "status:404"]),
        ("refund status:404", ["status:404", "refund"]),
        ("two words", ["two words"]),
        ("text:two words", ["text:two words"]),
        ('text:"two words" status:404', ["status:404", 'text:"two words"']),
        ("site:app/my file.py", ["site:app/my file.py"]),
    ],
)
def test_words_of_a_shell(word: str, terms: list[str]) -> None:
    """What the shell gives as one word is one term, unless it holds several; bodies are read last."""
    assert [term.spelled for term in parse([word]).terms] == terms


def test_what_nobody_knows() -> None:
    """A recording that doesn't say is not meant by a filter that asks."""
    unknown = replace(FACTS, recorded_at=None, latency_s=None, model=None, category=None)
    for term in (
        "since:30d",
        "until:1d",
        "latency:>0",
        "latency:<9",
        "model:*",
        "category:*",
        "tag:category",
    ):
        assert not means(term, facts=unknown), term


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("modell:x", "unknown field 'modell' in the filter 'modell:x': expected category, "),
        ("http://x", 'text:"http://x"'),
        ("status:ok", "bad value 'ok' in the filter 'status:ok': expected status:200, status:4xx"),
        ("since:long ago", "bad value 'long ago' in the filter 'since:long ago': expected since:7d"),
        ("since:2026-13-45", "bad value '2026-13-45'"),
        ("since:999999w", "bad value '999999w'"),
        ("stream:maybe", "expected stream:true or stream:false"),
        ("model:", "nothing to look for in the filter 'model:'"),
        ("tag:=x", "bad value '=x'"),
    ],
)
def test_refused(term: str, said: str) -> None:
    """What can't be understood is refused, with what is expected."""
    with pytest.raises(ConfigError) as raised:
        parse([term])
    assert said in str(raised.value)


def test_each_field_has_an_example_that_parses() -> None:
    """What help and docs say of a field is a filter."""
    assert dict(fields()).keys() == _TESTS.keys()
    for _, example in fields():
        spelled = re.findall(r"[a-z]+:(?:\"[^\"]*\"|[^\s,;')]+)", example)
        assert spelled
        parse(spelled)
