"""Judges and embedding models whose answers stay in the corpus: asked once, found again offline.

    judge__<model>__<16 hex>        a verdict, by what the judge was told
    embedding__<model>__<16 hex>    the vectors of an answer and its counterpart, by their texts

They are asked as targets are: any provider, recorded by our own transports, redacted, retried. What is no
verdict, or no vector, is not kept.
"""

from __future__ import annotations

import asyncio
import hashlib
from abc import ABC
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.comparators.asking import Reply
from agentrec_auto.comparators.verdict import verdict_in
from agentrec_auto.errors import AgentrecError, DecodeError
from agentrec_auto.migration.ids import safe
from agentrec_auto.migration.limits import Limits
from agentrec_auto.migration.recordings import Recordings
from agentrec_auto.migration.targets import Asking, Target
from agentrec_auto.providers import registry
from agentrec_auto.providers.conversation import Answer, Question, Sampling, Text, Turn

if TYPE_CHECKING:
    import httpx

    from agentrec_auto.migration.asking import Line

JUDGE, EMBEDDING = "judge", "embedding"
MAX_TOKENS = 4096
"""Room to think before a verdict of fifty tokens; what isn't written isn't billed."""


class NotRecordedError(AgentrecError):
    """Offline, and nobody has been asked."""


class _Recorded(ABC):
    """A model whose answers are kept."""

    kind: str

    def __init__(
        self,
        target: Target,
        recordings: Recordings,
        *,
        offline: bool = False,
        limits: Limits | None = None,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._target = target
        self._recordings = recordings
        self._offline = offline
        self._limits = limits or Limits()
        self._inner = inner
        self._line: Line | None = None
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    @property
    def model(self) -> str:
        """What the user calls it."""
        return self._target.name

    async def close(self) -> None:
        """Hang up; it may be asked again."""
        line, self._line = self._line, None
        self._locks.clear()
        if line is not None:
            await line.close()

    async def _answer(
        self, told: Sequence[str], asking: Callable[[], Asking], is_good: Callable[[Answer], bool]
    ) -> Answer:
        """What is recorded, or what the model says now; kept if it is good."""
        name = f"{self.kind}__{safe(self.model)}__{_hash(told)}"
        async with self._locks[name]:  # two targets that say the same are judged once
            kept = _read(await self._recordings.find(name))
            if kept is not None and is_good(kept):
                return kept
            if self._offline:
                raise NotRecordedError(
                    f"{self.model} has not been asked; run `agentrec migrate` (online) first, with the same "
                    "comparators"
                )
            asked = asking()
            interaction, answer = await self._opened().ask(
                name,
                asked.url,
                asked.headers,
                asked.body,
                said={"consulted_as": self.kind},
                notes=[],
                tokens=0,
            )
            if is_good(answer):
                await self._recordings.keep(name, interaction)
            return answer

    def _opened(self) -> Line:
        if self._line is None:
            from agentrec_auto.migration.asking import Line  # here: offline there is no HTTP client

            self._line = Line(self._limits, self._recordings.redactor, self._inner)
        return self._line


class RecordedJudge(_Recorded):
    """A judge, for `JudgeComparator(askers=[…])`."""

    kind = JUDGE

    async def ask(self, system: str, prompt: str) -> Reply:
        """What it says, or has said."""
        question = Question(
            model=None,
            turns=(Turn("user", (Text(prompt),)),),
            system=(system,),
            sampling=Sampling(max_tokens=MAX_TOKENS),
        )
        answer = await self._answer(
            (system, prompt), lambda: self._target.request(question, stream=True), _is_verdict
        )
        return Reply(answer.text, answer.finish_reason == "length")


class RecordedEmbedder(_Recorded):
    """An embedding model, for `EmbeddingComparator(embedder=…)`."""

    kind = EMBEDDING

    async def vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A vector a text."""
        answer = await self._answer(
            texts, lambda: self._target.embedding(texts), lambda found: len(found.vectors) == len(texts)
        )
        if len(answer.vectors) != len(texts):
            raise DecodeError(f"{len(answer.vectors)} embeddings came back for {len(texts)} texts")
        return answer.vectors


def _is_verdict(answer: Answer) -> bool:
    try:
        verdict_in(answer.text)
    except ValueError:
        return False
    return True


def _read(interaction: CapturedInteraction | None) -> Answer | None:
    if interaction is None or not 200 <= interaction.response_status < 300:
        return None
    return registry.read(interaction).answer


def _hash(told: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for text in told:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:16]
