"""``judge``: whether a model holds the target's answer for as good as the baseline's.

The judge grades against a reference. It isn't told whose answers they are, as judges prefer their own
(Panickssery et al. 2024). The answers don't change places: that is for asking which of two is better, where
the first is favoured (Zheng et al. 2023); here their roles differ, and the baseline comes first in every
question. What a second call buys more with is a judge of another family (Verga et al. 2024): with two, both
must say yes, and where they don't agree the detail says so first, for a person to look at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from agentrec_auto.comparators.asking import Asker
from agentrec_auto.comparators.base import Comparator, ComparisonResult, Pair, Said, side_with
from agentrec_auto.comparators.texts import words
from agentrec_auto.comparators.verdict import SYSTEM, Verdict, is_clipped, question, verdict_in

if TYPE_CHECKING:
    import httpx

DISAGREE = "judges disagree"
"""How the detail of a result begins where two judges differ."""


class JudgeComparator(Comparator):
    """Passes where each judge finds the answers equivalent."""

    name = "judge"
    is_online: ClassVar[bool] = True

    def __init__(
        self,
        http: httpx.AsyncClient | None = None,
        *,
        judge_model: str = "claude-opus-4-8",
        judge_model_2: str | None = None,
        askers: Sequence[Asker] = (),
    ) -> None:
        if not askers:
            from agentrec_auto.comparators.over_http import HttpAsker

            askers = [HttpAsker(model, http) for model in (judge_model, judge_model_2) if model]
        self._askers = tuple(askers)

    async def compare_pair(self, pair: Pair) -> ComparisonResult:
        """As `compare`; but about two answers of the same words nobody is asked."""
        if words(pair.baseline) == words(pair.target):
            return ComparisonResult(self.name, 1.0, True, "the same words")
        return await self.compare(pair.prompt, pair.baseline, pair.target)

    async def compare(self, prompt: str, baseline: Said, target: Said) -> ComparisonResult:
        texts = [prompt, *(words(side_with(one)) for one in (baseline, target))]
        asked = question(*texts)
        verdicts = await asyncio.gather(*(self._verdict(asker, asked) for asker in self._askers))
        score = sum(one.score for one in verdicts) / len(verdicts)
        note = " (only the beginning was judged)" if is_clipped(*texts) else ""
        return ComparisonResult(
            self.name, score, all(one.equivalent for one in verdicts), self._detail(verdicts) + note
        )

    async def close(self) -> None:
        for asker in self._askers:
            await asker.close()

    async def _verdict(self, asker: Asker, asked: str) -> Verdict:
        reply = await asker.ask(SYSTEM, asked)
        try:
            return verdict_in(reply.text)
        except ValueError as error:
            if reply.is_cut:
                raise ValueError(f"{asker.model} ran into its limit of tokens: {error}") from error
            raise

    def _detail(self, verdicts: Sequence[Verdict]) -> str:
        if len(verdicts) == 1:
            return verdicts[0].reason or f"judge {self._askers[0].model} verdict"
        told = "; ".join(
            f"{asker.model}: {'equivalent' if one.equivalent else 'not equivalent'} ({one.score:.2f})"
            + (f", {one.reason}" if one.reason else "")
            for asker, one in zip(self._askers, verdicts, strict=True)
        )
        return told if len({one.equivalent for one in verdicts}) == 1 else f"{DISAGREE}: {told}"
