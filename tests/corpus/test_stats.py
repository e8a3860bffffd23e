"""``agentrec stats``: the counts are right."""

from __future__ import annotations

from corpus.conftest import Agentrec, Kept

from agentrec_auto.corpus.stats import _percentile


def test_counts(asked: object, either: Kept) -> None:
    """By provider, model, status, ending; keys and questions apart from takes."""
    told = asked("stats")
    assert (told["count"], told["keys"], told["questions"]) == (10, 8, 8)
    counts = {name: {one["name"]: one["count"] for one in groups} for name, groups in told["groups"].items()}
    assert counts["provider"] == {"openai": 9, "anthropic": 1}
    assert counts["model"] == {"gpt-4o": 6, "gpt-4o-mini": 2, "claude-haiku-4-5": 1, "gpt-9": 1}
    assert counts["status"] == {"200": 9, "404": 1}
    assert counts["ending"] == {"complete": 9, "abandoned": 1}
    assert counts["stream"] == {"streamed": 5, "at once": 5}
    assert counts["category"] == {"none": 9, "support": 1}
    assert sum(counts["day"].values()) == 10


def test_sums(asked: object, kept: Kept) -> None:
    """Bytes and tokens add up, whether or not the metadata says tokens."""
    whole = asked("stats")
    assert whole["request_bytes"] == sum(len(kept.load(name).request.content) for name in kept.names)
    assert whole["response_bytes"] == sum(len(kept.load(name).body) for name in kept.names)
    everything = whole["everything"]
    assert everything["input_tokens"] > 0 and everything["output_tokens"] > 0
    for name in kept.names:
        kept.edit(name, lambda interaction: interaction.metadata.pop("usage", None))
    assert asked("stats")["everything"] == everything


def test_latency(asked: object, kept: Kept) -> None:
    """Percentiles are values that were measured."""
    for number, name in enumerate(kept.names, 1):
        kept.edit(name, lambda interaction: interaction.metadata.update(latency_s=float(number)))
    assert asked("stats")["everything"]["latency"] == {
        "p50_s": 5.0,
        "p90_s": 9.0,
        "p99_s": 10.0,
        "max_s": 10.0,
    }
    assert [_percentile([7.0], share) for share in (0.5, 0.9, 1.0)] == [7.0] * 3


def test_filter(agentrec: Agentrec, asked: object) -> None:
    """Only what is meant is counted; nothing is a no."""
    assert asked("stats", "model:gpt-4o-mini")["count"] == 2
    ran = agentrec("stats", "model:none")
    assert ran.code == 1 and "nothing in corpus matches: model:none" in ran.stderr


def test_page(agentrec: Agentrec) -> None:
    """In a pipe, everything."""
    page = agentrec("stats").stdout
    assert page.startswith("10 recordings of 8 requests, 2 further takes\n")
    assert "\nmodel " in page and "\nclaude-haiku-4-5 " in page
