"""What exports of tracing tools have in common: tokens, times, settings, under many names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Sampling, Usage

_INPUT = ("input", "input_tokens", "prompt_tokens", "promptTokens", "inputTokens", "inputUsage", "prompt")
_OUTPUT = ("output", "output_tokens", "completion_tokens", "completionTokens", "outputTokens", "outputUsage",
           "completion")  # fmt: skip
_TOTAL = ("total", "total_tokens", "totalTokens", "totalUsage")
_READ = ("cache_read_input_tokens", "input_cached_tokens", "input_cache_read", "cache_read", "cached_tokens",
         "cache_read.input_tokens")  # fmt: skip
_WRITTEN = ("cache_creation_input_tokens", "input_cache_creation", "cache_creation", "cache_write_tokens",
            "cache_creation.input_tokens")  # fmt: skip
_THOUGHT = ("output_reasoning_tokens", "output_reasoning", "reasoning_tokens", "reasoning",
            "reasoning.output_tokens")  # fmt: skip
_DETAILS = tuple(
    f"{what}_{token}_details"
    for what in ("input", "output", "prompt", "completion")
    for token in ("token", "tokens")
)
_LIMIT = ("max_tokens", "maxTokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens")


def usage(raw: Any, *, nested: bool) -> Usage | None:
    """The tokens in whatever a trace counts them in; None where it counts none.

    ``nested``: whether cached and reasoning tokens are counted in input and output as well, where the total
    doesn't tell.
    """
    told = reading.members(raw)
    flat = dict(told)
    for name in _DETAILS:
        flat.update(reading.members(told.get(name)))
    asked, said, total = (_count(told, names) for names in (_INPUT, _OUTPUT, _TOTAL))
    read, written, thought = (_count(flat, names) for names in (_READ, _WRITTEN, _THOUGHT))
    if not (asked or said or total):
        return None
    apart = asked + said + read + written + thought
    if total and apart != asked + said:
        nested = total != apart
    if nested:
        asked, said = max(asked - read - written, 0), max(said - thought, 0)
    return Usage(input=asked, cache_read=read, cache_write=written, output=said, reasoning=thought)


def _count(told: Mapping[str, Any], names: tuple[str, ...]) -> int:
    return next((reading.count(_number(told[name])) for name in names if told.get(name) is not None), 0)


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def sampling(*given: Any) -> Sampling:
    """How the answer was drawn, out of settings of which the last that says something counts."""
    told: dict[str, Any] = {}
    for one in given:
        known = reading.members(one).items()
        told.update((name, _plain(value)) for name, value in known if value not in (None, "", [], "None"))
    return Sampling(
        temperature=reading.number(told.get("temperature")),
        top_p=reading.number(reading.first_of(told, "top_p", "topP")),
        top_k=reading.number(reading.first_of(told, "top_k", "topK")),
        max_tokens=reading.integer(reading.first_of(told, *_LIMIT)),
        stop=reading.words(reading.first_of(told, "stop", "stop_sequences", "stopSequences")),
        seed=reading.integer(told.get("seed")),
        frequency_penalty=reading.number(told.get("frequency_penalty")),
        presence_penalty=reading.number(told.get("presence_penalty")),
        reasoning=reading.word(told.get("reasoning_effort")),
    )


def _plain(value: Any) -> Any:
    """A number that was made text."""
    if isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return value
    return value


def moment(value: Any) -> datetime | None:
    """A time: ISO 8601, or seconds, milliseconds, nanoseconds since 1970; None where it is none."""
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e20:
        while value > 1e11:
            value /= 1000
        return datetime.fromtimestamp(value, timezone.utc)
    if not isinstance(value, str):
        return None
    text = value.strip().replace(" ", "T", 1)
    head, dot, rest = (text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text).partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    if dot:  # Python 3.10 reads three or six digits only
        text = f"{head}.{rest[:digits][:6].ljust(6, '0')}{rest[digits:]}"
    else:
        text = head
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)


def recorded_at(value: Any) -> str | None:
    """A time as metadata spells it, in UTC; None where it is none."""
    at = moment(value)
    return at.astimezone(timezone.utc).isoformat(timespec="microseconds") if at else None


def times(started: Any, ended: Any, first: Any = None) -> dict[str, Any]:
    """``recorded_at``, ``latency_s`` and ``latency_first_chunk_s``, as far as start and end are known."""
    start, end, token = moment(started), moment(ended), moment(first)
    told: dict[str, Any] = {}
    if end or start:
        told["recorded_at"] = recorded_at(ended if end else started)
    if start and end and end >= start:
        told["latency_s"] = round((end - start).total_seconds(), 4)
    if start and token and token >= start:
        told["latency_first_chunk_s"] = round((token - start).total_seconds(), 4)
    return told
