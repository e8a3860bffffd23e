"""Plots as inline SVG: drawn without a script, so that they print and are there where scripts are off.

All of it is `markupsafe.Markup`: whatever is put into a template is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from agentrec_auto.corpus.inert import inert
from agentrec_auto.report import wording
from agentrec_auto.report.view import BINS, STEPS, ComparatorView, Dot, TargetView, View

_WIDTH = 560
_AREA = 18
"""Of a mark that stands for one row."""

_SHORT = 24
"""Characters of a name beside a plot."""


def pass_rates(view: View) -> Markup:
    """A bar a comparator and target: the rate, its interval, and the baseline's own agreement."""
    left, right, step = 176, _WIDTH - 62, 30
    across = right - left
    bars, top = [], 8
    for place, name in enumerate(view.comparators):
        for index, target in enumerate(view.targets):
            label = name if len(view.targets) == 1 else target.model
            if index == 0 and len(view.targets) > 1:
                bars.append(_text(0, top + 16, name))
                top += 24
            bars.append(_bar(target.comparators[place], label, len(view.targets) > 1, left, across, top))
            top += step
    axis = Markup("").join(
        Markup(
            "<line class='grid' x1='{x}' x2='{x}' y1='4' y2='{bottom}'/>"
            "<text class='quiet' x='{x}' y='{under}' text-anchor='middle'>{label}</text>"
        ).format(x=_n(left + across * part / 4), bottom=top, under=top + 16, label=f"{25 * part}%")
        for part in range(5)
    )
    return _svg(top + 22, "Pass rates: " + _told(view), axis, *bars)


def _bar(one: ComparatorView, label: str, is_inner: bool, left: int, across: int, top: int) -> Markup:
    value = one.rate.value
    parts = [
        _text(12 if is_inner else 0, top + 15, label, "quiet" if is_inner else ""),
        Markup("<rect class='track' x='{}' y='{}' width='{}' height='18' rx='2'/>").format(left, top, across),
    ]
    if value is None:
        parts.append(_text(left + 8, top + 14, "passes and fails nothing: it measures", "quiet"))
        return Markup("<g>{}</g>").format(Markup("").join(parts))
    parts.append(
        Markup("<rect class='rate' x='{}' y='{}' width='{}' height='18' rx='2'/>").format(
            left, top, _n(across * value)
        )
    )
    if one.rate.interval is not None:
        low, high = (_n(left + across * end) for end in (one.rate.interval.low, one.rate.interval.high))
        parts.append(
            Markup("<path class='interval' fill='none' d='M{0} {2}v10M{0} {3}H{1}M{1} {2}v10'/>").format(
                low, high, top + 4, top + 9
            )
        )
    if one.agreement is not None and one.agreement.value is not None:
        x = _n(left + across * one.agreement.value)
        parts.append(Markup("<path class='itself' d='M{} {}v26'/>").format(x, top - 4))
    parts.append(_text(left + across + 10, top + 14, wording.percent(value)))
    title = f"{one.name}: {one.rate.passed} of {one.rate.judged}"
    return Markup("<g><title>{}</title>{}</g>").format(inert(title), Markup("").join(parts))


@dataclass(frozen=True)
class Frame:
    """The octaves that a scatter shows: the same for all targets, so that they can be compared."""

    across: tuple[int, int]
    up: tuple[int, int]


def frame_of(view: View) -> Frame:
    """What holds nearly all dots, and 1× with them."""
    dots = [dot for target in view.targets for dot in target.dots]
    return Frame(_octaves([dot.latency for dot in dots]), _octaves([dot.cost for dot in dots]))


def _octaves(ratios: Sequence[float]) -> tuple[int, int]:
    """All but the outermost hundredth to each side is inside."""
    powers = sorted(math.log2(ratio) for ratio in ratios) or [0.0]
    aside = len(powers) // 100
    return max(-8, min(-1, math.floor(powers[aside]))), min(8, max(1, math.ceil(powers[-1 - aside])))


def scatter(target: TargetView, frame: Frame) -> Markup:
    """Cost over latency, target over baseline, on logarithmic axes: below and left of the cross is better."""
    height, left, top, right, bottom = 380, 58, 12, _WIDTH - 14, 326

    def x(ratio: float) -> float:
        return left + _part(ratio, frame.across) * (right - left)

    def y(ratio: float) -> float:
        return bottom - _part(ratio, frame.up) * (bottom - top)

    grid = [
        Markup(
            "<path class='{}' d='M{x} {}V{}'/>"
            "<text class='quiet' x='{x}' y='{}' text-anchor='middle'>{}</text>"
        ).format(
            "axis" if power == 0 else "grid", top, bottom, bottom + 18, _power(power), x=_n(x(2.0**power))
        )
        for power in range(frame.across[0], frame.across[1] + 1)
    ]
    grid += [
        Markup(
            "<path class='{}' d='M{} {y}H{}'/><text class='quiet' x='{}' y='{}' text-anchor='end'>{}</text>"
        ).format(
            "axis" if power == 0 else "grid", left, right, left - 8, _n(y(2.0**power) + 4), _power(power),
            y=_n(y(2.0**power)),
        )
        for power in range(frame.up[0], frame.up[1] + 1)
    ]  # fmt: skip
    between = min(x(2 ** (1 / STEPS)) - x(1), y(1) - y(2 ** (1 / STEPS)))
    most = max((dot.holds + dot.others for dot in target.dots), default=1)
    area = _AREA if most == 1 else 1.5 * between**2 / most  # the fullest place is full
    dots = [mark for dot in target.dots for mark in _dot(dot, x(dot.latency), y(dot.cost), area)]
    names = [
        _text(left + 8, bottom - 8, "faster and cheaper", "quiet"),
        _text(right - 8, top + 16, "slower and dearer", "quiet", "end"),
        _text((left + right) / 2, height - 12, "time, target over baseline", "", "middle"),
        Markup("<text transform='translate(12 {}) rotate(-90)' text-anchor='middle'>cost</text>").format(
            (top + bottom) / 2
        ),
    ]
    shown = sum(dot.holds + dot.others for dot in target.dots)
    label = f"Cost over time with {target.model}, {wording.plural(shown, 'prompt')}"
    return _svg(height, label, *grid, *names, *dots)


def _dot(dot: Dot, x: float, y: float, area: float) -> Iterator[Markup]:
    """A circle for those that hold, a square for the others, ``area`` a row."""
    if dot.holds:
        radius = max(0.8, math.sqrt(dot.holds * area / math.pi))
        yield Markup("<circle class='holds' cx='{}' cy='{}' r='{}'/>").format(_n(x), _n(y), _n(radius))
    if dot.others:
        side = max(1.4, math.sqrt(dot.others * area))
        yield Markup("<rect class='others' x='{}' y='{}' width='{s}' height='{s}'/>").format(
            _n(x - side / 2), _n(y - side / 2), s=_n(side)
        )


def _part(ratio: float, octaves: tuple[int, int]) -> float:
    """Where on an axis, 0 to 1; what is out of the frame is at its edge."""
    low, high = octaves
    return (max(low, min(high, math.log2(ratio))) - low) / (high - low)


def _power(power: int) -> str:
    return f"{2**power}×" if power >= 0 else f"1/{2**-power}×"


def distributions(view: View) -> Iterator[tuple[str, Markup]]:
    """A title and a histogram of scores for each comparator (and target) that says more than yes and no."""
    for place, name in enumerate(view.comparators):
        for target in view.targets:
            counts = target.comparators[place].histogram
            if any(counts[1:-1]):
                yield name if len(view.targets) == 1 else f"{name}, {target.model}", _histogram(name, counts)


def _histogram(name: str, counts: Sequence[int]) -> Markup:
    left, right, top, bottom = 48, _WIDTH - 10, 12, 150
    width, most = (right - left) / BINS, max(counts)
    bars = [
        Markup(
            "<rect class='bar' x='{}' y='{}' width='{}' height='{}'>"
            "<title>{:.2f} to {:.2f}: {}</title></rect>"
        ).format(
            _n(left + width * place + 1), _n(bottom - (bottom - top) * number / most), _n(width - 2),
            _n((bottom - top) * number / most), place / BINS, (place + 1) / BINS, number,
        )
        for place, number in enumerate(counts)
        if number
    ]  # fmt: skip
    ends = [
        _text(left + (right - left) * part, bottom + 18, f"{part:g}", "quiet", "middle")
        for part in (0, 0.25, 0.5, 0.75, 1)
    ]
    base = Markup("<path class='axis' d='M{} {}H{}'/>").format(left, bottom, right)
    label = f"Scores of {name}: " + ", ".join(map(str, counts))
    return _svg(bottom + 24, label, *bars, base, *ends, _text(left - 8, top + 8, f"{most:,}", "quiet", "end"))


def _told(view: View) -> str:
    return "; ".join(
        f"{one.name} with {target.model} {wording.percent(one.rate.value)}"
        for target in view.targets
        for one in target.comparators
    )


def _text(x: float, y: float, words: str, look: str = "", anchor: str = "start") -> Markup:
    words = inert(words)
    short = words if len(words) <= _SHORT or (look == "" and anchor != "start") else words[: _SHORT - 1] + "…"
    return Markup("<text x='{}' y='{}' class='{}' text-anchor='{}'>{}</text>").format(
        _n(x), _n(y), look, anchor, short
    )


def _svg(height: int, label: str, *parts: Markup) -> Markup:
    return Markup("<svg viewBox='0 0 {} {}' role='img' aria-label='{}'>{}</svg>").format(
        _WIDTH, height, inert(label), Markup("").join(parts)
    )


def _n(value: float) -> str:
    """A coordinate: tenths are finer than a screen."""
    return f"{value:.1f}".removesuffix(".0")
