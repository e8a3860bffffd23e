"""What a corpus holds, counted: by provider, model, status, ending and day; bytes, tokens, latency."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agentrec_auto.corpus.facts import facts_of
from agentrec_auto.corpus.held import Broken, Held
from agentrec_auto.providers import registry

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Spread:
    """How seconds are spread: half of all are below `p50_s`, and so on."""

    p50_s: float
    p90_s: float
    p99_s: float
    max_s: float


@dataclass(frozen=True, slots=True)
class Group:
    """What some recordings have in common, and how many they are."""

    name: str
    count: int
    input_tokens: int
    output_tokens: int
    latency: Spread | None
    """None where no recording says how long it took."""


@dataclass(frozen=True, slots=True)
class Stats:
    """A corpus, counted."""

    count: int
    keys: int
    """How many different requests; the rest are further takes."""

    questions: int
    """How many different questions, whatever the model."""

    request_bytes: int
    response_bytes: int
    with_usage: int
    """How many say how many tokens they took."""

    everything: Group
    groups: Mapping[str, tuple[Group, ...]]
    """By provider, model, status, ending, stream, category and day; the largest first, days in order."""

    broken: tuple[Broken, ...]


@dataclass(slots=True)
class _Seen:
    named: dict[str, str]
    latency_s: float | None
    tokens: tuple[int, int] | None


def counted(recordings: Iterable[Held | Broken]) -> Stats:
    """The recordings, counted."""
    seen: list[_Seen] = []
    broken: list[Broken] = []
    keys, questions = set(), set()
    sent = received = 0
    for held in recordings:
        if isinstance(held, Broken):
            broken.append(held)
            continue
        facts = facts_of(held)
        keys.add(facts.key)
        told = held.interaction.metadata.get("semantic_key")
        questions.add(told if told and isinstance(told, str) else facts.key)
        sent, received = sent + facts.request_bytes, received + facts.response_bytes
        named = {
            "provider": facts.provider,
            "model": facts.model or UNKNOWN,
            "status": str(facts.status),
            "ending": facts.ending,
            "stream": "streamed" if facts.stream else "at once",
            "category": facts.category or "",
            "day": f"{facts.recorded_at:%Y-%m-%d}" if facts.recorded_at else UNKNOWN,
        }
        seen.append(_Seen(named, facts.latency_s, _tokens(held)))
    groups = {name: _groups(name, seen) for name in (seen[0].named if seen else ())}
    return Stats(
        count=len(seen),
        keys=len(keys),
        questions=len(questions),
        request_bytes=sent,
        response_bytes=received,
        with_usage=sum(one.tokens is not None for one in seen),
        everything=_group("", seen),
        groups={name: found for name, found in groups.items() if found},
        broken=tuple(broken),
    )


def _groups(name: str, seen: Sequence[_Seen]) -> tuple[Group, ...]:
    if name == "category" and not any(one.named[name] for one in seen):
        return ()
    counts = Counter(one.named[name] for one in seen)
    if name == "day":
        order = sorted(counts)
    else:
        order = sorted(counts, key=lambda value: (-counts[value], value))
    return tuple(
        _group(value or "none", [one for one in seen if one.named[name] == value]) for value in order
    )


def _group(name: str, seen: Sequence[_Seen]) -> Group:
    tokens = [one.tokens for one in seen if one.tokens is not None]
    took = sorted(one.latency_s for one in seen if one.latency_s is not None and math.isfinite(one.latency_s))
    return Group(
        name,
        len(seen),
        sum(read for read, _ in tokens),
        sum(written for _, written in tokens),
        Spread(*(_percentile(took, share) for share in (0.5, 0.9, 0.99, 1.0))) if took else None,
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: a value that was measured, not one in between."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _tokens(held: Held) -> tuple[int, int] | None:
    """Tokens read and written; from the metadata where it says, for reading a stream takes time."""
    told = held.interaction.metadata.get("usage")
    if isinstance(told, dict):
        read, written = (
            [told.get(name, 0) for name in names]
            for names in (("input", "cache_read", "cache_write"), ("output", "reasoning"))
        )
        if all(isinstance(count, int) for count in (*read, *written)):
            return sum(read), sum(written)
    answer = registry.read(held.interaction).answer
    if answer is None or answer.usage is None:
        return None
    usage = answer.usage
    return usage.input + usage.cache_read + usage.cache_write, usage.output + usage.reasoning
