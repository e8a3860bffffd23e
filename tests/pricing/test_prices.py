"""What tokens cost, by whom, and since when."""

from __future__ import annotations

import json
import warnings
from datetime import date, datetime, timezone

import pytest

from agentrec_auto.errors import ConfigError
from agentrec_auto.pricing import Catalog, Rates, open_catalog
from agentrec_auto.pricing.asked import PriceLibrary
from agentrec_auto.providers.conversation import Usage
from agentrec_auto.settings import PriceSettings

MILLION = 1_000_000


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The price library, with a cache of its own."""
    return PriceLibrary(str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def catalog(library):
    """The library's prices, as of a day on which the tests know them."""
    return Catalog(as_of=date(2026, 11, 1), library=library)


@pytest.fixture
def nobody(tmp_path, monkeypatch):
    """The price library where it is not installed."""
    found = PriceLibrary(str(tmp_path))
    monkeypatch.setattr(found, "version", None)
    return found


def own(*prices, **more):
    return Catalog([("prices.toml", prices)], **more)


# Usage


def test_buckets_are_billed_apart():
    """Each bucket has its own rate, and a token is billed once."""
    rates = Rates(
        input=((0, 3.0),), cache_read=((0, 0.3),), cache_write=((0, 3.75),), output=((0, 15.0),),
        reasoning=((0, 20.0),),
    )  # fmt: skip
    usage = Usage(input=MILLION, cache_read=MILLION, cache_write=MILLION, output=MILLION, reasoning=MILLION)
    assert rates.cost(usage) == pytest.approx(3 + 0.3 + 3.75 + 15 + 20)


def test_caches_and_thoughts_without_a_rate():
    """A cache without a rate is billed as what is read, thoughts as what is written."""
    rates = Rates(input=((0, 2.0),), output=((0, 8.0),))
    assert rates.cost(Usage(cache_read=MILLION, cache_write=MILLION, reasoning=MILLION)) == 12


def test_a_missing_rate_is_no_zero():
    """Tokens without a rate make the cost unknown; no tokens need none."""
    rates = Rates(input=((0, 2.0),))
    assert rates.cost(Usage(input=1, output=1)) is None
    assert rates.cost(Usage(input=MILLION)) == 2


def test_a_tier_holds_for_all_tokens():
    """Above a threshold of tokens read, all of a call costs more; at it, nothing does."""
    rates = Rates(input=((0, 1.0), (200_000, 2.0)), output=((0, 10.0), (200_000, 15.0)))
    assert rates.cost(Usage(input=200_000, output=100_000)) == pytest.approx(0.2 + 1.0)
    assert rates.cost(Usage(input=150_000, cache_read=50_001)) == pytest.approx(200_001 * 2 / MILLION)


# The user's own


def test_own_prices_come_first(library):
    """A price of the user's wins over the library's, and is named as the source."""
    found = own(PriceSettings("gpt-4o*", 1.0, 1.0), library=library)
    assert found.cost("gpt-4o-2024-08-06", "openai", Usage(input=MILLION)) == 1
    assert "prices.toml, prices as of" in found.provenance


def test_the_last_price_that_has_come(nobody):
    """Of several prices the last holds whose day has come."""
    prices = [
        PriceSettings("m", 3.0, 3.0, since="2026-12-01"),
        PriceSettings("m", 1.0, 1.0),
        PriceSettings("m", 2.0, 2.0, since="2026-06-01"),
    ]
    for day, cost in (("2026-01-01", 1), ("2026-06-01", 2), ("2026-12-01", 3)):
        found = own(*prices, as_of=date.fromisoformat(day), library=nobody)
        assert found.cost("m", "x", Usage(input=MILLION)) == cost


def test_each_recording_at_its_day(nobody):
    """With ``recorded`` a recording is priced by its own day."""
    prices = [PriceSettings("m", 1.0, 1.0), PriceSettings("m", 2.0, 2.0, since="2026-06-01")]
    found = own(*prices, recorded=True, library=nobody)
    assert found.cost("m", "x", Usage(input=MILLION), "2026-05-31T23:59:59.000000+00:00") == 1
    assert found.cost("m", "x", Usage(input=MILLION), "2026-06-01T00:00:00.000000+00:00") == 2
    assert found.provenance == "prices.toml, prices of the day of each recording"


def test_a_price_of_one_provider(nobody):
    """A price for one provider is none at another; the vendor in a model's name does not matter."""
    found = own(PriceSettings("llama-*", 1.0, 1.0, provider="*.internal"), library=nobody)
    assert found.cost("meta/llama-3", "llm.internal", Usage(input=MILLION)) == 1
    assert found.cost("llama-3", "api.groq.com", Usage(input=MILLION)) is None


def test_files(tmp_path, nobody):
    """A file, or each file of a folder, in the order of their names."""
    (tmp_path / "b.toml").write_text('[[price]]\nmodel = "m"\ninput = 2\noutput = 2\n')
    (tmp_path / "a.toml").write_text('[[price]]\nmodel = "m"\nsince = 2026-01-01\ninput = 1\noutput = 2\n')
    for path, cost in ((tmp_path, 1), (tmp_path / "b.toml", 2)):
        found = open_catalog(str(path), "2026-11-01", library=nobody)
        assert found.cost("m", "x", Usage(input=MILLION)) == cost


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[price]]\nmodel = "m"\ninput = 1', "missing key 'output' in {} [[price]] #1"),
        ('[prices]\nmodel = "m"', "unknown key 'prices' in {}: expected [[price]] and nothing else"),
        ("[[price]", "broken TOML"),
    ],
)
def test_a_bad_file(tmp_path, monkeypatch, text, said):
    """A file that says something else is refused, in words."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        open_catalog("p.toml")
    assert str(caught.value).startswith(said.format("p.toml"))


def test_no_file(tmp_path):
    """So are one that isn't there, a folder without any, and a day that is none."""
    with pytest.raises(ConfigError, match="a file that can't be read"):
        open_catalog(str(tmp_path / "none.toml"))
    with pytest.raises(ConfigError, match="no file of prices"):
        open_catalog(str(tmp_path))
    with pytest.raises(ConfigError, match="bad day 'soon' in --pricing-as-of: expected a date"):
        open_catalog(as_of="soon")


# The library


@pytest.mark.parametrize(
    ("model", "provider", "rates"),
    [
        ("gpt-4o", "openai", (2.5, 10)),
        ("gpt-4o-2024-08-06", "openai", (2.5, 10)),
        ("gpt-4o", "acme.openai.azure.com", (2.5, 10)),
        ("openai/gpt-4o", "openrouter.ai", (2.5, 10)),
        ("openai/gpt-4o", "llm.internal", (2.5, 10)),
        ("claude-haiku-4-5", "anthropic", (1, 5)),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "bedrock", (3, 15)),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "bedrock-runtime.us-east-1.amazonaws.com", (3, 15)),
        ("bedrock/anthropic.claude-3-haiku-20240307-v1:0", "llm.internal", (0.25, 1.25)),
        ("models/gemini-2.5-flash", "gemini", (0.3, 2.5)),
        ("claude-3-5-sonnet@20240620", "gemini", (3, 15)),
    ],
)
def test_names(catalog, model, provider, rates):
    """A model is found by the names that clouds and gateways give it."""
    price = catalog.price_of(model, provider)
    assert (price.rates.input[0][1], price.rates.output[0][1]) == rates


@pytest.mark.parametrize(
    ("model", "provider"),
    [("mistral:7b", "localhost"), ("gpt-oss:20b", "127.0.0.1"), ("smollm2-135m", "openai"), ("", "openai")],
)
def test_no_price_for_what_runs_at_home(catalog, model, provider):
    """An open model on a server of one's own does not cost what somebody else asks for it."""
    assert catalog.price_of(model, provider) is None
    assert catalog.cost(model, provider, Usage(input=1)) is None


def test_provenance(catalog, library):
    """Where the prices come from, as of when, and which are missing."""
    catalog.cost("gpt-4o", "openai", Usage(input=1))
    catalog.cost("our-model", "openai", Usage(input=1))
    assert catalog.provenance == (
        f"genai-prices {library.version}, prices as of 2026-11-01; no price for our-model"
    )


def test_provenance_without_the_library(nobody):
    """Where it isn't installed, the cure is said."""
    found = Catalog(library=nobody)
    found.cost("gpt-4o", "openai", Usage(input=1))
    assert found.provenance == (
        "no price for gpt-4o (`pip install 'agentrec-auto[migrate]'` brings a price list)"
    )


def test_dated_changes(library):
    """A price that changed is told by the day."""
    before, after = (
        Catalog(as_of=date(2026, month, 12), library=library).price_of("claude-opus-4-6", "anthropic")
        for month in (3, 4)
    )
    assert len(before.rates.input) == 2
    assert len(after.rates.input) == 1


def test_the_same_as_the_library_says():
    """For every model: the cost is that which the library itself works out."""
    from genai_prices import Usage as TheirUsage
    from genai_prices.data_snapshot import get_snapshot

    from agentrec_auto.pricing.library import _history

    noon, compared = datetime(2026, 11, 1, 12, tzinfo=timezone.utc), 0
    for provider in get_snapshot().providers:
        for model in provider.models:
            rates = [rates for since, rates in _history(model) or () if since <= "2026-11-01"]
            if not rates:
                continue
            usage = Usage(input=210_000, cache_read=900, cache_write=70, output=5_000, reasoning=300)
            theirs = TheirUsage(
                input_tokens=210_970, cache_read_tokens=900, cache_write_tokens=70, output_tokens=5_300,
                output_reasoning_tokens=300,
            )  # fmt: skip
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                said = model.calc_price(theirs, provider, genai_request_timestamp=noon)
            cost = rates[-1].cost(usage)
            if cost is not None:
                compared += 1
                assert cost == pytest.approx(float(said.total_price)), (provider.id, model.id)
    assert compared > 500


def test_the_process_is_started_once(tmp_path, monkeypatch):
    """What the library said is kept: a second catalog asks nobody."""
    first = PriceLibrary(str(tmp_path))
    assert first.history("gpt-4o", "openai")
    assert first.history("no-such-model", "openai") is None
    monkeypatch.setattr("subprocess.Popen", None)
    again = PriceLibrary(str(tmp_path))
    assert again.history("gpt-4o", "openai") == first.history("gpt-4o", "openai")
    assert again.history("no-such-model", "openai") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"openai gpt-4o": 3}', '{"openai gpt-4o": [["", {"x": 1}]]}']
)
def test_a_spoilt_cache(tmp_path, text):
    """A cache that somebody wrote into is no error."""
    found = PriceLibrary(str(tmp_path))
    (tmp_path / f"prices-{found.version}-1.json").write_text(text)
    history = found.history("gpt-4o", "openai")
    assert history is None or json.loads(json.dumps(history[0][1].as_json()))["input"] == [[0, 2.5]]


def test_a_library_that_breaks(tmp_path, monkeypatch):
    """A process that can't be started, or says nothing, is no price, and is not kept as the answer."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert PriceLibrary(str(tmp_path)).history("gpt-4o", "openai") is None
    monkeypatch.setattr("sys.executable", "/nonexistent")
    assert PriceLibrary(str(tmp_path)).history("gpt-4o", "openai") is None
    monkeypatch.undo()
    assert PriceLibrary(str(tmp_path)).history("gpt-4o", "openai")


def test_a_folder_that_cant_be_written(tmp_path):
    """Without a cache it works all the same."""
    (tmp_path / "file").write_text("")
    assert PriceLibrary(str(tmp_path / "file")).history("gpt-4o", "openai")
