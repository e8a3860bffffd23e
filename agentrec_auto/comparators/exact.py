"""``exact``: the same words, but for whitespace and case."""

from __future__ import annotations

from agentrec_auto.comparators.base import ComparisonResult, Pair, Scorer
from agentrec_auto.comparators.texts import normalised, words


class ExactMatchComparator(Scorer):
    """Passes where both answers say the same, tool calls included."""

    name = "exact"

    def score(self, pair: Pair) -> ComparisonResult:
        baseline, target = words(pair.baseline), words(pair.target)
        if baseline == target or normalised(baseline) == normalised(target):
            return ComparisonResult(self.name, 1.0, True, "normalized texts match")
        return ComparisonResult(self.name, 0.0, False, "normalized texts differ")
