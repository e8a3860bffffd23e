"""The marker: ``@pytest.mark.agentrec(mode=, corpus=, category=, on_miss=)`` → variables of the environment.

A marked test runs under an environment of its own, so that what it starts runs under the same settings as
what it does itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agentrec_auto.config import values
from agentrec_auto.config.keys import KEYS
from agentrec_auto.config.values import Unfit

Overrides = tuple[tuple[str, str], ...]
"""Variables and their values."""

FIELDS = {"mode": "mode", "corpus": "corpus", "category": "run_tags", "on_miss": "on_miss"}
"""Keyword of the marker → field of `Settings`."""

_overrides = pytest.StashKey[Overrides]()


def overrides_of(node: pytest.Item | pytest.Collector) -> Overrides:
    """What the markers of a test, its class and its module say; of one keyword the closest holds.

    Raises `pytest.UsageError` where it can't be followed.
    """
    if (known := node.stash.get(_overrides, None)) is None:
        said: dict[str, str] = {}
        for mark in reversed(list(node.iter_markers("agentrec"))):
            said.update(_variables(mark, node))
        known = node.stash[_overrides] = tuple(sorted(said.items()))
    return known


def _variables(mark: pytest.Mark, node: pytest.Item | pytest.Collector) -> Iterator[tuple[str, str]]:
    keywords = values.any_of(tuple(FIELDS))
    if mark.args:
        raise _wrong(f"nameless {mark.args[0]!r}", node, f"{keywords}, by name")
    for keyword, value in mark.kwargs.items():
        if keyword not in FIELDS:
            raise _wrong(f"unknown {keyword!r}", node, keywords)
        key = KEYS[FIELDS[keyword]]
        try:
            checked = key.parse(f"category={value}" if keyword == "category" else str(value))
        except Unfit as unfit:
            raise _wrong(unfit.problem, node, unfit.expected) from None
        if keyword == "corpus":
            checked = values.placed(checked, str(node.config.rootpath))
        yield key.variable, key.write(checked)


def _wrong(problem: str, node: pytest.Item | pytest.Collector, expected: str) -> pytest.UsageError:
    where = f"@pytest.mark.agentrec of {node.nodeid}"
    return pytest.UsageError(f"agentrec: {problem} in {where}: expected {expected}")
