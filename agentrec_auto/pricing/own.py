"""The user's own prices: ``[[price]]`` of the config, and of files for ``--pricing``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase

from agentrec_auto.pricing.rates import Rates, Tiers
from agentrec_auto.settings import PriceSettings


def own_rates(prices: Sequence[PriceSettings], model: str, provider: str, day: date) -> Rates | None:
    """The rates of the last price that has come by ``day``; None where no price is for the model."""
    found = [one for one in prices if _is_for(one, model, provider) and one.since <= day.isoformat()]
    return _rates(max(found, key=lambda one: one.since)) if found else None


def _is_for(one: PriceSettings, model: str, provider: str) -> bool:
    """Whether a price is for a model, by its whole name or the part that follows the vendor."""
    if one.provider and not fnmatchcase(provider.lower(), one.provider.lower()):
        return False
    names = {model.lower(), model.lower().rpartition("/")[2]}
    return any(fnmatchcase(name, one.model.lower()) for name in names)


def _rates(one: PriceSettings) -> Rates:
    return Rates(
        input=_flat(one.input),
        output=_flat(one.output),
        cache_read=_flat(one.cache_read),
        cache_write=_flat(one.cache_write),
        reasoning=_flat(one.reasoning),
    )


def _flat(rate: float | None) -> Tiers:
    return () if rate is None else ((0, rate),)
