"""What the user said about keys: which rules hold for a URL, and what they do to a body."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from typing import Any

from agentrec_auto import bodypaths
from agentrec_auto.settings import KeyRule


class Rule:
    """One `KeyRule`, compiled."""

    __slots__ = ("headers", "host", "ignore", "ignore_query", "replace", "url")

    def __init__(self, rule: KeyRule) -> None:
        self.url = url_pattern(rule.url)
        self.ignore = tuple(bodypaths.compile(path) for path in rule.ignore)
        self.replace = tuple((re.compile(one.pattern), one.with_) for one in rule.replace)
        self.headers = tuple(name.lower().encode("ascii", "replace") for name in rule.headers)
        self.host = rule.host
        self.ignore_query = frozenset(rule.ignore_query)


class Rules:
    """The rules that hold for one request, merged."""

    __slots__ = ("_rules", "headers", "host", "ignore_query")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self.headers = tuple(sorted({name for rule in rules for name in rule.headers}))
        self.host = any(rule.host for rule in rules)
        self.ignore_query = frozenset().union(*(rule.ignore_query for rule in rules))

    def apply(self, document: Any) -> Any:
        """The document without what is ignored, its strings replaced; the argument is left alone."""
        for rule in self._rules:
            for path in rule.ignore:
                document = path.removed(document)
        if any(rule.replace for rule in self._rules):
            document = self._replaced(document)
        return document

    def apply_text(self, text: str) -> str:
        """A text with every replacement made."""
        for rule in self._rules:
            for pattern, replacement in rule.replace:
                text = pattern.sub(replacement, text)
        return text

    def _replaced(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.apply_text(value)
        if isinstance(value, list):
            return [self._replaced(member) for member in value]
        if isinstance(value, dict):
            return {name: self._replaced(member) for name, member in value.items()}
        return value


class RuleBook:
    """All rules; gives those that hold for a URL."""

    def __init__(self, rules: Sequence[KeyRule]) -> None:
        self._rules = tuple(Rule(rule) for rule in rules)
        self._none = Rules(())

    @property
    def headers(self) -> frozenset[bytes]:
        """Those that count for some URL, in lower case."""
        return frozenset(name for rule in self._rules for name in rule.headers)

    def for_url(self, url: str) -> Rules:
        """The rules whose glob matches ``url``; its query doesn't take part."""
        if not self._rules:
            return self._none
        bare = without_query(url)
        return Rules([rule for rule in self._rules if rule.url.fullmatch(bare)])


def url_pattern(glob: str) -> re.Pattern[str]:
    """A URL glob, compiled: ``*`` is any run of characters, slashes included; case doesn't count."""
    return re.compile(fnmatch.translate(glob), re.IGNORECASE)


def without_query(url: str) -> str:
    """What a URL glob is matched against: the URL without query and fragment (mistralai adds ``#stream``)."""
    return url.split("?", 1)[0].split("#", 1)[0]
