"""Which recordings are meant: the words behind ``agentrec ls`` and every other command that chooses.

    provider:openai model:gpt-4o* status:200 stream:true ending:abandoned tag:category=extract since:7d refund

A term is ``field:value``; all of them must hold.

    value     whole, case aside; ``*`` is any run of characters; ``a,b`` is one or the other
    !term     what must not hold: ``!model:gpt-4o*``
    "…"       around a value with spaces or commas in it: ``text:"a refund, please"``
    a word    without a field: somewhere in the question, the answer or the name

A word of the shell is one term as it stands, spaces too, unless other terms follow in it: both
``ls 'text:two words'`` and ``ls 'provider:openai status:200'`` mean what they look like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from typing import Protocol

from agentrec_auto.corpus import when
from agentrec_auto.corpus.facts import Facts
from agentrec_auto.errors import ConfigError


class Asked(Protocol):
    """What a query is put to."""

    @property
    def facts(self) -> Facts: ...

    @property
    def text(self) -> str:
        """Question and answer, as people read them, lower case; asked for only where it matters."""


Test = Callable[[Asked], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """One condition."""

    field: str
    spelled: str
    test: Test


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions that must all hold; without any, everything is meant."""

    terms: tuple[Term, ...] = ()

    def means(self, asked: Asked) -> bool:
        """Whether a recording is meant."""
        return all(term.test(asked) for term in self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __str__(self) -> str:
        return " ".join(term.spelled for term in self.terms)


def parse(words: Iterable[str], *, now: datetime | None = None) -> Query:
    """The query that words of a shell spell; `ConfigError` says which of them can't be understood.

    Ages (``since:7d``) count back from ``now``, by default the present.
    """
    clock = now or when.now()
    terms = [_term(piece, clock) for word in words for piece in _pieces(word)]
    return Query(tuple(sorted(terms, key=lambda term: term.field in _SLOW)))


_FIELD = re.compile(r"(!?)([a-z_]+):(.*)", re.DOTALL)
_PIECE = re.compile(r'(?:"[^"]*"|[^\s"])+')
_VALUE = re.compile(r'(?:"[^"]*"|[^,"])+')


def _pieces(word: str) -> list[str]:
    """The terms in one word of the shell."""
    pieces = _PIECE.findall(word)
    if len(pieces) > 1 and not any(_is_term(piece) for piece in pieces[1:]) and '"' not in word:
        return [word.strip()]
    return pieces


def _is_term(piece: str) -> bool:
    found = _FIELD.match(piece)
    return found is not None and found[2] in _TESTS


def _term(piece: str, now: datetime) -> Term:
    negated, field, value = piece.startswith("!"), "text", piece.removeprefix("!")
    if found := _FIELD.match(piece):
        field, value = found[2], found[3]
    if field not in _TESTS:
        raise ConfigError(
            f"unknown field {field!r}",
            where=f"the filter {piece!r}",
            expected=f"{', '.join(sorted(_TESTS))}; or quotes around a text with a colon: 'text:\"{piece}\"'",
        )
    values = [part for spelled in _VALUE.findall(value) if (part := spelled.replace('"', "").strip())]
    if not values:
        raise ConfigError("nothing to look for", where=f"the filter {piece!r}", expected=_EXAMPLES[field])
    if field == "text":
        values = [value.replace('"', "")]  # a comma is a comma there
    try:
        tests = [_TESTS[field](value, now) for value in values]
    except (ValueError, OverflowError):
        raise ConfigError(
            f"bad value {value!r}", where=f"the filter {piece!r}", expected=_EXAMPLES[field]
        ) from None
    return Term(field, piece, _any_of(tests, negated))


def _any_of(tests: Sequence[Test], negated: bool) -> Test:
    return lambda asked: any(test(asked) for test in tests) is not negated


def _word(*names: str) -> Callable[[str, datetime], Test]:
    """A test of facts that are words: one of them must be like the value."""

    def test(value: str, now: datetime) -> Test:
        like = re.compile(translate(value), re.IGNORECASE).match
        return lambda asked: any(
            fact is not None and like(str(fact)) is not None
            for fact in (getattr(asked.facts, name) for name in names)
        )

    return test


def _part(*names: str) -> Callable[[str, datetime], Test]:
    """A test of long facts: the value need only be somewhere in them."""
    whole = _word(*names)
    return lambda value, now: whole(f"*{value}*", now)


def _flag(name: str) -> Callable[[str, datetime], Test]:
    def test(value: str, now: datetime) -> Test:
        if value.lower() not in ("true", "yes", "1", "false", "no", "0"):
            raise ValueError(value)
        wanted = value.lower() in ("true", "yes", "1")
        return lambda asked: getattr(asked.facts, name) is wanted

    return test


def _status(value: str, now: datetime) -> Test:
    """``200``, ``4xx``, ``>=400``."""
    if found := re.fullmatch(r"([1-9])xx", value.lower()):
        hundreds = int(found[1])
        return lambda asked: asked.facts.status // 100 == hundreds
    return _number("status")(value, now)


def _number(name: str) -> Callable[[str, datetime], Test]:
    """A test of a number: ``2``, ``>2``, ``>=2``, ``<2``, ``<=2``; one nobody knows passes none."""

    def test(value: str, now: datetime) -> Test:
        found = re.fullmatch(r"(>=|<=|>|<|=|)\s*(\d+(?:\.\d+)?)s?", value)
        if found is None:
            raise ValueError(value)
        compare, bound = _COMPARISONS[found[1]], float(found[2])

        def is_so(asked: Asked) -> bool:
            fact = getattr(asked.facts, name)
            return fact is not None and compare(float(fact), bound)

        return is_so

    return test


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "": float.__eq__,
    "=": float.__eq__,
    ">": float.__gt__,
    ">=": float.__ge__,
    "<": float.__lt__,
    "<=": float.__le__,
}


def _since(value: str, now: datetime) -> Test:
    start = when.beginning(value, now)
    return lambda asked: (at := asked.facts.recorded_at) is not None and at >= start


def _until(value: str, now: datetime) -> Test:
    end = when.end(value, now)
    return lambda asked: (at := asked.facts.recorded_at) is not None and at <= end


def _tag(value: str, now: datetime) -> Test:
    """``k=v``, or ``k`` for any value; ``category`` is a tag like the others."""
    name, _, wanted = value.partition("=")
    if not name:
        raise ValueError(value)
    like = re.compile(translate(wanted or "*"), re.IGNORECASE).match

    def is_so(asked: Asked) -> bool:
        tag = asked.facts.category if name == "category" else asked.facts.tags.get(name)
        return tag is not None and like(tag) is not None

    return is_so


def _text(value: str, now: datetime) -> Test:
    wanted = value.lower()
    return lambda asked: wanted in asked.facts.name.lower() or wanted in asked.text


_TESTS: dict[str, Callable[[str, datetime], Test]] = {
    "provider": _word("provider"),
    "dialect": _word("dialect"),
    "model": _word("model"),
    "status": _status,
    "stream": _flag("stream"),
    "ending": _word("ending"),
    "tag": _tag,
    "category": _word("category"),
    "name": _word("name", "key"),
    "take": _number("take"),
    "run": _word("run"),
    "since": _since,
    "until": _until,
    "latency": _number("latency_s"),
    "url": _part("url"),
    "site": _part("call_site"),
    "sdk": _part("sdk"),
    "library": _part("library"),
    "text": _text,
}

_SLOW = ("text",)
"""Fields that are asked last: they read bodies."""

_EXAMPLES = {
    "provider": "provider:openai",
    "dialect": "dialect:anthropic",
    "model": "model:gpt-4o*",
    "status": "status:200, status:4xx or 'status:>=400'",
    "stream": "stream:true or stream:false",
    "ending": "ending:complete, ending:abandoned or ending:failed",
    "tag": "tag:team=search, or tag:team for any",
    "category": "category:extract",
    "name": "name:openai_*",
    "take": "take:1 or 'take:>1'",
    "run": "run:058735d6*",
    "since": "since:7d, since:12h, since:yesterday or since:2026-11-23",
    "until": "until:7d, until:yesterday or until:2026-11-23T18:00",
    "latency": "'latency:>2' (seconds)",
    "url": "url:/v1/messages",
    "site": "site:app/extract.py",
    "sdk": "sdk:openai",
    "library": "library:httpx2",
    "text": 'text:refund or text:"a refund, please"',
}


def fields() -> Iterator[tuple[str, str]]:
    """Each field and how it is used, for help and docs."""
    yield from _EXAMPLES.items()
