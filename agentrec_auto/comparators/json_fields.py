"""``json`` and ``json:FIELDS``: two answers that are JSON, leaf by leaf.

json                             all of both documents
json:category                    one field
json:category+entities.*.name    several: paths as everywhere, with `*` for elements of arrays, too
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentrec_auto import bodypaths
from agentrec_auto.comparators.base import ComparisonResult, Pair, Scorer, does_not_apply, failed
from agentrec_auto.comparators.differing import likeness
from agentrec_auto.comparators.json_found import AmbiguousJsonError, NoJsonError, found_in, is_bare

_DRESSED = "; in a fence or among words, where the baseline is bare"


class JsonComparator(Scorer):
    """Passes where every leaf is equal; scores the share that is.

    Does not apply where the baseline is no JSON and the target isn't either.
    """

    def __init__(self, fields: Sequence[str] = ()) -> None:
        self.name = f"json:{'+'.join(fields)}" if fields else "json"
        self._fields = tuple(bodypaths.compile(field, where=f"comparator {self.name!r}") for field in fields)

    def score(self, pair: Pair) -> ComparisonResult:
        baseline, target = (_read(side.text) for side in (pair.baseline, pair.target))
        match baseline, target:
            case AmbiguousJsonError(), _:
                return failed(self.name, f"the baseline can't be compared: {baseline}")
            case _, AmbiguousJsonError():
                return failed(self.name, f"the target can't be compared: {target}")
            case NoJsonError(), NoJsonError():
                return does_not_apply(self.name, "neither answer is JSON")
            case NoJsonError(), _:
                return failed(self.name, f"the baseline is no JSON: {baseline}")
            case _, NoJsonError():
                return ComparisonResult(self.name, 0.0, False, f"the target is no JSON: {target}")
        is_dressed = is_bare(pair.baseline.text) and not is_bare(pair.target.text)
        return self._compared(baseline, target, _DRESSED if is_dressed else "")

    def _compared(self, baseline: Any, target: Any, more: str) -> ComparisonResult:
        found = likeness(baseline, target, self._fields)
        if not found.total:
            names = ", ".join(field.text for field in self._fields)
            return failed(self.name, f"neither answer has {names}")
        if not found.differences:
            return ComparisonResult(self.name, 1.0, True, f"equal in {_leaves(found.total)}{more}")
        told = f"{found.equal:,} of {_leaves(found.total)} equal: {found.detail()}{more}"
        return ComparisonResult(self.name, found.score, False, told)


def _read(text: str) -> Any:
    try:
        return found_in(text)
    except (NoJsonError, AmbiguousJsonError) as error:
        return error


def _leaves(count: int) -> str:
    return f"{count:,} value{'' if count == 1 else 's'}"
