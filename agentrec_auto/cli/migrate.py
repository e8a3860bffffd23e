"""``agentrec migrate``: ask every recorded question of another model, and compare."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress

import typer

from agentrec_auto.cli import judging, migrating, opening, output
from agentrec_auto.cli.progress import Advance
from agentrec_auto.comparators.base import Comparator
from agentrec_auto.errors import ConfigError, MissingAPIKeyError
from agentrec_auto.migration.limits import Limits
from agentrec_auto.migration.planning import Planned, planned
from agentrec_auto.migration.recordings import Recordings
from agentrec_auto.migration.rows import Study
from agentrec_auto.migration.run import Options, study
from agentrec_auto.migration.stopping import Stopping
from agentrec_auto.migration.targets import Target
from agentrec_auto.pricing import Catalog


def register(app: typer.Typer) -> None:
    """Add ``migrate``."""
    app.command("migrate")(migrate)


def migrate(
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
    concurrency: int = typer.Option(8, "--concurrency", min=1, help="Calls at one time."),
    rpm: float = typer.Option(
        None, "--rpm", metavar="N", min=0.01, help="Requests a minute, to each target.", show_default=False
    ),
    tpm: float = typer.Option(
        None, "--tpm", metavar="N", min=1, help="Tokens a minute, to each target.", show_default=False
    ),
    max_cost: float = typer.Option(
        None, "--max-cost", metavar="USD", min=0, help="Stop before it is spent.", show_default=False
    ),
    retries: int = typer.Option(3, "--retries", min=0, help="Of a call that may go better next time."),
    timeout: float = typer.Option(120.0, "--timeout", metavar="S", min=0.1, help="Of a call, in seconds."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be asked, and ask nothing."),
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
    """Ask every recorded question of another model, and compare what it answers.

    Answers are kept in the corpus and never asked for again: a run that was stopped, by Ctrl-C too, goes on
    where it was. `agentrec report` makes the report anew, offline. Exits with 1 where a gate fails, or
    nothing could be compared.

    Example: `agentrec migrate --target claude-haiku-4-5 --compare "toolcalls,fuzzy" --max-cost 5 --dry-run`
    """
    paper = migrating.Paper.of(forms, out, out_dir, max_detail_rows)
    chosen = migrating.choice(words, part, limit, sample, seed)
    opened = migrating.opened(corpus, config)
    asked = migrating.targets(target, opened, provider, url, dialect)
    recordings = migrating.recordings(opened)
    prices = judging.prices(pricing, pricing_as_of, opened.settings)
    limits = Limits(concurrency, rpm, tpm, max_cost, retries, timeout)
    stopping = Stopping()
    advance = Advance(quiet=as_json)
    options = Options(
        max_tokens_default=max_tokens,
        choice=chosen,
        limits=limits,
        prices=prices,
        keyer=opened.keyer,
        progress=advance.row,
        begun=advance.begun,
        stopping=stopping,
    )
    if max_cost is not None:
        _check_prices(asked, prices)
    if dry_run:
        _plan(recordings, asked, options, as_json, cure=prices.cure)
        return
    _check_keys(recordings, asked, options)
    compared = judging.comparators(
        compare,
        opened,
        recordings,
        judge_models=[name for name in (judge, judge_2) if name],
        embedding_model=embedding,
        fuzzy_threshold=fuzzy_threshold,
        embedding_threshold=embedding_threshold,
        offline=False,
        limits=limits,
    )
    wanted = migrating.gates(
        strict, min_pass, min_pass_lower, max_cost_ratio, max_latency_ratio, baseline_report, compared
    )
    with advance:
        found, signalled = asyncio.run(_asked(recordings, asked, compared, options))
    code = migrating.finish(found, paper, wanted, as_json=as_json)
    if found.first.stopped:
        output.note(f"stopped early: {found.first.stopped}; the same command goes on where this one was")
    raise typer.Exit(128 + signalled if signalled else code)


async def _asked(
    recordings: Recordings, targets: Sequence[Target], comparators: Sequence[Comparator], options: Options
) -> tuple[Study, int]:
    """The study, and the signal that ended it early, if one did."""
    loop = asyncio.get_running_loop()
    heard: list[int] = []

    def hear(number: int) -> None:
        if not heard:
            output.note("stopping: calls under way may end; once more, and they are dropped")
        heard.append(number)
        options.stopping.stop(f"interrupted by {signal.Signals(number).name}")

    with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; a thread that isn't the main one
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, hear, int(number))
    found = await study(recordings, targets, comparators, options)
    return found, heard[0] if heard else 0


def _check_prices(targets: Sequence[Target], prices: Catalog) -> None:
    """`ConfigError` where nobody knows what a target costs: then there is no stopping before it is spent."""
    from agentrec_auto.providers.conversation import Usage

    for target in targets:
        if prices.cost(target.model, target.provider, Usage(input=1_000, output=1_000)) is None:
            expected = "a target whose price is known, or its price in a file for --pricing"
            raise ConfigError(
                f"no price for {target.name!r}",
                where="--max-cost",
                expected=f"{expected}; {prices.cure}" if prices.cure else expected,
            )


def _check_keys(recordings: Recordings, targets: Sequence[Target], options: Options) -> None:
    """`MissingAPIKeyError` where a target would have to be asked, and can't: before any other is."""
    if not any(map(_lacking, targets)):
        return
    asked = {one.target for one in asyncio.run(_planned(recordings, targets, options)) if one.fate == "ask"}
    for target in targets:
        if target.name in asked:
            target.check_key()


def _plan(
    recordings: Recordings, targets: Sequence[Target], options: Options, as_json: bool, *, cure: str
) -> None:
    """Tell what would be asked. ``cure``: what brings prices, where there is no list of them."""
    found = asyncio.run(_planned(recordings, targets, options))
    asking = [one for one in found if one.fate == "ask"]
    costs = [one.cost_usd for one in asking]
    known = sum(cost for cost in costs if cost is not None)
    if as_json:
        told = {
            "corpus": recordings.where,
            "ask": len(asking),
            "answered": sum(one.fate == "answered" for one in found),
            "skip": sum(one.fate == "skip" for one in found),
            "cost_usd_at_most": known if None not in costs else None,
            "questions": [_told(one) for one in found],
        }
        output.emit_json(told)
        return
    made = output.table("target", "would be", "question", "notes")
    room = output.SHOWN if output.is_terminal() else output.PIPED
    for one in found[:room]:
        fate = {"ask": "asked", "answered": "answered already", "skip": "skipped"}[one.fate]
        said = "; ".join((one.why, *one.notes)) if one.why else "; ".join(one.notes)
        made.add_row(*map(output.cell, (one.target, fate, " ".join(one.prompt.split())[:80], said)))
    if found:
        output.emit(made)
    if len(found) > room:
        output.note(f"and {len(found) - room:,} more")
    money = f", ${known:.4f} at most" if asking and None not in costs else ""
    unpriced = f", {costs.count(None):,} of them without a price" if None in costs else ""
    if unpriced and cure:
        unpriced += f" ({cure})"
    skipped = sum(one.fate == "skip" for one in found)
    output.note(
        f"would ask {output.plural(len(asking), 'question')}{money}{unpriced}; "
        f"{len(found) - len(asking) - skipped:,} answered already, {skipped:,} skipped. Nothing was asked"
    )
    waiting = {one.target for one in asking}
    for target in targets:
        if target.name in waiting and (lacking := _lacking(target)):
            output.note(lacking)


def _lacking(target: Target) -> str:
    """What to say of a key that is not there; empty where it is, or none is needed."""
    try:
        target.check_key()
    except MissingAPIKeyError as error:
        return str(error)
    return ""


async def _planned(recordings: Recordings, targets: Sequence[Target], options: Options) -> list[Planned]:
    return [one async for one in planned(recordings, targets, options)]


def _told(one: Planned) -> dict[str, object]:
    import json

    return {
        "baseline_id": one.baseline_id,
        "target": one.target,
        "fate": one.fate,
        "why": one.why or None,
        "url": one.url or None,
        "body": json.loads(one.body) if one.body else None,
        "notes": list(one.notes),
        "input_tokens": one.usage.input if one.fate == "ask" else None,
        "output_tokens_at_most": one.usage.output if one.fate == "ask" else None,
        "cost_usd_at_most": one.cost_usd,
    }
