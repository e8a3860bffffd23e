"""Every comparator by its name, and how one is made.

A package adds its own by an entry point of the group ``agentrec_auto.comparators``: a name, and what is
called with the options of the spec (``name:first+second``) to give a `Comparator`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from agentrec_auto.comparators.base import Comparator
from agentrec_auto.comparators.spec import Item, parsed
from agentrec_auto.errors import ConfigError
from agentrec_auto.settings import ComparatorSettings

if TYPE_CHECKING:
    import httpx

    from agentrec_auto.comparators.asking import Asker, Embedder

ENTRY_POINTS = "agentrec_auto.comparators"
OFFLINE = ("exact", "fuzzy")
ALL = ("exact", "fuzzy", "embedding", "judge")
OURS = ("exact", "fuzzy", "json", "toolcalls", "embedding", "judge")


def build_comparators(
    spec: str,
    *,
    judge_model: str = "claude-opus-4-8",
    embedding_model: str = "text-embedding-3-small",
    fuzzy_threshold: float = 0.8,
    embedding_threshold: float = 0.8,
    http: httpx.AsyncClient | None = None,
    judge_model_2: str | None = None,
    patterns: Sequence[ComparatorSettings] = (),
    askers: Sequence[Asker] = (),
    embedder: Embedder | None = None,
    every: Sequence[str] = ALL,
) -> list[Comparator]:
    """The comparators that ``spec`` names (see `agentrec_auto.comparators.spec`), in its order.

    ``patterns`` are the user's own, of ``[[comparator]]``. Judges and embeddings are asked over ``http``,
    unless ``askers`` and ``embedder`` say otherwise. ``every`` is what ``all`` means. ValueError, in words,
    for what the spec can't mean.
    """
    own = {one.name: one for one in patterns}
    known = [*OURS, *own]
    if {part.partition(":")[0].strip().lower() for part in spec.split(",")} - {*known, "all", ""}:
        known += [name for name in _installed() if name not in known]

    def made(item: Item) -> Comparator:
        match item.name:
            case "json":
                from agentrec_auto.comparators.json_fields import JsonComparator

                return JsonComparator(item.options)
            case "toolcalls":
                from agentrec_auto.comparators.toolcalls import ToolCallsComparator

                return ToolCallsComparator(item.options)
            case name if name not in OURS and name not in own:
                return _of_others(item)
        if item.options:
            raise ValueError(f"comparator {item.name!r} takes no options, and got {'+'.join(item.options)!r}")
        match item.name:
            case "exact":
                from agentrec_auto.comparators.exact import ExactMatchComparator

                return ExactMatchComparator()
            case "fuzzy":
                from agentrec_auto.comparators.fuzzy import FuzzyComparator

                return FuzzyComparator(fuzzy_threshold)
            case "embedding":
                from agentrec_auto.comparators.embedding import EmbeddingComparator

                return EmbeddingComparator(
                    http, model=embedding_model, threshold=embedding_threshold, embedder=embedder
                )
            case "judge":
                from agentrec_auto.comparators.judge import JudgeComparator

                return JudgeComparator(
                    http, judge_model=judge_model, judge_model_2=judge_model_2, askers=askers
                )
        return _of_pattern(own[item.name])

    return [made(item) for item in parsed(spec, known, tuple(every))]


def _of_pattern(one: ComparatorSettings) -> Comparator:
    from agentrec_auto.comparators.patterns import ContainsComparator, RegexComparator

    if one.kind == "contains":
        return ContainsComparator(one.name, one.pattern, one.expect)
    return RegexComparator(one.name, one.pattern, one.expect)


def _of_others(item: Item) -> Comparator:
    try:
        made = _installed()[item.name].load()(*item.options)
    except Exception as error:  # somebody else's package
        raise ConfigError(
            f"comparator {item.name!r} can't be made ({type(error).__name__}: {error})",
            where=f"the entry point of group {ENTRY_POINTS}",
        ) from error
    if not isinstance(made, Comparator):
        raise ConfigError(
            f"comparator {item.name!r} is a {type(made).__name__}",
            where=f"the entry point of group {ENTRY_POINTS}",
            expected="a subclass of agentrec_auto.comparators.Comparator",
        )
    return made


@cache
def _installed() -> dict[str, Any]:
    from importlib.metadata import entry_points  # here: it costs some milliseconds, once

    return {entry.name.lower(): entry for entry in entry_points(group=ENTRY_POINTS)}
