"""Counts of what was tried: told by each test, printed at the end of the run, to be quoted.

Nothing here may depend on how fast the machine is, so properties have no deadline.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from faults.scale import IS_LONG, SEED, many
from hypothesis import settings
from seams.conftest import corpus as corpus

settings.register_profile("faults", deadline=None, max_examples=many(60, 2000, "EXAMPLES"), derandomize=True)

_TOLD = "fault counts"
Count = Callable[..., None]


@pytest.fixture
def count(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Count:
    """``count("killed, folder", rounds=200, calls=12_800, lost=0)``: a row of the table."""

    def tell(what: str, **counts: int) -> None:
        record_property(_TOLD, (what, counts))

    return tell


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table; rows of the same name are summed up."""
    rows: dict[str, dict[str, int]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == _TOLD and report.when == "call":
                    row = rows.setdefault(value[0], {})
                    for word, number in value[1].items():
                        row[word] = row.get(word, 0) + number
    if rows:
        terminalreporter.section(f"faults, {'long' if IS_LONG else 'short'} form, seed {SEED}", sep="-")
        width = max(map(len, rows))
        for what, counts in sorted(rows.items()):
            told = ", ".join(f"{number:,} {word.replace('_', ' ')}" for word, number in counts.items())
            terminalreporter.write_line(f"{what:<{width}}  {told}")
