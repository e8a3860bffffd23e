"""A recorded question as a target must be asked it, and what that may take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from agentrec_auto.errors import MissingAPIKeyError
from agentrec_auto.migration.baselines import Baseline
from agentrec_auto.migration.sides import tokens_in
from agentrec_auto.migration.targets import Target
from agentrec_auto.providers import registry
from agentrec_auto.providers.conversation import Question, Sampling, Usage
from agentrec_auto.providers.dialect import Call

_CHARACTERS_A_TOKEN = 3
"""Few, so that what is not known is guessed too dear rather than too cheap."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A question in the target's dialect, ready to be sent if it was made with the key."""

    question: Question
    url: str
    headers: Mapping[str, str]
    body: bytes
    notes: tuple[str, ...]
    """What could not be carried over, and was not part of the question."""

    def expected_usage(self, baseline: Baseline, max_tokens_default: int) -> Usage:
        """The most tokens that asking it should take; where the request has no limit, the default's."""
        read = tokens_in(baseline.side.usage)
        if read is None:
            read = 1 + len(self.body) // _CHARACTERS_A_TOKEN
        asked = self._sent
        return Usage(input=read, output=(asked.max_tokens or max_tokens_default) * (asked.n or 1))

    @property
    def _sent(self) -> Sampling:
        """As the request says it: limits are raised on the way, and targets have options of their own."""
        sent = registry.question_of(Call.made("POST", self.url, json.loads(self.body))) if self.body else None
        return (sent or self.question).sampling


def translated(
    target: Target,
    question: Question,
    *,
    max_tokens_default: int,
    stream: bool = True,
    with_key: bool = True,
) -> Translated:
    """The question for the target; without a key, to be looked at only.

    `UnsupportedRequestError` where it can't be asked faithfully, and only then `MissingAPIKeyError`.
    """
    if not with_key:
        target = replace(target, headers={}, profile=replace(target.profile, auth="none"))
    try:
        asking = target.request(question, stream=stream, max_tokens_default=max_tokens_default)
    except MissingAPIKeyError:
        if with_key:
            raise
        return Translated(question, "", {}, b"", ())  # a program's own adapter, which can't do without
    return Translated(question, asking.url, asking.headers, asking.body, asking.notes)
