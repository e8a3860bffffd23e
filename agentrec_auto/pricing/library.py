"""What genai-prices knows of a model: its rates from the first day to the last.

genai-prices (MIT, by the makers of Pydantic) holds some 2,300 models of 45 providers with tiers, caches and
dated changes, as code that works offline. Importing it takes 0.5 s and 100 MB, more than a report over 10,000
rows; so it runs in a process of its own (`agentrec_auto.pricing.asked`), of which this is the main module.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timezone
from typing import Any

from agentrec_auto.pricing.rates import Rates, Tiers

History = list[tuple[str, Rates]]
"""The first day of rates, as ``2026-11-01``, and the rates; the first ones have no day."""

_BUCKETS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "reasoning": "output_reasoning_mtok",
}
_AT_HOME = frozenset({"anthropic", "google", "openai", "x-ai"})
"""Providers whose models nobody else serves at a price of his own; their list price holds behind gateways."""

_OPEN = ("gpt-oss", "gemma")
"""Models of theirs that anybody may serve."""

_BEDROCK = re.compile(
    r"(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen)\."
)
_CONTAINERS = re.compile(r"^(?:arn:.*/|models/|publishers/[^/]+/models/|projects/.*/models/)")


def history(model: str, provider: str) -> History | None:
    """The rates of a model at a provider, a word or a host; None where there is none."""
    from genai_prices.data_snapshot import get_snapshot

    snapshot = get_snapshot()
    for name, one_id, url in _attempts(model, provider):
        try:
            where, found = snapshot.find_provider_model(name, None, one_id, url)
        except LookupError:
            continue
        if one_id is None and url is None and not _is_at_home(where.id, name):
            continue
        return _history(found)
    return None


def _attempts(model: str, provider: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Name, provider and URL, the surest first."""
    name = _CONTAINERS.sub("", model.strip())
    if "." in provider:
        yield name, None, f"https://{provider}/"
    elif provider:
        yield name, provider, None
    if _BEDROCK.match(name):
        yield name, "aws", None
    vendor, slash, bare = name.partition("/")
    if slash:
        yield bare, vendor, None
    yield name.rpartition("/")[2], None, None


def _is_at_home(provider: str, name: str) -> bool:
    return provider in _AT_HOME and not name.rpartition("/")[2].lower().startswith(_OPEN)


def _history(model: Any) -> History | None:
    days = [""]
    if isinstance(model.prices, list):
        starts = {getattr(one.constraint, "start_date", None) for one in model.prices}
        days += sorted(start.isoformat() for start in starts if start is not None)
    made = [(day, _rates(model.get_prices(_noon(day)))) for day in days]
    return made if any(rates != Rates() for _, rates in made) else None


def _noon(day: str) -> datetime:
    """The hour for those whose price depends on it (DeepSeek's nights are cheaper)."""
    told = date.fromisoformat(day) if day else date.min
    return datetime.combine(told, time(12), timezone.utc)


def _rates(prices: Any) -> Rates:
    tiers = {name: _tiers(getattr(prices, key, None)) for name, key in _BUCKETS.items()}
    calls = _tiers(getattr(prices, "requests_kcount", None))
    return Rates(**tiers, call=calls[0][1] / 1_000 if calls else 0.0)


def _tiers(price: Any) -> Tiers:
    if price is None:
        return ()
    if not hasattr(price, "tiers"):
        return ((0, float(price)),)
    return ((0, float(price.base)), *((int(tier.start), float(tier.price)) for tier in price.tiers))


def main() -> None:
    """Answer questions: a line of JSON each, ``[model, provider]`` → ``[[day, rates], …]`` or null."""
    for line in sys.stdin:
        model, provider = json.loads(line)
        found = history(model, provider)
        told = None if found is None else [[day, rates.as_json()] for day, rates in found]
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
