"""``fuzzy``: how many characters two answers share, in order.

The score is rapidfuzz's ``ratio``: 1 - (insertions + deletions) / (both lengths). It is the same whichever
answer comes first. The agentrec library's is difflib's, which is not: above 200 characters difflib takes
frequent ones for junk (``autojunk``) and finds 0.44 where 0.83 is shared.
"""

from __future__ import annotations

from rapidfuzz import fuzz

from agentrec_auto.comparators.base import ComparisonResult, Pair, Scorer, failed
from agentrec_auto.comparators.texts import normalised, words

_MOST = 4 * 10**10
"""The product of two lengths up to which it is computed: 200,000 characters each, which take a second."""


class FuzzyComparator(Scorer):
    """Passes where two answers, tool calls included, are alike enough; whitespace and case don't count."""

    name = "fuzzy"

    def __init__(self, threshold: float = 0.8) -> None:
        self.threshold = threshold

    def score(self, pair: Pair) -> ComparisonResult:
        baseline, target = words(pair.baseline), words(pair.target)
        if baseline == target:
            return self._told(1.0)
        baseline, target = normalised(baseline), normalised(target)
        if baseline == target:
            return self._told(1.0)
        if len(baseline) * len(target) > _MOST:
            return self._too_long(len(baseline), len(target))
        return self._told(fuzz.ratio(baseline, target) / 100)

    def _told(self, score: float) -> ComparisonResult:
        detail = f"sequence similarity {score:.2f} (threshold {self.threshold})"
        return ComparisonResult(self.name, score, score >= self.threshold, detail)

    def _too_long(self, baseline: int, target: int) -> ComparisonResult:
        """What lengths alone tell."""
        most = 2 * min(baseline, target) / (baseline + target)
        told = f"{baseline:,} and {target:,} characters"
        if most < self.threshold:
            return ComparisonResult(
                self.name, most, False, f"sequence similarity at most {most:.2f}, by length: {told}"
            )
        return failed(self.name, f"too long to compare: {told}")
