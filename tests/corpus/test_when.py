"""Points in time, as people say them and are told them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from agentrec_auto.corpus import when
from agentrec_auto.corpus.facts import moment

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=2), "today 10:00"),
        (timedelta(hours=20), "yesterday 16:00"),
        (timedelta(days=20), "Nov 3 12:00"),
        (timedelta(days=365), "2025-11-23"),
        (-timedelta(days=2), "Nov 25 12:00"),
    ],
)
def test_told(before: timedelta, told: str) -> None:
    """The nearer, the more precise."""
    assert when.told((NOW - before).astimezone(timezone.utc), NOW) == told


def test_a_day_is_whole() -> None:
    """``since`` a day is from its first moment, ``until`` a day to its last."""
    first, last = when.beginning("yesterday", NOW), when.end("yesterday", NOW)
    assert (first.hour, first.day) == (0, 22)
    assert last - first == timedelta(days=1, microseconds=-1)


@pytest.mark.parametrize(
    ("spelled", "hour"),
    [
        ("2026-11-23T10:00:00.123456+00:00", 10),
        ("2026-11-23T10:00:00Z", 10),
        ("2026-11-23T10:00:00", 10),
        ("2026-11-23T12:00:00+02:00", 10),
    ],
)
def test_moment(spelled: str, hour: int) -> None:
    """What others write as a time is read, in UTC where no zone is said."""
    assert moment(spelled).astimezone(timezone.utc).hour == hour


@pytest.mark.parametrize("spelled", ["", "soon", "9999-99-99", 5, None, ["2026"]])
def test_no_moment(spelled: object) -> None:
    """What is no time is none, and no error."""
    assert moment(spelled) is None
