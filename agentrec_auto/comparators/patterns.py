"""``regex`` and ``contains``: what the target's answer must say, or must not.

Not two answers are compared but each with a pattern of the user's, from ``[[comparator]]`` in the config:
for what must hold whatever the baseline said (no apology, an order number, a polite form).

Patterns are run by the `regex` package, which reads what `re` reads and can be stopped: a pattern that needs
exponential time for some answer ends in an error after two seconds, not in a CI job that hangs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from agentrec_auto.comparators.base import ComparisonResult, Pair, Scorer, failed
from agentrec_auto.comparators.texts import normalised, words
from agentrec_auto.errors import ConfigError
from agentrec_auto.settings import EXPECTATIONS

PATIENCE_S = 2.0
_STRIKES = 3
"""Answers that a pattern may take too long for: two seconds each for 10,000 would be a day."""


class PatternComparator(Scorer):
    """Passes where the pattern is in the target's answer, or isn't, or is as it is in the baseline's."""

    def __init__(self, name: str, expect: str = "present") -> None:
        if expect not in EXPECTATIONS:
            raise ConfigError(
                f"unknown expectation {expect!r}",
                where=f"comparator {name!r}",
                expected=", ".join(EXPECTATIONS),
            )
        self.name = name
        self.expect = expect
        self._strikes = 0

    def finds(self, text: str) -> bool:
        """Whether the pattern is in a text; TimeoutError where that took too long."""
        raise NotImplementedError

    def score(self, pair: Pair) -> ComparisonResult:
        if self._strikes >= _STRIKES:
            return failed(self.name, f"{_TOO_LONG} for {_STRIKES} answers: given up")
        try:
            there = self.finds(words(pair.target))
            before = self.finds(words(pair.baseline))
        except TimeoutError:
            self._strikes += 1
            return failed(self.name, _TOO_LONG)
        wanted = before if self.expect == "same" else self.expect == "present"
        is_well = there is wanted
        told = "present" if there else "absent"
        detail = f"{told}, as it must be" if is_well else f"{told}, and must be {_WORDS[wanted]}"
        if before is not there:
            detail += f" ({_WORDS[before]} in the baseline)"
        return ComparisonResult(self.name, float(is_well), is_well, detail)


class ContainsComparator(PatternComparator):
    """A text, whatever its case and whitespace."""

    def __init__(self, name: str, text: str, expect: str = "present") -> None:
        super().__init__(name, expect)
        self.text = normalised(text)

    def finds(self, text: str) -> bool:
        return self.text in normalised(text)


class RegexComparator(PatternComparator):
    """A regular expression, searched for anywhere: as `re.search` does, flags by ``(?i)``."""

    def __init__(self, name: str, pattern: str, expect: str = "present") -> None:
        super().__init__(name, expect)
        self.pattern = pattern
        _compiled(pattern)

    def finds(self, text: str) -> bool:
        return _compiled(self.pattern).search(text, timeout=PATIENCE_S) is not None


_TOO_LONG = f"the pattern took longer than {PATIENCE_S:g} s"
_WORDS = {True: "present", False: "absent"}


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    import regex  # type: ignore[import-untyped]  # here: 50 ms, for those who have such a comparator

    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise ConfigError(
            f"bad pattern {pattern!r} ({error})", where="a comparator", expected="a regular expression"
        ) from error
