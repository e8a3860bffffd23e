"""``agentrec report``: what ``migrate`` reported, made anew from the corpus. Nothing is asked of anybody."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from agentrec_auto.cli import judging, migrating, opening
from agentrec_auto.errors import StoreError
from agentrec_auto.migration.run import Options, study
from agentrec_auto.migration.waiting import Texts


def register(app: typer.Typer) -> None:
    """Add ``report``."""
    app.command("report")(report)


def report(
    words: list[str] = opening.FILTER,
    target: list[str] = migrating.TARGET,
    compare: str = migrating.COMPARE,
    provider: str = migrating.PROVIDER,
    url: str = migrating.URL,
    dialect: str = migrating.DIALECT,
    judge: str = migrating.JUDGE,
    judge_2: str = migrating.JUDGE_2,
    embedding: str = migrating.EMBEDDING,
    fuzzy_threshold: float = migrating.FUZZY,
    embedding_threshold: float = migrating.COSINE,
    max_tokens: int = migrating.MAX_TOKENS,
    part: str = migrating.PART,
    limit: int = migrating.LIMIT,
    sample: int = migrating.SAMPLE,
    seed: int = migrating.SEED,
    concurrency: int = typer.Option(8, "--concurrency", hidden=True),
    forms: list[str] = migrating.FORMAT,
    out: str = migrating.OUT,
    out_dir: str = migrating.OUT_DIR,
    max_detail_rows: int = migrating.DETAILS,
    strict: bool = migrating.STRICT,
    min_pass: list[str] = migrating.MIN_PASS,
    min_pass_lower: list[str] = migrating.MIN_PASS_LOWER,
    max_cost_ratio: float = migrating.MAX_COST_RATIO,
    max_latency_ratio: float = migrating.MAX_LATENCY_RATIO,
    baseline_report: str = migrating.BASELINE_REPORT,
    pricing: str = migrating.PRICING,
    pricing_as_of: str = migrating.PRICING_AS_OF,
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Compare again what is recorded, offline.

    Other comparators, filters, prices and gates need no new answers. Judges and embeddings are replayed as
    far as `agentrec migrate` has asked them. Exits with 1 where a gate fails, or nothing
    could be compared.

    Example: `agentrec report --target claude-haiku-4-5 --format html --min-pass fuzzy=0.9`
    """
    paper = migrating.Paper.of(forms, out, out_dir, max_detail_rows)
    chosen = migrating.choice(words, part, limit, sample, seed)
    try:
        opened = migrating.opened(corpus, config)
    except StoreError:
        judging.refuse_to_ask(compare)
        raise
    asked = migrating.targets(target, opened, provider, url, dialect)
    recordings = migrating.recordings(opened)
    options = Options(
        offline=True,
        max_tokens_default=max_tokens,
        choice=chosen,
        prices=judging.prices(pricing, pricing_as_of, opened.settings),
        keyer=opened.keyer,
        texts=Texts(),
    )
    compared = judging.comparators(
        compare,
        opened,
        recordings,
        judge_models=[name for name in (judge, judge_2) if name],
        embedding_model=embedding,
        fuzzy_threshold=fuzzy_threshold,
        embedding_threshold=embedding_threshold,
        offline=True,
    )
    wanted = migrating.gates(
        strict, min_pass, min_pass_lower, max_cost_ratio, max_latency_ratio, baseline_report, compared
    )
    with _seldom_collected():
        found = asyncio.run(study(recordings, asked, compared, options))
        code = migrating.finish(found, paper, wanted, as_json=as_json)
    raise typer.Exit(code)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for cycles less often: all rows are gone through each time, and there are none in them."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
