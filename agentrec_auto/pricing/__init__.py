"""What tokens cost: the user's own prices, then those of the price library, as of a day.

catalog = open_catalog("prices.toml", as_of="2026-11-01")
catalog.cost("gpt-4o", "openai", Usage(input=1_000, output=200))     # dollars, or None
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentrec_auto.lazily import fetching

if TYPE_CHECKING:
    from agentrec_auto.pricing.catalog import Catalog as Catalog
    from agentrec_auto.pricing.catalog import Price as Price
    from agentrec_auto.pricing.catalog import open_catalog as open_catalog
    from agentrec_auto.pricing.rates import Rates as Rates

_HOMES = {"Catalog": "catalog", "Price": "catalog", "Rates": "rates", "open_catalog": "catalog"}

__all__ = [*_HOMES]

__getattr__ = fetching(__name__, _HOMES)
