"""Points in time as people say them: ``7d``, ``yesterday``, ``2026-11-23``; in the local zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_AGE = re.compile(r"(\d{1,6})\s*(s|m|min|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DAYS_AGO = {"today": 0, "yesterday": 1}


def now() -> datetime:
    """The present, with the local zone."""
    return datetime.now().astimezone()


def age(text: str) -> timedelta:
    """``90s``, ``30m``, ``12h``, ``7d`` or ``2w``; ValueError for anything else."""
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(text)
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def beginning(text: str, present: datetime) -> datetime:
    """The point that ``since:…`` means: so long ago, or the first moment of a day."""
    return _point(text, present)


def end(text: str, present: datetime) -> datetime:
    """The point that ``until:…`` means: so long ago, or the last moment of a day."""
    is_day = text.lower() in _DAYS_AGO or _DAY.fullmatch(text) is not None
    return _point(text, present) + (timedelta(days=1, microseconds=-1) if is_day else timedelta())


def told(at: datetime, present: datetime) -> str:
    """A point in time for a table: ``3 min ago``, ``today 09:14``, ``Nov 3 16:20``, ``2025-11-03``."""
    local = at.astimezone(present.tzinfo)
    passed = (present - local).total_seconds()
    if -60 <= passed < 60:
        return "just now"
    if 0 <= passed < 3600:
        return f"{int(passed // 60)} min ago"
    if 0 <= passed < 86400 and local.date() == present.date():
        return f"today {local:%H:%M}"
    if local.date() == (present - timedelta(days=1)).date():
        return f"yesterday {local:%H:%M}"
    if local.year == present.year:
        return f"{local:%b} {local.day} {local:%H:%M}"
    return f"{local:%Y-%m-%d}"


def _point(text: str, present: datetime) -> datetime:
    if (days := _DAYS_AGO.get(text.lower())) is not None:
        return present.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    if _AGE.fullmatch(text.strip().lower()):
        return present - age(text)
    spelled = text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text  # Python 3.10 reads no Z
    return datetime.fromisoformat(spelled).astimezone()
