"""Two recordings side by side: where their requests differ, and how their answers do."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.corpus.wording import body_text
from agentrec_auto.flow.nearest import MISSING, body_differences, changed
from agentrec_auto.keying.canonical import NO_DOCUMENT
from agentrec_auto.keying.identity import Identity
from agentrec_auto.providers.conversation import Answer, ToolCall
from agentrec_auto.providers.registry import Reading, read

_LONG = 100
"""A line above that is taken apart at the ends of its sentences, so that a difference can be seen."""

_LONGEST, _MOST_LINES = 1000, 40
"""Characters of a sentence, and lines of one difference."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two things differ; None on the side where there is nothing."""

    path: str
    before: Any
    after: Any
    is_in_body: bool = False
    """Whether it is at a path of the JSON body, which a rule can name."""

    @property
    def told(self) -> str:
        """Both values, in a few words."""
        before, after = (MISSING if value is None else value for value in (self.before, self.after))
        return changed(before, after)

    @property
    def lines(self) -> tuple[str, ...]:
        """What a few words can't tell of two texts: their sentences that differ, behind ``-`` and ``+``.

        Empty where `told` says it all, and where the texts are no prose.
        """
        if not (isinstance(self.before, str) and isinstance(self.after, str)) or '…"' not in self.told:
            return ()
        found = _diff(_lines(self.before), _lines(self.after), around=0)
        lines = [line for line in found if not line.startswith("@@")]
        if max(map(len, lines), default=0) > _LONGEST:
            return ()
        more = [f"and {len(lines) - _MOST_LINES} lines more"] if len(lines) > _MOST_LINES else []
        return (*lines[:_MOST_LINES], *more)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two recordings differ."""

    left: str
    right: str
    request: tuple[Difference, ...]
    """After the rules for keys: where there is none, they have one key."""

    answer: tuple[Difference, ...]
    """Status, ending, finish reason, model, tokens."""

    text: tuple[str, ...]
    """What was answered, as a unified diff without its head."""

    @property
    def are_same(self) -> bool:
        """Whether question and answer are the same; time and tokens don't count."""
        telling = [one for one in self.answer if not one.path.startswith(("usage", "latency"))]
        return not (self.request or telling or self.text)


def compared(corpus: Corpus, left: Held, right: Held) -> Comparison:
    """How ``right`` differs from ``left``."""
    before, after = read(left.interaction), read(right.interaction)
    identities = [corpus.identify(held.interaction.request) for held in (left, right)]
    return Comparison(
        left.name,
        right.name,
        tuple(request_differences(*identities)),
        tuple(_of_facts(_facts(left, before), _facts(right, after))),
        tuple(_diff(_said(left, before), _said(right, after))),
    )


def request_differences(before: Identity, after: Identity) -> Iterator[Difference]:
    """Where two requests differ once the rules were applied, the request line first."""
    for path, old, new in (
        ("method", before.method, after.method),
        ("path", before.path, after.path),
        ("query", before.query, after.query),
        ("model", before.model, after.model),
        ("stream", before.stream, after.stream),
        ("headers or host", list(before.extra), list(after.extra)),
    ):
        if old != new:
            yield Difference(path, old, new)
    is_json = before.document is not NO_DOCUMENT and after.document is not NO_DOCUMENT
    for path, old, new in body_differences(before, after):
        yield Difference(path, _present(old), _present(new), is_in_body=is_json)


def _present(value: Any) -> Any:
    return None if value is MISSING else value


def _of_facts(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for name in before:
        if before[name] != after[name]:
            yield Difference(name, before[name], after[name])


def _facts(held: Held, reading: Reading) -> dict[str, Any]:
    answer = reading.answer or Answer()
    usage = asdict(answer.usage) if answer.usage else {}
    buckets = ("input", "cache_read", "cache_write", "output", "reasoning")
    return {
        "status": held.interaction.response_status,
        "ending": held.interaction.ending.value,
        "model that answered": answer.model,
        "finish_reason": answer.first.raw_finish_reason or answer.finish_reason,
        "error": answer.error,
        **{f"usage.{bucket}": usage.get(bucket) for bucket in buckets},
        "latency_s": held.interaction.metadata.get("latency_s"),
    }


def _said(held: Held, reading: Reading) -> list[str]:
    """An answer as lines: refusal, text, then the tools it asks for; the body where nobody can read it."""
    answer = reading.answer
    if answer is None:
        return _lines(body_text(held.interaction, request=False))
    lines: list[str] = []
    for choice in answer.choices:
        lines += _lines(choice.refusal or "") + _lines(choice.text)
        for call in choice.tool_calls:
            lines += _call(call)
    return lines


def _call(call: ToolCall) -> list[str]:
    told = call.arguments
    if not isinstance(told, str):
        told = json.dumps(told, indent=2, ensure_ascii=False, sort_keys=True)
    return [f"→ {call.name}", *told.splitlines()]


def _lines(text: str) -> list[str]:
    return [
        piece
        for line in text.splitlines()
        for piece in (_SENTENCE_END.split(line) if len(line) > _LONG else [line])
    ]


def _diff(before: list[str], after: list[str], *, around: int = 3) -> list[str]:
    return list(difflib.unified_diff(before, after, lineterm="", n=around))[2:]
