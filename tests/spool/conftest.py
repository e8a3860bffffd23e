"""Kilobytes stand for megabytes, where a test doesn't start a process of its own."""

from __future__ import annotations

import pytest
from spool.spooling import Writings

from agentrec_auto import spool
from agentrec_auto.flow import tap
from agentrec_auto.redaction import repeats, windows


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes megabytes elsewhere takes kilobytes here."""
    for module, name, value in (
        (tap, "LONG", 2000),
        (tap, "WINDOW", 300),
        (spool, "WINDOW", 300),
        (windows, "_WINDOW", 300),
        (windows, "LONG", 2000),
        (windows, "_BEHIND", 1500),
        (repeats, "_OVERLAP", 120),
        (spool, "_READ_AT_ONCE", 700),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def writings(monkeypatch: pytest.MonkeyPatch) -> Writings:
    return Writings(monkeypatch)
