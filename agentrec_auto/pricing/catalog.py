"""All prices that hold, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone

from agentrec_auto.errors import ConfigError
from agentrec_auto.pricing.asked import PriceLibrary
from agentrec_auto.pricing.own import own_rates
from agentrec_auto.pricing.rates import Rates
from agentrec_auto.providers.conversation import Usage
from agentrec_auto.settings import PriceSettings

LATEST, RECORDED = "latest", "recorded"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs on a day, and who says so."""

    rates: Rates
    source: str


class Catalog:
    """Prices, the first source that knows a model first: the user's own, then the price library.

    ``as_of`` is the day whose prices hold; None for the day on which each answer was recorded.
    """

    def __init__(
        self,
        own: Sequence[tuple[str, Sequence[PriceSettings]]] = (),
        *,
        as_of: date | None = None,
        recorded: bool = False,
        library: PriceLibrary | None = None,
    ) -> None:
        self._own = own
        self._today = as_of or datetime.now(timezone.utc).date()
        self._recorded = recorded
        self._library = library or PriceLibrary()
        self._found: dict[tuple[str, str, date], Price | None] = {}

    def cost(
        self, model: str | None, provider: str | None, usage: Usage, at: str | None = None
    ) -> float | None:
        """In dollars; None where there is no price. ``at`` is when the answer was recorded."""
        price = self.price_of(model or "", provider or "", self._day(at))
        return None if price is None else price.rates.cost(usage)

    def price_of(self, model: str, provider: str, day: date | None = None) -> Price | None:
        """The price of a model at a provider (a word, or a host); None where nobody knows it."""
        key = model, provider, day or self._today
        if key not in self._found:
            self._found[key] = self._look_up(*key)
        return self._found[key]

    @property
    def provenance(self) -> str:
        """Where the prices that were asked for come from, as of when, and which there are not."""
        sources = dict.fromkeys(price.source for price in self._found.values() if price is not None)
        lacking = dict.fromkeys(
            model or "a model without a name" for (model, _, _), price in self._found.items() if price is None
        )
        told = []
        if sources:
            when = "of the day of each recording" if self._recorded else f"as of {self._today}"
            told.append(f"{' and '.join(sources)}, prices {when}")
        if lacking:
            named = ", ".join([*lacking][:_NAMED]) + (", …" if len(lacking) > _NAMED else "")
            told.append(f"no price for {named}" + (f" ({self.cure})" if self.cure else ""))
        return "; ".join(told)

    @property
    def cure(self) -> str:
        """What brings prices, where no list of them is installed; else empty."""
        return "" if self._library.version else "`pip install 'agentrec-auto[migrate]'` brings a price list"

    def _look_up(self, model: str, provider: str, day: date) -> Price | None:
        if not model:
            return None
        for source, prices in self._own:
            if (rates := own_rates(prices, model, provider, day)) is not None:
                return Price(rates, source)
        told = [rates for since, rates in self._library.history(model, provider) or () if since <= str(day)]
        return Price(told[-1], f"genai-prices {self._library.version}") if told else None

    def _day(self, at: str | None) -> date:
        if not self._recorded or at is None:
            return self._today
        try:
            return datetime.fromisoformat(at.replace("Z", "+00:00")).date()
        except ValueError:
            return self._today


def open_catalog(
    files: str = "",
    as_of: str = LATEST,
    prices: Sequence[PriceSettings] = (),
    *,
    prices_from: str = "[[price]]",
    library: PriceLibrary | None = None,
) -> Catalog:
    """The prices of ``files`` (a TOML file or a folder of them), then ``prices``, then the library's.

    ``as_of`` is a day, ``latest`` (today) or ``recorded``: the day of each recording. `ConfigError`, in
    words, for what is no such thing.
    """
    own: list[tuple[str, Sequence[PriceSettings]]] = []
    if files:
        from agentrec_auto.config import price_files

        own += price_files.read_all(files)
    if prices:
        own.append((prices_from, prices))
    word = as_of.strip().lower() or LATEST
    return Catalog(
        own,
        as_of=None if word in (LATEST, RECORDED) else _day(as_of),
        recorded=word == RECORDED,
        library=library,
    )


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word.strip())
    except ValueError as error:
        raise ConfigError(
            f"bad day {word!r}",
            where="--pricing-as-of",
            expected="a date, as in 2026-11-01, latest or recorded",
        ) from error
