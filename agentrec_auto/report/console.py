"""The report in a few lines of ASCII, for logs and for terminals of any kind."""

from __future__ import annotations

from collections.abc import Iterator

from agentrec_auto.corpus.inert import inert
from agentrec_auto.migration.rows import MigrationReport, Study
from agentrec_auto.report import wording
from agentrec_auto.report.tally import view_of
from agentrec_auto.report.view import ComparatorView, Group, RatioView, TargetView, View

_REASONS = 10
"""Reasons of a kind that are named."""


def render_console(found: MigrationReport | Study | View) -> str:
    """The report in ASCII, without a line end after the last line."""
    view = view_of(found)
    told = [line for target in view.targets for line in _target(target)]
    told.extend(f"  {wording.paired(one)}" for one in view.paired)
    text = "\n".join(" ".join(inert(line).split("\n")).rstrip() for line in told)
    for sign, ascii_sign in (("×", "x"), ("→", "->"), ("–", "-"), ("…", "...")):
        text = text.replace(sign, ascii_sign)
    return text.encode("ascii", "backslashreplace").decode()


def _target(target: TargetView) -> Iterator[str]:
    yield (
        f"Migration report: {target.compared} prompts -> {target.model} "
        f"({target.cached} cached, {target.live} live, {target.skipped} skipped, {target.errors} errors)"
    )
    width = max([10, *(len(one.name) for one in target.comparators)])
    for one in target.comparators:
        yield f"  {one.name:<{width}} {_rate(one)}"
    if target.out_tokens is not None:
        tokens = target.out_tokens
        yield (
            f"  out tokens baseline {tokens.baseline:.0f} -> target {tokens.target:.0f} "
            f"({wording.times(tokens.value)})"
        )
    if target.cost is not None:
        money = f"{wording.money(target.cost.baseline)} -> target {wording.money(target.cost.target)}"
        missing = f", {target.unpriced} without a price" if target.unpriced else ""
        yield f"  cost       baseline {money} ({_times(target.cost)}{missing})"
    if target.latency is not None:
        old, new = map(wording.seconds, wording.mean(target.latency))
        yield f"  latency    baseline {old} -> target {new} ({_times(target.latency)})"
    for group in target.reasons[:_REASONS]:
        yield f"  [{group.status}] {_names(group)}: {group.text}"
    if len(target.reasons) > _REASONS:
        yield f"  and {len(target.reasons) - _REASONS} more reasons"
    if target.report.stopped:
        yield f"  stopped early: {target.report.stopped}"


def _rate(one: ComparatorView) -> str:
    if not one.rate.judged:
        passed = "n/a"
    else:
        passed = f"{wording.tallied(one.rate)} passed ({wording.percent(one.rate.value)})"
    told = [f"{passed:<22} mean {wording.score(one.mean_score) if one.compared else 'n/a'}"]
    if one.rate.interval is not None:
        told.append(f"95% interval {wording.percents(one.rate.interval)}")
    if one.agreement is not None:
        told.append(f"baseline with itself {wording.percent(one.agreement.value)}")
    if one.errors:
        told.append(wording.failed_to_compare(one))
    return "  ".join(told)


def _times(ratio: RatioView) -> str:
    within = wording.times_range(ratio.interval)
    return f"{wording.times(ratio.value)}, 95% interval {within}" if within else wording.times(ratio.value)


def _names(group: Group) -> str:
    more = group.count - 1
    return group.examples[0] + (f" and {more} more" if more else "")
