"""`run_migration` as a call: any store, any executor, several targets, money."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import httpx
import pytest
from providers.asked import openai

from agentrec_auto import (
    FileStore,
    InMemoryStore,
    InteractionStore,
    annotate_corpus,
    migration_id_for,
    run_migration,
)
from agentrec_auto.comparators.base import Comparator, ComparisonResult, Scorer, Side
from agentrec_auto.keying.cassette_id import fingerprint_of
from agentrec_auto.migration import Limits, migrate_study
from agentrec_auto.migration.baselines import Baseline
from agentrec_auto.migration.targets import target_for
from agentrec_auto.migration.translating import translated
from agentrec_auto.store.copying import copy
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.sqlite import SQLiteStore

from .recorded import Same, corpus, interaction, numbered, put
from .target import Target, answer


@pytest.fixture
def target():
    with Target() as server:
        yield server


class TheirOwn(InteractionStore):
    """A program's own store, with the least it must have."""

    def __init__(self):
        self.kept = {}

    async def save(self, interaction_id, interaction):
        await asyncio.sleep(0)
        self.kept[interaction_id] = interaction

    async def load(self, interaction_id):
        await asyncio.sleep(0)
        return self.kept[interaction_id]

    async def ids(self):
        return list(self.kept)


def filled(kind, folder):
    found = [interaction(question) for question in numbered(3)]
    if kind == "FileStore":
        put(folder, *found)
        return FileStore(folder)
    if kind == "URL":
        put(folder, *found)
        return str(folder)
    if kind == "sqlite":
        put(folder / "files", *found)
        store = SQLiteStore(str(folder / "corpus.db"))
        copy(FolderStore(str(folder / "files")), store)
        return store
    store = InMemoryStore() if kind == "InMemoryStore" else TheirOwn()
    for number, one in enumerate(found):
        asyncio.run(store.save(f"q{number}", one))
    return store


@pytest.mark.parametrize("kind", ["FileStore", "InMemoryStore", "their own", "URL", "sqlite"])
def test_any_store(tmp_path, target, kind):
    """Answers go into the store that the questions came from, and are found there."""
    store = filled(kind, tmp_path)

    def migrated():
        return asyncio.run(run_migration(store, "m", [Same()], target_url=target.url))

    assert [row.status for row in migrated().rows] == ["ok"] * 3
    assert migrated().cached_count == 3
    assert len(target.asked) == 3


async def test_a_store_that_cannot_say_what_it_holds_is_told_so():
    """What is missing, in words."""

    class Mute(TheirOwn):
        ids = None

    with pytest.raises(TypeError, match=r"Mute can't say what it holds: a migration needs ids\(\)"):
        await run_migration(Mute(), "m", [], target_url="http://127.0.0.1:9/v1")


async def test_an_inner_transport_is_used(tmp_path, monkeypatch):
    """As in agentrec 0.2: the program's own way out."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    seen = []

    def served(request):
        seen.append(str(request.url))
        told = {
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-4-5",
            "stop_reason": "end_turn",
        }
        usage = {"input_tokens": 3, "output_tokens": 2}
        return httpx.Response(200, json={**told, "content": [{"type": "text", "text": "hi"}], "usage": usage})

    store = FileStore(corpus(tmp_path, ["hi"]))
    report = await run_migration(
        store, "claude-haiku-4-5", [Same()], inner_transport=httpx.MockTransport(served)
    )
    [row] = report.rows
    assert seen == ["https://api.anthropic.com/v1/messages"]
    assert (row.status, row.target_text, row.target_in_tokens, row.target_out_tokens) == ("ok", "hi", 3, 2)
    assert (report.target_provider, report.corpus) == ("anthropic", str(tmp_path))


class Failing(Comparator):
    name = "failing"

    async def compare(self, prompt, baseline, target):
        raise RuntimeError("boom")


class FailingScorer(Scorer):
    name = "failing_scorer"

    def score(self, pair):
        raise RuntimeError("boom")


async def test_a_comparator_that_fails_is_an_error_in_its_column(tmp_path, target):
    """The others have their say, in the order they were named."""
    report = await run_migration(
        str(corpus(tmp_path, ["hi"])), "m", [FailingScorer(), Same(), Failing()], target_url=target.url
    )
    told = report.rows[0].comparisons
    assert [one.comparator for one in told] == ["failing_scorer", "same", "failing"]
    assert told[0] == ComparisonResult(
        "failing_scorer", 0.0, None, "comparator failed: RuntimeError: boom", error=True
    )
    assert told[2].error and told[1].passed
    assert not report.all_passed


def processes(count):
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, processes])
async def test_an_executor_gives_the_same_scores(tmp_path, target, pool):
    """Whatever executor of concurrent.futures, for more pairs than fit a batch."""
    target.script = lambda ask: answer(ask, ask.text if "1" in ask.text else "something else")
    here = await run_migration(str(corpus(tmp_path, numbered(150))), "m", [Same()], target_url=target.url)
    with pool(2) as executor:
        there = await run_migration(
            str(tmp_path), "m", [Same()], target_url=target.url, offline=True, executor=executor
        )
    assert [row.comparisons for row in there.rows] == [row.comparisons for row in here.rows]


async def test_a_pool_that_dies_is_told_in_every_row(tmp_path, target):
    """What can't be sent to another process is an error of the comparator, not of the run."""

    class Local(Same):
        """Can't be pickled."""

    with processes(1) as executor:
        report = await run_migration(
            str(corpus(tmp_path, ["hi"])), "m", [Local()], target_url=target.url, executor=executor
        )
    assert report.rows[0].comparisons[0].error


async def test_several_targets_are_asked_the_same(tmp_path, target):
    """A report each, over the same questions in the same order."""
    study = await migrate_study(
        str(corpus(tmp_path, numbered(6))), ["m", "n"], [Same()], target_url=target.url
    )
    first, second = study.reports
    assert (first.target_model, second.target_model) == ("m", "n")
    assert [row.baseline_id for row in first.rows] == [row.baseline_id for row in second.rows]
    assert sorted(ask.body["model"] for ask in target.asked) == ["m"] * 6 + ["n"] * 6


class Dollar:
    """Every token of output costs a cent."""

    provenance = "made up"

    def cost(self, model, provider, usage, at=None):
        return usage.output / 100


async def test_money_is_not_spent_beyond_the_limit(tmp_path, target):
    """What a call may cost is set aside first: 50 cents at most, 5 in truth; the rest waits for another day."""
    limits = Limits(max_cost=0.70)
    report = await run_migration(
        str(corpus(tmp_path, numbered(20))),
        "m",
        [Same()],
        target_url=target.url,
        limits=limits,
        pricing=Dollar(),
    )
    spent = sum(row.target.cost_usd for row in report.ok_rows)
    assert spent <= 0.70
    assert len(target.asked) == len(report.ok_rows) == 5  # a sixth: 0.25 spent, 0.50 more at most
    [reason] = {row.reason for row in report.skipped_rows}
    assert reason.startswith("not asked: the next question might have cost more than --max-cost leaves")
    assert "give --max-cost more" not in reason
    again = await run_migration(str(tmp_path), "m", [Same()], target_url=target.url, pricing=Dollar())
    assert again.cached_count == 5 and len(target.asked) == 20


async def test_torn_answers_cost_money(tmp_path, target):
    """A stream that breaks off has been paid for: no attempt is made that --max-cost doesn't leave enough for."""
    target.script = lambda ask: answer(ask, done=False)
    limits = Limits(max_cost=0.60, retries=5)
    folder = corpus(tmp_path, numbered(1))
    report = await run_migration(
        str(folder), "m", [Same()], target_url=target.url, limits=limits, pricing=Dollar()
    )
    assert len(target.asked) == 1  # for 50 cents
    [row] = report.error_rows
    assert row.reason.endswith("without its last event; --max-cost leaves nothing for another attempt")


@pytest.mark.parametrize(
    ("asked", "most"),
    [
        ({"max_tokens": 50}, 50),
        ({"max_tokens": 50, "n": 3}, 150),
        ({}, 4096),
        ({"reasoning_effort": "high"}, 20480),
    ],
)
def test_what_a_call_may_cost_is_told_by_the_request_that_is_sent(asked, most):
    """Limits that translation raises, and answers that are asked for several times, count."""
    question = openai(**asked)
    target = target_for("claude-sonnet-4-5" if "reasoning_effort" in asked else "gpt-4.1")
    sent = translated(target, question, max_tokens_default=4096, with_key=False)
    assert sent.expected_usage(Baseline("b", "k", 0.0, Side()), 4096).output == most


async def test_too_little_money_for_one_question(tmp_path, target):
    """Where the same command again would ask nothing either, it is said what one question may cost."""
    folder, limits = str(corpus(tmp_path, numbered(2))), Limits(max_cost=0.40)
    report = await run_migration(
        folder, "m", [Same()], target_url=target.url, limits=limits, pricing=Dollar()
    )
    assert all("may cost $0.5000, so give --max-cost more" in row.reason for row in report.rows)


async def test_annotate_says_what_is_missing(tmp_path):
    """Provider, model and semantic key, as the library has them; what is there stays."""
    bare = interaction("hi")
    bare.metadata.clear()
    names = put(tmp_path, bare, interaction("ho", category="x"))
    store = FileStore(tmp_path)
    assert await annotate_corpus(store) == sorted(names)
    told = (await store.load(names[0])).metadata
    assert told == fingerprint_of(bare).as_metadata()
    assert (await store.load(names[1])).metadata["category"] == "x"


def test_a_migration_id_is_safe_as_a_name():
    """The target's slashes and colons become hyphens."""
    assert migration_id_for("openai_x_1", "org/model:free") == "migration__openai_x_1__to__org-model-free"
