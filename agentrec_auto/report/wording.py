"""A view in words: the sentences that say what came out, and how its numbers are written."""

from __future__ import annotations

import math
from collections.abc import Iterable

from agentrec_auto.migration.numbers import Interval
from agentrec_auto.report.view import ComparatorView, PairedView, Rate, RatioView, TargetView, View

NOTHING = "–"
_WHY = 120
"""Characters of why a comparator failed: it may quote a whole answer."""

UNLIKELY = 0.05
"""Below this, a difference between two targets is said to be more than chance."""


def percent(value: float | None) -> str:
    """``90%``; never 0 % or 100 % of what is neither."""
    if value is None:
        return NOTHING
    if 0 < value < 0.005:
        return "<1%"
    if 0.995 <= value < 1:
        return ">99%"
    return f"{value:.0%}"


def percents(interval: Interval | None) -> str:
    """``88% to 92%``."""
    return f"{percent(interval.low)} to {percent(interval.high)}" if interval else ""


def times(value: float | None) -> str:
    """``0.31×``."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}×" if value >= 10 else f"{value:.2f}×"


def ratio(found: RatioView | None) -> str:
    """The same of a ratio that may not be known."""
    return times(None if found is None else found.value)


def times_range(interval: Interval | None) -> str:
    """``0.29× to 0.34×``."""
    return f"{times(interval.low)} to {times(interval.high)}" if interval else ""


def score(value: float | None) -> str:
    """``0.83``."""
    return NOTHING if value is None else f"{value:.2f}"


def money(value: float) -> str:
    """``$6.37``, ``$0.00042``: two digits that say something."""
    if value == 0 or value >= 1 or not math.isfinite(value):
        return f"${value:,.2f}"
    return f"${value:.{min(9, 1 - math.floor(math.log10(value)))}f}"


def seconds(value: float) -> str:
    """``1.3 s``, ``340 ms``."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:,.{1 if value < 10 else 0}f} s"


def plural(count: int, noun: str) -> str:
    """``1 prompt``, ``2,000 prompts``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(words: Iterable[str]) -> str:
    """``a, b and c``."""
    *head, last = [*words] or [""]
    return f"{', '.join(head)} and {last}" if head else last


def headline(view: View) -> str:
    """The answer to "would it break my prompts?"."""
    if len(view.targets) == 1:
        return _headline(view.first)
    judged = [target for target in view.targets if target.holds.value is not None]
    if not judged:
        return "No verdict."
    best = max(judged, key=lambda target: target.holds.value or 0.0)
    if all(target.breaks == 0 for target in judged):
        return "No prompt would break, with any of them."
    alike = [
        target for target in judged if target is not best and not _differ(view, best.model, target.model)
    ]
    if alike:
        rates = listed(percent(target.holds.value) for target in (best, *alike))
        models = listed(target.model for target in (best, *alike))
        return f"{models} can't be told apart: {rates} of prompts hold."
    return f"{best.model} holds best: {best.breaks:,} of {plural(best.holds.judged, 'prompt')} would break."


def _differ(view: View, one: str, other: str) -> bool:
    """Whether more than chance lies between two targets."""
    return any(pair.p_value < UNLIKELY for pair in view.paired if {pair.first, pair.second} == {one, other})


def _headline(target: TargetView) -> str:
    if not target.report.rows:
        return "There was nothing to ask."
    if not target.compared:
        return f"Nothing was compared: {plural(len(target.report.rows), 'prompt')} skipped or failed."
    if not target.holds.judged:
        return "No verdict: nothing that was compared passes or fails."
    left_out = target.skipped + target.errors + target.unjudged
    if not target.breaks and left_out:
        compared = plural(target.holds.judged, "prompt")
        return f"None of the {compared} compared would break; {left_out:,} could not be compared."
    if not target.breaks:
        told = "it holds" if target.holds.judged == 1 else f"all {target.holds.judged:,} hold"
        return f"No prompt would break: {told}."
    if target.breaks == target.holds.judged:
        told = "The one prompt" if target.breaks == 1 else f"All {target.breaks:,} prompts"
        return f"{told} would break."
    return f"{target.breaks:,} of {plural(target.holds.judged, 'prompt')} would break."


def because(view: View, target: TargetView) -> str:
    """What the headline rests on, and what it would cost."""
    said = []
    if target.holds.judged:
        by = listed(view.judges)
        held = f"{percent(target.holds.value)} hold with {target.model} by {by}"
        within = percents(target.holds.interval)
        said.append(f"{held} (95% interval: {within})." if within else f"{held}.")
        said.extend(
            f"By {one.name}, the baseline agrees with its own earlier answers "
            f"{percent(one.agreement.value)} of the time."
            for one in target.comparators
            if one.decides and one.agreement is not None
        )
    bill = []
    if target.cost is not None:
        old, new = money(target.cost.baseline), money(target.cost.target)
        bill.append(f"cost {new} instead of {old} ({times(target.cost.value)})")
    if target.latency is not None:
        bill.append(f"be answered in {times(target.latency.value)} the time")
    if bill:
        said.append(f"The same prompts would {' and '.join(bill)}.")
    return " ".join(said)


def frugal(view: View) -> str:
    """Which of several targets costs least, and which answers first."""
    priced = [target for target in view.targets if target.cost is not None]
    timed = [target for target in view.targets if target.latency is not None]
    cheapest = min(priced, key=lambda target: target.cost.value if target.cost else 0.0, default=None)
    fastest = min(timed, key=lambda target: target.latency.value if target.latency else 0.0, default=None)
    if cheapest is not None and cheapest is fastest:
        cost, time = ratio(cheapest.cost), ratio(cheapest.latency)
        return f"Cheapest and fastest is {cheapest.model}: {cost} the cost, {time} the time."
    said = []
    if cheapest is not None:
        said.append(f"Cheapest is {cheapest.model}: {ratio(cheapest.cost)} the cost.")
    if fastest is not None:
        said.append(f"Fastest is {fastest.model}: {ratio(fastest.latency)} the time.")
    return " ".join(said)


def uncovered(target: TargetView) -> str:
    """What the verdict does not speak of."""
    parts = []
    if target.skipped:
        parts.append(f"{plural(target.skipped, 'prompt')} could not be asked faithfully")
    if target.errors:
        parts.append(f"{target.errors:,} failed")
    if target.unjudged:
        parts.append(f"{target.unjudged:,} got no verdict")
    if target.cost is not None and target.unpriced:
        parts.append(f"{target.unpriced:,} have no price and are not in the cost")
    return f"{listed(parts)}." if parts else ""


def exact_aside(view: View) -> str:
    """Why ``exact`` is shown and doesn't count, where that is so."""
    if len(view.judges) == len(view.comparators):
        return ""
    return "exact is shown and does not decide: two good answers are rarely the same words."


def paired(one: PairedView) -> str:
    """Which of two targets holds better, and whether that can be chance."""
    if one.only_first == one.only_second:
        return f"{one.first} and {one.second} hold equally often."
    better, worse = (one.first, one.second) if one.only_first > one.only_second else (one.second, one.first)
    more, fewer = max(one.only_first, one.only_second), min(one.only_first, one.only_second)
    chance = "more than chance" if one.p_value < UNLIKELY else "this may be chance"
    return (
        f"{plural(more, 'prompt')} {'holds' if more == 1 else 'hold'} with {better} only, "
        f"{fewer:,} with {worse} only: {chance} ({p_value(one.p_value)})."
    )


def p_value(value: float) -> str:
    """``p = 0.03``."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def tallied(rate: Rate) -> str:
    """``864/958``."""
    return f"{rate.passed}/{rate.judged}" if rate.judged else NOTHING


def mean(found: RatioView) -> tuple[float, float]:
    """Baseline and target, a row on average."""
    return found.baseline / found.rows, found.target / found.rows


def failed_to_compare(one: ComparatorView) -> str:
    """How often a comparator failed, and why the first time."""
    why = " ".join(one.failure.removeprefix("comparator failed: ").split())
    return f"{one.errors:,} failed to compare: {why[: _WHY - 1] + '…' if len(why) > _WHY else why}"
