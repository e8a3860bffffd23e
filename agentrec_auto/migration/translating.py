"""A recorded question as a target must be asked it, and what that may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentrec_auto.migration.baselines import Baseline
from agentrec_auto.migration.sides import tokens_in
from agentrec_auto.providers.conversation import Question, Usage
from agentrec_auto.providers.writing import writer_for

if TYPE_CHECKING:
    from agentrec_auto.migration.targets import Target

_CHARACTERS_A_TOKEN = 3
"""Few, so that what is not known is guessed too dear rather than too cheap."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A question in the target's dialect, ready to be sent if it has a URL."""

    question: Question
    notes: tuple[str, ...]
    """What could not be carried over, and was not part of the question."""

    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def expected_usage(self, baseline: Baseline, max_tokens_default: int) -> Usage:
        """The most tokens that asking it should take."""
        read = tokens_in(baseline.side.usage)
        if read is None:
            read = 1 + len(self.body) // _CHARACTERS_A_TOKEN
        return Usage(input=read, output=self.question.sampling.max_tokens or max_tokens_default)


def translated(
    target: Target, question: Question, *, with_key: bool, max_tokens_default: int = 4096
) -> Translated:
    """The question for the target; without a key only what translation notes of it.

    `UnsupportedRequestError` where it can't be asked faithfully, and only then `MissingAPIKeyError`.
    """
    if not with_key:
        written = writer_for(target.dialect).write(
            question, target.model, stream=True, max_tokens_default=max_tokens_default
        )
        return Translated(question, written.notes)
    asking = target.request(question, stream=True, max_tokens_default=max_tokens_default)
    return Translated(question, asking.notes, asking.url, asking.headers, asking.body)
