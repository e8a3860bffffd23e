"""Intervals and tests, held against published examples."""

import random
import time

import pytest

from agentrec_auto.migration.numbers import Interval, mcnemar, ratio_of, wilson

# Efron & Tibshirani, An Introduction to the Bootstrap (1993), table 10.1: eight patients' hormone levels,
# placebo over previous patch, and new patch over previous one.
_HORMONE = [
    (8406, -1200), (2342, 2601), (8187, -2705), (8459, 1982),
    (4795, -1290), (3516, 351), (4796, -638), (10238, -2719),
]  # fmt: skip


@pytest.mark.parametrize(
    ("passed", "judged", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_published(passed, judged, low, high):
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    found = wilson(passed, judged)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_of_all_and_nothing():
    """All of ten is not certain to be all; of nothing there is no interval."""
    assert wilson(10, 10) == Interval(pytest.approx(0.7225, abs=1e-4), 1.0)
    assert wilson(0, 0) is None


def test_wilson_confidence():
    """More confidence is a wider interval: 99 % of 81 in 263, by scipy 1.17."""
    found = wilson(81, 263, 0.99)
    assert (found.low, found.high) == pytest.approx((0.240137, 0.385283), abs=1e-6)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(1, 7, 0.0703), (6, 16, 0.0525), (5, 5, 1.0), (0, 0, 1.0), (1, 2, 1.0)],
)
def test_mcnemar_published(only_first, only_second, p):
    """The first two: Fagerland, Lydersen & Laake, BMC Medical Research Methodology 13:91 (2013)."""
    assert round(mcnemar(only_first, only_second), 4) == p
    assert mcnemar(only_second, only_first) == mcnemar(only_first, only_second)


def test_mcnemar_of_many():
    """Thousands of prompts overflow nothing (figure of scipy 1.17's binomtest)."""
    assert mcnemar(3_000, 2_900) == pytest.approx(0.197439, abs=1e-6)
    assert mcnemar(5_000, 0) == 0.0


def test_ratio_published():
    """The hormone example's estimate, and scipy's 90 % BCa interval of 200,000 resamples."""
    found = ratio_of(_HORMONE, 0.9)
    assert round(found.value, 4) == -0.0713
    assert (found.interval.low, found.interval.high) == pytest.approx((-0.2034, 0.1362), abs=0.01)
    assert found.rows == 8


def test_ratio_is_seeded():
    """The same numbers have the same interval in every report."""
    assert ratio_of(_HORMONE) == ratio_of(_HORMONE)


def test_ratio_of_few():
    """Fewer than five prompts have a ratio and no interval; none, or a free baseline, have neither."""
    assert ratio_of(_HORMONE[:4]).interval is None
    assert ratio_of([]) is None
    assert ratio_of([(0.0, 1.0)] * 10) is None


def test_ratio_of_what_is_always_the_same():
    """Where every prompt costs half, the ratio is a half, and certain."""
    found = ratio_of([(2.0, 1.0)] * 10)
    assert (found.value, found.interval) == (0.5, Interval(0.5, 0.5))


def test_ratio_leaves_out_what_is_no_number():
    """A measurement of NaN or infinity does not spoil the others."""
    found = ratio_of([(2.0, 1.0)] * 10 + [(float("nan"), 1.0), (1.0, float("inf"))])
    assert (found.value, found.rows) == (0.5, 10)


def test_ratio_covers_the_truth():
    """Of 95 % intervals of long-tailed costs, about 95 % contain the true ratio: at least 85 in 100."""
    dice, hits = random.Random(1), 0
    for _ in range(100):
        baselines = [dice.lognormvariate(-6, 1) for _ in range(60)]
        found = ratio_of([(one, one * dice.uniform(0.4, 0.6)) for one in baselines])
        hits += found.interval.low <= 0.5 <= found.interval.high
    assert 85 <= hits < 100


def test_ratio_of_ten_thousand_is_quick_and_as_wide():
    """10,000 prompts are pooled: the interval is as wide as without, in a fraction of a second."""
    dice = random.Random(2)
    baselines = [dice.lognormvariate(-6, 1.2) for _ in range(10_000)]
    pairs = [(one, one * dice.lognormvariate(-0.7, 0.6)) for one in baselines]
    before = time.process_time()
    found = ratio_of(pairs)
    assert time.process_time() - before < 1
    # The linearised standard error of a ratio of sums (Cochran 1977, 6.4).
    total = sum(baselines)
    spread = sum((new - found.value * old) ** 2 for old, new in pairs) ** 0.5 / total
    assert found.interval.high - found.interval.low == pytest.approx(2 * 1.96 * spread, rel=0.2)
